"""Measure what noise does to beats and to their quality, and put the table into the README.

Usage: python tools/noise_figures.py [--draws N] [--write]

Real records without noise, real and drawn noise, 24 to 0 dB. What the table is to tell: how right
the beats are in seconds that are told to be good ones.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import click
import numpy as np
from numpy.typing import NDArray

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tests.noisy_heart import electrode_motion, endless, mixed, muscle, wander
from tools.peers.tables import table
from tools.skin_figures import put

Bools: TypeAlias = NDArray[np.bool_]

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "engine" / "dsp" / "README.md"
BEGIN, END = "<!-- noise:begin -->", "<!-- noise:end -->"
LEVELS = (24.0, 18.0, 12.0, 6.0, 0.0)
"""Signal above noise, dB."""
TRUSTED = 0.7
TOLERANCE = 0.150
FEW = 30
"""A draw with fewer trusted beats proves nothing by itself."""
STARTED = 3.3
"""s until the first beat can be found, from which on the share of trusted beats is counted."""
FIRST_SEED = 7100
LASTS = 240.0
"""s of each record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A recording without noise: samples a second, mV, and its beats, s."""

    name: str
    rate: float
    x: F64
    r: F64


@dataclass(frozen=True, slots=True)
class Found:
    """How many beats were found, missed and made up."""

    both: int
    missed: int
    made_up: int

    def __add__(self, other: "Found") -> "Found":
        """Return both together."""
        return Found(
            self.both + other.both, self.missed + other.missed, self.made_up + other.made_up
        )

    @property
    def f1(self) -> float:
        """Twice what was found rightly, against what was there and what was told."""
        told = 2 * self.both + self.missed + self.made_up
        return 2.0 * self.both / told if told else float("nan")


def records(folder: Path) -> tuple[list[Record], F64]:
    """Return the records, and real electrode motion at 360 Hz, mV.

    The two files of noise stress record 118 overlap by 64 s, and noise begins 40 s into that.
    All before it is the clean record, what they differ by afterwards is noise.
    """
    made = []
    for name in ("100", "102"):
        with np.load(folder / f"mitdb/mitdb_{name}.npz") as kept:
            rate = float(kept["fs"])
            x = kept["ecg_adu"][: int(LASTS * rate), 0].astype(np.float64)
            x = (x - float(kept["adc_zero"][0])) / float(kept["gain_adu_per_mV"][0])
            r = kept["beat_sample"] / rate
        made.append(Record(name, rate, x, r[r < LASTS]))
    lines, beats = {}, {}
    for db in (24, 12):
        with np.load(folder / f"nstdb_118/nstdb_118e{db}.npz") as kept:
            rate = float(kept["fs"])
            lines[db], beats[db] = kept["ecg_mV"].astype(np.float64), kept["beat_sample"]
    apart = (beats[24][:, None] - beats[12][None, :]).ravel()
    shift = int(np.bincount(apart[apart > 0]).argmax())
    noise = lines[12][: lines[24].size - shift] - lines[24][shift:]
    begins = int(np.flatnonzero(np.abs(noise - noise[0]) > 0.01)[0])  # the files' zeros differ
    clean = shift + begins
    r = beats[24][beats[24] < clean] / rate
    made.append(Record("118", rate, lines[24][:clean], r))
    return made, noise[begins:]


def judged(record: Record, x: F64) -> tuple[Found, Found]:
    """Return what is found in all of ``x`` and in its trusted seconds."""
    rows = QrsDetector(record.rate).push(x)
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)), at.TIME]
    beats, truth = beats[beats > STARTED], record.r[record.r > STARTED]
    seconds = rows[rows[:, at.KIND] == at.SECOND]
    good = np.zeros(int(x.size / record.rate) + 2, dtype=bool)
    good[np.round(seconds[:, at.TIME]).astype(int) - 1] = seconds[:, at.QUALITY] > TRUSTED
    hit, right = paired(truth, beats)

    def of(chosen_truth: Bools, chosen_beats: Bools) -> Found:
        return Found(
            int(np.sum(hit & chosen_truth)), int(np.sum(~hit & chosen_truth)),
            int(np.sum(~right & chosen_beats)),
        )  # fmt: skip

    every = np.ones(truth.size, dtype=bool), np.ones(beats.size, dtype=bool)
    return of(*every), of(good[truth.astype(int)], good[beats.astype(int)])


def paired(truth: F64, found: F64) -> tuple[Bools, Bools]:
    """Tell of each true beat whether it was found, and of each found one whether it is true."""
    hit, right = np.zeros(truth.size, dtype=bool), np.zeros(found.size, dtype=bool)
    i = j = 0
    while i < truth.size and j < found.size:
        if abs(found[j] - truth[i]) <= TOLERANCE:
            hit[i] = right[j] = True
            i, j = i + 1, j + 1
        elif found[j] < truth[i]:
            j += 1
        else:
            i += 1
    return hit, right


@dataclass(frozen=True, slots=True)
class Cell:
    """What was found at one level of one noise; the worst single draw's F1 of trusted seconds."""

    noise: str
    db: float
    all: Found
    trusted: Found
    worst: float

    @property
    def share(self) -> float:
        """Share of true beats in trusted seconds."""
        there = self.all.both + self.all.missed
        return (self.trusted.both + self.trusted.missed) / there

    def __str__(self) -> str:
        """Return F1 of all, of trusted seconds (worst draw), and the share of those."""
        if self.trusted.both + self.trusted.made_up == 0:
            return f"{self.all.f1:.3f} / none"
        worst = f" ({self.worst:.3f})" if np.isfinite(self.worst) else ""
        return f"{self.all.f1:.3f} / {self.trusted.f1:.3f}{worst}, {100.0 * self.share:.0f} %"


def cells(folder: Path, draws: int) -> Iterator[Cell]:
    """Yield every cell of the table."""
    hearts, real = records(folder)
    noises: dict[str, Callable[[int, float, int], F64]] = {
        "real electrode motion": lambda n, _, seed: endless(real, n, seed),
        "drawn electrode motion": electrode_motion,
        "drawn muscle": muscle,
        "drawn wander": wander,
    }
    for name, noise in noises.items():
        for db in LEVELS:
            everything, trusted, each = Found(0, 0, 0), Found(0, 0, 0), []
            for k, heart in enumerate(hearts):
                for draw in range(draws):
                    made = noise(heart.x.size, heart.rate, FIRST_SEED + 100 * k + draw)
                    of_all, good = judged(heart, mixed(heart.x, heart.r, heart.rate, made, db))
                    everything, trusted = everything + of_all, trusted + good
                    if good.both + good.missed >= FEW:
                        each.append(good.f1)
            yield Cell(name, db, everything, trusted, min(each, default=float("nan")))


def page(folder: Path, draws: int) -> str:
    """Return the table as Markdown."""
    made = list(cells(folder, draws))
    rows = [
        [n, *(str(c) for c in made if c.noise == n)] for n in dict.fromkeys(c.noise for c in made)
    ]
    said = (
        f"F1 at 150 ms of all beats / of those in seconds with a quality above {TRUSTED:g} (of the "
        f"worst record and draw with {FEW} such beats or more), and how many beats those are; "
        f"{draws} draws. Written by `python tools/noise_figures.py --write`."
    )
    return "\n".join([said, "", *table(["noise", *(f"{db:g} dB" for db in LEVELS)], rows)])


@click.command()
@click.option("--draws", default=3, show_default=True)
@click.option("--write", "writes", is_flag=True, help="Put the table into engine/dsp/README.md.")
def main(draws: int, *, writes: bool) -> None:
    """Measure beats and their quality in noise."""
    folder = Path(os.environ.get("ANLAN_RECORDINGS", ROOT.parent / "shared" / "data"))
    if not (folder / "mitdb").is_dir():
        raise click.ClickException(
            f"no recordings in {folder}; set ANLAN_RECORDINGS to their folder"
        )
    text = page(folder, draws)
    if writes:
        put(README, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
