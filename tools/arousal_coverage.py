"""Measure on drawn people whether the arousal index is where it would be with every channel.

Usage: python tools/arousal_coverage.py [--people N] [--first SEED] [--write]

One run for all rows: the index that hears less beside the one that hears everything, in standard
deviations it tells of itself, every second after the channels went, came or the baseline ended.
Then how well it tells the stress those people were under from rest, beside the plain mean of z.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import numpy as np

from engine.dsp.arousal import Arousal
from engine.dsp.arousal_channels import SIGNS
from engine.streams import F64
from tests.arousal_people import REST, hour, index_of, stress
from tools.arousal_figures import Labelled, auc, interval, measures, told
from tools.peers.tables import table
from tools.skin_figures import put

README = Path(__file__).resolve().parents[1] / "engine" / "dsp" / "README.md"
BEGIN, END = "<!-- coverage:begin -->", "<!-- coverage:end -->"
SECONDS = 1500
LOST = slice(600, 900)
JOINED = 700
HR, RMSSD, SCL, SCR, RESP = ALL = range(5)
Case = tuple[str, list[F64], int, int]
"""What is missing; qualities ``(seconds, channels)`` of each way; seconds of rest; from when."""


def with_all() -> F64:
    """Return the qualities of a session in which everything is heard."""
    return np.ones((SECONDS, len(SIGNS)))


def without(channels: tuple[int, ...], when: slice) -> F64:
    """Return the qualities of a session that lacks ``channels`` ``when``."""
    quality = with_all()
    quality[when, list(channels)] = 0.0
    return quality


def cases() -> Iterator[Case]:
    """Yield the rows of the table."""
    yield "all five, for 5 minutes", [without(tuple(ALL), LOST)], REST, LOST.start
    yield "any one, for 5 minutes", [without((c,), LOST) for c in ALL], REST, LOST.start
    four = [without(tuple(c for c in ALL if c != kept), LOST) for kept in ALL]
    yield "any four of five, for 5 minutes", four, REST, LOST.start
    for rest in (20, 60, 120):
        yield f"all but {rest} s of the baseline", [with_all()], rest, 360
    late = slice(0, JOINED)
    yield "any one, until 700 s", [without((c,), late) for c in ALL], REST, JOINED + 60
    yield "skin, until 700 s", [without((SCL, SCR), late)], REST, JOINED + 60
    yield "heart, until 700 s", [without((HR, RMSSD), late)], REST, JOINED + 60
    always = slice(0, SECONDS)
    for kept in ((HR, RMSSD, SCL, SCR), (HR, RMSSD), (HR,), (SCL, SCR), (SCL,)):
        name = "all but " + ", ".join(SIGNS[c].name for c in kept) + ", always"
        lost = tuple(c for c in ALL if c not in kept)
        yield name, [without(lost, always)], REST, REST + 60


@cache
def whole(person: int) -> tuple[Arousal, ...]:
    """Return the index that hears everything."""
    return tuple(index_of(hour(person, SECONDS)))


def apart(person: int, quality: F64, rest: int, after: int) -> F64:
    """Return distances in standard deviations told, and those deviations: ``(seconds, 2)``."""
    x = hour(person, SECONDS)
    told = index_of(x, np.where(np.isfinite(x), quality, 0.0), rest)
    d = [(abs(b.value - a.value) / b.sd, b.sd) for a, b in zip(whole(person), told, strict=True)]
    rows = np.array(d[after:])
    known: F64 = rows[np.isfinite(rows).all(axis=1)]
    return known


def told_apart(people: range) -> list[list[str]]:
    """Return of each measure how well it tells stress from rest, in people drawn again."""
    found: dict[str, list[float]] = {}
    for p in people:
        label = np.where(stress(p, SECONDS) > 0.0, 1.0, 0.0)
        index = np.array([second.value for second in whole(p)])
        person = Labelled(str(p), (), (0.0, float(REST)), label)
        for name, score in measures(person, index, hour(p, SECONDS)).items():
            found.setdefault(name, []).append(auc(label, score))
    rows = []
    for name, each in found.items():
        # Some were never under stress.
        known = np.array(each)[np.isfinite(each)]

        def again(rng: np.random.Generator, known: F64 = known) -> float:
            return float(np.mean(rng.choice(known, len(known))))

        worst = f"{known.min():.2f}"
        rows.append([name, told((float(known.mean()), *interval(again))), worst])
    return rows


def page(people: range) -> str:
    """Return the tables as Markdown."""
    rows = []
    for name, ways, rest, after in cases():
        each = [np.vstack([apart(p, q, rest, after) for q in ways]) for p in people]
        d, sd = np.vstack(each).T
        worst = min(float(np.mean(one[:, 0] < 1.96)) for one in each)
        shares = [f"{100.0 * share:.0f} %" for share in (np.mean(d < 1), np.mean(d < 1.96), worst)]
        rows.append([name, *shares, f"{d.max():.2f}", f"{np.median(sd):.1f}"])
    said = (
        f"Against the index that hears everything, on {len(people)} drawn people under changing "
        f"stress (seeds {people[0]} to {people[-1]}, on whom nothing was chosen), share of seconds "
        "within 1 and 1.96 `sd` (nominal 68 and 95 %), within 1.96 of the worst person, the "
        "furthest second of all. One run of `python tools/arousal_coverage.py --write`."
    )
    head = [
        "what is missing",
        "within 1",
        "within 1.96",
        "worst person",
        "furthest",
        "`sd`, median",
    ]
    parted = (
        "The same people: area under the curve for any stress against none, mean with the 95 % "
        "interval (people drawn again), worst person. They were drawn by our own simulator: this "
        "shows what fusing is worth where every channel answers, not how people are."
    )
    apart_rows = table(["measure", "mean", "worst person"], told_apart(people))
    return "\n".join([said, "", *table(head, rows), "", parted, "", *apart_rows])


@click.command()
@click.option("--people", default=60, help="How many people are drawn.")
@click.option("--first", default=300, help="Seed of the first; constants were chosen on 0 to 59.")
@click.option("--write", "writes", is_flag=True, help="Put the table into engine/dsp/README.md.")
def main(people: int, first: int, *, writes: bool) -> None:
    """Measure how far the arousal index is off when it hears less than everything."""
    text = page(range(first, first + people))
    if writes:
        put(README, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
