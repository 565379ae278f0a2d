"""The results of the peer bench as a page of Markdown, and where it stands in the README."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.peers.imports import TARGET
from tools.peers.results import Results, machine, versions
from tools.peers.tables import failures, table, tables

BEGIN, END = "<!-- peers:begin -->", "<!-- peers:end -->"
MARK = re.compile(r"<!-- peers:(heart|live|skin|intervals|breath|imports) -->")
"""Where the tables of a part begin: each can be renewed by itself."""
TITLES = {
    "heart": "Beats", "live": "Beats live", "skin": "Skin", "intervals": "Intervals",
    "breath": "Breath", "imports": "Imports",
}  # fmt: skip
PARTS: Mapping[str, Sequence[str]] = {
    "heart": ("accuracy", "sensitivity"),
    "live": ("delay", "heart cost"),
    "skin": ("skin", "skin cost"),
    "intervals": ("injected", "labelled", "breathing"),
    "breath": ("breath", "breath cost"),
    "imports": ("imports",),
}
"""Which tables each part of a run makes."""
WORDS = {
    "accuracy": (
        "Beats found, F1 in % at 150 ms / 50 ms, whole records, and the jitter of R on drawn "
        "hearts at 250 Hz. Peers see the whole record at once; ours sees 250 ms at a time. The "
        "first 3.3 s do not count."
    ),
    "sensitivity": (
        "Sensitivity and positive predictive value at 150 ms, MIT-BIH from 5:00 on as the field's "
        "rules have it; shorter records (the noise, a quick run) count whole."
    ),
    "delay": (
        "From R to its report, ms. Peers run again on the latest 10 s at every hop, which is how a "
        "library becomes live. *First* is the first run that told of the beat, *settled* the one "
        "from which no run lost it again; *made up* are beats that some run told of and that are "
        "none, *moved* is the scatter of the first time told. A hop of 250 ms by itself adds 0 to "
        "250 ms."
    ),
    "heart cost": (
        "Processor time of one update of 250 ms of ECG at 360 Hz, all in turn, so that nobody "
        "finds the caches warm. *All of the heart* is detector, repair, rate, variability and "
        "quality, wired as in the room."
    ),
    "skin cost": (
        "Processor time of one update of 250 ms of skin conductance at 8 Hz (peers: the latest "
        "minute)."
    ),
    "breath cost": (
        "Processor time of one update of 250 ms of a belt at 100 Hz (peers: the latest half "
        "minute)."
    ),
    "skin": (
        "Skin responses, mean F1 within 2 s of the truth, over all noises (1, 5, 20 nS; quick: 5). "
        "Peers get the whole recording, and of their settings (two sampling rates, two thresholds, "
        "onsets or peaks) the one that does best in each cell, chosen with the truth in hand. "
        "Failing counts as 0."
    ),
    "injected": (
        "RMSSD after artefacts were put into clean intervals: error left, %, median (worst) of two "
        "hearts, and the worst error of heart rate, 1/min. Peers see the whole series, ours two "
        "intervals ahead."
    ),
    "labelled": (
        "Real hearts with an early beat in every fifth: early beats found / normal ones flagged in "
        "vain, %, and RMSSD (from the labels in brackets), ms."
    ),
    "breathing": (
        "A faultless heart under deep slow breathing (28 beats a minute up and down): intervals "
        "flagged, %, and worst error of RMSSD, %."
    ),
    "breath": (
        "Breathing rate, mean (95 %) absolute error against the breaths of the same half minute, "
        "1/min, with the share of moments a rate was told. *When sure* counts for all only the "
        "moments at which ours shows its rate; the others ours leaves blank."
    ),
    "imports": (
        "Import in a fresh interpreter, files in memory: seconds by the clock, median (least), and "
        f"of the processor (least). The engine is to stay below {TARGET:g} s."
    ),
    "failures": "What peers could not do in this run.",
}

FOLDED = frozenset({"sensitivity", "delay", "heart cost", "failures"})
"""Long tables a reader opens on wish."""


def blocks(results: Results) -> dict[str, str]:
    """Return the page of every part that was run, by its name."""
    made = tables(results)
    return {
        part: _block(part, {name: made[name] for name in PARTS[part]}, results)
        for part in PARTS
        if part in results.failures
    }


def _block(part: str, made: Mapping[str, list[str]], results: Results) -> str:
    where, given = machine(), versions()
    kind = "quick" if results.quick else "full"
    told = ", ".join(f"{name} {version}" for name, version in given.items())
    run = (
        f"**{TITLES[part]}.** One {kind} run of `tools/bench_peers.py --part {part}` on "
        f"{where['day']}: {where['processors']} processors, {where['system']}, Python "
        f"{where['python']}, {told}. Ratios hold within this run only; times on a busy machine say "
        "little by themselves."
    )
    lines = [run]
    if results.absent:
        lines[0] += f" Not installed, so not run: {'; '.join(results.absent)}."
    shown = {**made, "failures": failures(results.failures[part])}
    for name, body in shown.items():
        if len(body) <= len(table([], [])):
            continue
        if name in FOLDED:
            summary = f"<summary>{WORDS[name]}</summary>"
            lines += ["", "<details>", summary, "", *body, "", "</details>"]
        else:
            lines += ["", WORDS[name], "", *body]
    return "\n".join(lines) + "\n"


def page(results: Results) -> str:
    """Return everything that was run, part by part."""
    return "\n".join(blocks(results).values())


def written(text: str, renewed: Mapping[str, str]) -> str:
    """Return ``text`` with the ``renewed`` parts between the markers, the other parts kept.

    Raises
    ------
    ValueError
        If the markers are not there, once each and in order.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"the page needs the lines {BEGIN} and {END}, once each")
    before, rest = text.split(BEGIN)
    between, after = rest.split(END)
    _, *kept = MARK.split(between)
    there = dict(zip(kept[::2], kept[1::2], strict=True))
    parts = {part: f"\n{body}\n" for part, body in renewed.items()}
    body = "".join(
        f"<!-- peers:{part} -->{(there | parts)[part]}" for part in PARTS if part in there | parts
    )
    return f"{before}{BEGIN}\n{body}{END}{after}"


def write(readme: Path, results: Results) -> None:
    """Put the parts that were run between the markers of ``readme``."""
    text = readme.read_text(encoding="utf-8")
    readme.write_text(written(text, blocks(results)), encoding="utf-8", newline="\n")
