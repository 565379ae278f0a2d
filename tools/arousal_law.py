"""Measure whether what is missing moves arousal beyond its own doubt, recorded people and drawn.

Usage: python tools/arousal_law.py [--recordings FOLDER] [--people N] [--first SEED] [--write]

Channels are taken away for five minutes, beginning every minute or so, alone and in every
combination; sensors are put on late; baselines are short; and the sensors of recorded people send
nothing for five minutes, through all of the room's wiring. Told is the furthest second, in standard
deviations the index that hears less claims of itself. It takes a quarter of an hour; how
far it is, is told on the way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import click
import numpy as np

from engine.dsp.arousal_channels import SIGNS
from engine.units import Kind
from tools.arousal_figures import Labelled, people, recordings_folder
from tools.arousal_missing import (
    Heard,
    Loss,
    drawn,
    flickering,
    late,
    lived,
    losses,
    recorded,
    short,
    silent,
)
from tools.peers.tables import table
from tools.skin_figures import put

README = Path(__file__).resolve().parents[1] / "engine" / "dsp" / "README.md"
BEGIN, END = "<!-- law:begin -->", "<!-- law:end -->"
EVERY_RECORDED, EVERY_DRAWN, EVERY_SILENT = 60, 120, 240
JOINS = (300, 600)
RESTS = (20, 40, 60, 90, 120, 150)
NOTHING = "nothing"
HOW_MANY = {2: "two channels", 3: "three channels", 4: "four channels", 5: "all channels"}
NAMES = (
    NOTHING,
    *(sign.name for sign in SIGNS),
    *HOW_MANY.values(),
    "one put on late",
    "several put on late",
    "a short baseline",
    "channels that flicker",
    "heart sensor silent",
    "skin sensor silent",
    "every sensor silent",
)


@dataclass
class Found:
    """All losses of one kind in one person, or in several."""

    furthest: float = 0.0
    times: int = 0
    within: int = 0
    seconds: int = 0
    doubts: list[float] = field(default_factory=list[float])

    def add(self, loss: Loss) -> None:
        """Count another."""
        self.times += 1
        self.furthest = max(self.furthest, loss.furthest)
        self.within += int((loss.apart <= 1.0).sum())
        self.seconds += len(loss.apart)
        if len(loss.sd):
            self.doubts.append(float(np.median(loss.sd)))


Someone = TypeVar("Someone")
Row = dict[str, Found]
"""What was found, by the name of what was missing."""


def everything(person: Heard, every: int, row: Row) -> None:
    """Take from ``person`` whatever can be missing."""

    def note(name: str, loss: Loss) -> None:
        row.setdefault(name, Found()).add(loss)

    full, _ = lived(person)
    known = full[np.isfinite(full[:, 0])]
    note(NOTHING, Loss((), 0, np.zeros(0), known[:, 1]))
    for loss in losses(person, person.sets(), every):
        one = len(loss.what) == 1
        note(SIGNS[loss.what[0]].name if one else HOW_MANY[len(loss.what)], loss)
    for loss in late(person, person.sets(4), JOINS):
        note("one put on late" if len(loss.what) == 1 else "several put on late", loss)
    for loss in short(person, RESTS):
        note("a short baseline", loss)
    for loss in flickering(person, person.sets()):
        note("channels that flicker", loss)


def sensors(person: Labelled, row: Row) -> None:
    """Let the sensors of ``person`` send nothing for a while."""
    skin = tuple(s.name for s, _ in person.samples if s.kind is Kind.EDA)
    heart = tuple(s.name for s, _ in person.samples if s.kind is not Kind.EDA)
    ways = {"heart sensor silent": heart, "skin sensor silent": skin}
    if skin and heart:
        ways["every sensor silent"] = (*heart, *skin)
    for name, gone in ways.items():
        if gone:
            for loss in silent(person, [gone], EVERY_SILENT):
                row.setdefault(name, Found()).add(loss)


def together(rows: Iterable[Row]) -> Row:
    """Return what was found in several people as if they were one."""
    made: Row = {}
    for row in rows:
        for name, one in row.items():
            all_ = made.setdefault(name, Found())
            all_.furthest = max(all_.furthest, one.furthest)
            all_.times += one.times
            all_.within += one.within
            all_.seconds += one.seconds
            all_.doubts += one.doubts
    return made


def cells(name: str, row: Row) -> list[str]:
    """Return furthest second, share within 1 and the median doubt."""
    one = row.get(name)
    if one is None or not one.doubts:
        return ["-", "-", "-"]
    doubt = f"{np.median(one.doubts):.1f}"
    if name == NOTHING:
        return ["", "", doubt]
    return [f"{one.furthest:.2f}", f"{100.0 * one.within / one.seconds:.2f} %", doubt]


def page(by_person: dict[str, Row], simulated: Row, people_: range) -> str:
    """Return the table as Markdown."""
    everyone = together(by_person.values())
    rows: list[Sequence[str]] = []
    for name in NAMES:
        if name not in everyone and name not in simulated:
            continue
        each = [cells(name, row)[0] for row in by_person.values()]
        rows.append([name, *each, *cells(name, everyone)[1:], *cells(name, simulated)])
    times = [sum(f.times for n, f in row.items() if n != NOTHING) for row in (everyone, simulated)]
    said = (
        "How far the index that hears less is from the one that hears everything, in its own `sd`, "
        f"in the furthest second: recorded people, and {len(people_)} drawn ones (seeds "
        f"{people_.start} to {people_.stop - 1}). Every channel and every combination is taken for "
        f"five minutes, beginning every {EVERY_RECORDED} s (drawn: {EVERY_DRAWN}), and watched for "
        "five minutes more; sensors are put on 5 and 10 minutes after the baseline, and compared "
        f"once they count; baselines last {', '.join(map(str, RESTS))} s; "
        "channels flicker (40 s heard, 15 s not, on average) all through; silent sensors go "
        "through the room's wiring, every "
        f"{EVERY_SILENT} s. {times[0]} and {times[1]} times. Written by "
        "`python tools/arousal_law.py --write`."
    )
    head = ["missing", *by_person, "within 1", "`sd`, median"]
    head += ["drawn", "within 1", "`sd`, median"]
    return "\n".join([said, "", *table(head, rows)])


def told(of_one: Callable[[Someone], Row], everyone: Mapping[str, Someone]) -> dict[str, Row]:
    """Return what is found in each of ``everyone``; say on the way how far that is."""
    rows: dict[str, Row] = {}
    for k, (name, one) in enumerate(everyone.items(), 1):
        rows[name] = of_one(one)
        worst = max(rows[name].items(), key=lambda found: found[1].furthest)
        click.echo(
            f"{k} of {len(everyone)}: {name}, furthest {worst[1].furthest:.2f} ({worst[0]})",
            err=True,
        )
    return rows


def of_recorded(person: Labelled) -> Row:
    """Return what was found in a recorded person."""
    row: Row = {}
    everything(recorded(person), EVERY_RECORDED, row)
    sensors(person, row)
    return row


def of_drawn(seed: int) -> Row:
    """Return what was found in a drawn person."""
    row: Row = {}
    everything(drawn(seed), EVERY_DRAWN, row)
    return row


@click.command()
@click.option(
    "--recordings",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the recordings; otherwise ANLAN_RECORDINGS, or shared/data beside us.",
)
@click.option("--people", "many", default=60, show_default=True, help="How many people are drawn.")
@click.option(
    "--first", default=300, show_default=True, help="Seed of the first; chosen on were 0 to 59."
)
@click.option("--write", "writes", is_flag=True, help="Put the table into engine/dsp/README.md.")
def main(recordings: Path | None, many: int, first: int, *, writes: bool) -> None:
    """Measure whether anything that goes or comes moves arousal by more than its own doubt.

    The law of the product is that no figure of the table is above 1. Losses of a channel, of
    several, of whole sensors, late sensors and short baselines, on the five recorded people
    and on drawn ones. Takes a quarter of an hour.
    """
    wearers = people(recordings_folder(recordings))
    drawn_people = range(first, first + many)
    by_person = told(of_recorded, {person.name: person for person in wearers})
    simulated = together(told(of_drawn, {f"seed {s}": s for s in drawn_people}).values())
    text = page(by_person, simulated, drawn_people)
    if writes:
        put(README, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
