"""The tables of the peer bench, as lines of Markdown."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from tools.peers.attempts import Failure
from tools.peers.breath import BreathScore
from tools.peers.cost import Cost
from tools.peers.heart_accuracy import Accuracy
from tools.peers.heart_live import Delay
from tools.peers.imports import ImportCost
from tools.peers.intervals import BreathingScore, InjectedScore, LabelledScore
from tools.peers.results import Results
from tools.peers.skin import SkinScore

OURS = "anlan"
Row = TypeVar("Row")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; our own rows stand out."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        strong = row[0].startswith(OURS)
        lines.append(f"| {' | '.join(f'**{cell}**' if strong else cell for cell in row)} |")
    return lines


def number(x: float, digits: int = 1) -> str:
    """Return ``x``, or a dash where there is nothing to tell."""
    return f"{x:.{digits}f}" if math.isfinite(x) else "-"


def grouped(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Return the rows by name, in the order the names first came."""
    made: dict[str, list[Row]] = {}
    for row in rows:
        made.setdefault(key(row), []).append(row)
    return made


def heart_accuracy(rows: Sequence[Accuracy]) -> list[str]:
    """Return F1 at both tolerances for every heart, and the worst, best worst first."""
    hearts = list(dict.fromkeys(row.heart for row in rows))
    lines: list[tuple[float, list[str]]] = []
    for name, own in grouped(rows, lambda r: r.name).items():
        by = {row.heart: row for row in own}
        cells = [
            f"{100 * by[h].f1:.2f} / {100 * by[h].f1_narrow:.1f}" if h in by else "failed"
            for h in hearts
        ]
        complete = len(by) == len(hearts)
        worst = min(row.f1 for row in own) if complete else 0.0
        drawn = [row.jitter_ms for row in own if row.heart == "made 250 Hz"]
        lines.append((worst, [name, *cells, f"{100 * worst:.1f}" if complete else "failed",
                              number(drawn[0], 2) if drawn else "-"]))  # fmt: skip
    lines.sort(key=lambda line: (-line[0], line[1][0]))
    return table(["detector", *hearts, "worst", "jitter, ms"], [cells for _, cells in lines])


def sensitivity(rows: Sequence[Accuracy]) -> list[str]:
    """Return Se and +P at 150 ms on the recorded hearts, and over MIT-BIH together."""
    hearts = [h for h in dict.fromkeys(row.heart for row in rows) if not h.startswith("made")]
    lines: list[tuple[float, list[str]]] = []
    for name, own in grouped(rows, lambda r: r.name).items():
        by = {row.heart: row.learnt for row in own}
        groups = [[h] for h in hearts]
        groups.append([h for h in hearts if h.startswith("MIT-BIH")])
        cells, last = [name], 0.0
        for group in groups:
            if not group or any(h not in by for h in group):
                cells.append("failed")
                continue
            found = sum(by[h].found for h in group)
            missed = sum(by[h].missed for h in group)
            made_up = sum(by[h].made_up for h in group)
            last = 2.0 * found / max(2 * found + missed + made_up, 1)
            se, predictive = found / max(found + missed, 1), found / max(found + made_up, 1)
            cells.append(f"{100 * se:.2f} / {100 * predictive:.2f}")
        lines.append((last, cells))
    lines.sort(key=lambda line: (-line[0], line[1][0]))
    head = ["detector, Se / +P, %", *hearts, "MIT-BIH together"]
    return table(head, [cells for _, cells in lines])


def costs(rows: Sequence[Cost]) -> list[str]:
    """Return what updates cost, cheapest first."""
    return table(
        ["250 ms of new signal", "median, us", "99 %, us", "times ours"],
        [[r.name, number(r.median_us, 0), number(r.p99_us, 0), number(r.times, 1)] for r in rows],
    )


def skin(rows: Sequence[SkinScore]) -> list[str]:
    """Return the mean F1 at each rate and pace, over the noises, and the worst cell."""
    columns = list(dict.fromkeys((row.rate, row.a_minute) for row in rows))
    lines: list[tuple[float, list[str]]] = []
    for name, own in grouped(rows, lambda r: r.name).items():
        means = [
            float(np.mean([r.f1 for r in own if (r.rate, r.a_minute) == c] or [0.0]))
            for c in columns
        ]
        worst = min(row.f1 for row in own)
        lines.append((worst, [name, *(f"{m:.2f}" for m in means), f"{worst:.2f}"]))
    lines.sort(key=lambda line: -line[0])
    head = [f"{rate:g} Hz, {often} a min" for rate, often in columns]
    return table(["method", *head, "worst cell"], [cells for _, cells in lines])


def failures(rows: Sequence[tuple[Failure, int]]) -> list[str]:
    """Return which peer failed, how often, where first and in what words."""
    each: dict[tuple[str, str], tuple[int, str]] = {}
    for failure, count in rows:
        key = (failure.peer, failure.words.split(" index ")[0].split(". ")[0])
        before = each.get(key, (0, failure.data))
        each[key] = (before[0] + count, before[1])
    return table(
        ["peer", "times", "first on", "its words"],
        [
            [peer, str(n), data, words.replace("|", "/")]
            for (peer, words), (n, data) in each.items()
        ],
    )


def delay(rows: Sequence[Delay]) -> list[str]:
    """Return when beats were told, and how reliably."""
    return table(
        ["detector", "signal", "hop", "first (95 %)", "settled 95 %", "made up a min",
         "lost a min", "moved"],
        [[d.name, d.heart, number(d.hop_ms, 0),
          f"{number(d.first_ms, 0)} ({number(d.first_p95_ms, 0)})", number(d.settled_p95_ms, 0),
          number(d.made_up), number(d.lost), number(d.moved_ms)] for d in rows],
    )  # fmt: skip


def injected(rows: Sequence[InjectedScore]) -> list[str]:
    """Return what artefacts leave behind."""
    return table(
        ["repair", *(f"{share} %" for share in dict.fromkeys(r.share for r in rows)), "heart rate"],
        [[name, *(f"{number(s.rmssd_error)} ({number(s.rmssd_worst)})" for s in own),
          number(max(s.rate_worst for s in own), 2)]
         for name, own in grouped(rows, lambda s: s.name).items()],
    )  # fmt: skip


def labelled(rows: Sequence[LabelledScore]) -> list[str]:
    """Return which early beats were found."""
    records = dict.fromkeys(row.record for row in rows)
    return table(
        ["repair", *(cell for record in records for cell in (record.replace("_", " "), "RMSSD"))],
        [[name, *(cell for s in own for cell in (
            f"{number(100 * s.found)} / {number(100 * s.in_vain)}",
            f"{number(s.rmssd_ms)} ({number(s.rmssd_labels_ms)})"))]
         for name, own in grouped(rows, lambda s: s.name).items()],
    )  # fmt: skip


def breathing(rows: Sequence[BreathingScore]) -> list[str]:
    """Return what deep breathing is mistaken for."""
    return table(
        ["repair", *(f"{b:g} breaths a min" for b in dict.fromkeys(s.breaths for s in rows))],
        [[name, *(f"{number(100 * s.in_vain)} / {number(s.rmssd_error)}" for s in own)]
         for name, own in grouped(rows, lambda s: s.name).items()],
    )  # fmt: skip


def breath(rows: Sequence[BreathScore]) -> list[str]:
    """Return the errors of breathing rates."""
    return table(
        ["method", "signal", "error (95 %)", "told, %", "when sure"],
        [[s.name, s.data, f"{number(s.error, 2)} ({number(s.error_p95, 2)})",
          number(100 * s.told, 0), number(s.error_when_sure, 2)] for s in rows],
    )  # fmt: skip


def imports(rows: Sequence[ImportCost]) -> list[str]:
    """Return what imports cost."""
    return table(
        ["what", "clock", "processor", "modules"],
        [[i.name, f"{number(i.seconds, 2)} ({number(i.least, 2)})",
          f"{number(i.processor, 2)} ({number(i.least_processor, 2)})", str(i.modules)]
         for i in rows],
    )  # fmt: skip


def tables(results: Results) -> Mapping[str, list[str]]:
    """Return every table by its name; one without rows is only a head."""
    return {
        "accuracy": heart_accuracy(results.accuracy),
        "sensitivity": sensitivity(results.accuracy),
        "delay": delay(results.delay),
        "heart cost": costs(results.heart_cost),
        "skin cost": costs(results.skin_cost),
        "breath cost": costs(results.breath_cost),
        "skin": skin(results.skin),
        "injected": injected(results.injected),
        "labelled": labelled(results.labelled),
        "breathing": breathing(results.breathing),
        "breath": breath(results.breath),
        "imports": imports(results.imports),
    }
