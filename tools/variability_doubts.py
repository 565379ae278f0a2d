"""Measure on real hearts whether an index of variability is off by no more than it says.

Usage: python tools/variability_doubts.py [--draws N]

Beats are missed, added, put too early and misplaced in stretches of recorded hearts that chose no
constant of the doubts; what is told then is compared with what the same moment of the unhurt heart
tells. A table is printed: of all values of high quality the share further off than 1.96 of their
doubt, and of the part of it alone that corrections make.
"""

import math
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.hrv_limits import BY_BREATH, INDICES
from engine.dsp.hrv_trust import Told
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tests.golden.test_hrv_doubts import SURE, SURE_OFF, believed, judged, off_of, told
from tests.hurt_hearts import hurt, quiet_stretches
from tools.peers.tables import table

BESIDE = Path(__file__).parents[2] / "shared" / "data"
RECORDINGS = Path(os.environ.get("ANLAN_RECORDINGS") or BESIDE)
SHARES = (0.01, 0.03, 0.05, 0.10)
BEATS, SEED = 520, 88_000
CHUNK = 1000
OTHERS = {"rr_healthy/healthy_000": slice(6000, None), "rr_healthy/healthy_003": slice(9000)}
"""Hours of long recordings that the tests do not look at."""


def hearts() -> Iterator[tuple[str, F64]]:
    """Yield stretches that had no part in finding how doubts are told, ms."""
    for name, which in (
        ("rr_chf/chf201", (0, 1, 2)), ("polar_h10_ibi/brennan", (0,)), ("bartels_hrv/rest", (0,)),
        ("nsr2db_toolbox/nsr004", (1, 2)), ("rr_healthy/healthy_000", (0,)),
        ("rr_healthy/healthy_003", (0,)), ("bartels_hrv/exercise", (1,)),
    ):  # fmt: skip
        with np.load(RECORDINGS / f"{name}.npz") as kept:
            if "rr_ms" in kept:
                rr = kept["rr_ms"].astype(np.float64)
            else:
                rr = 1000.0 * np.diff(kept["beat_sample"]) / float(kept["fs"])
        part = OTHERS.get(name, slice(None))
        found = quiet_stretches(rr[part])
        yield from ((f"{name} {k}", found[k][:BEATS]) for k in which)
    yield "biopsykit_mist/Vp01", quiet_stretches(_by_detector())[0][:BEATS]


def _by_detector() -> F64:
    with np.load(RECORDINGS / "biopsykit_mist" / "Vp01.npz") as kept:
        x, rate = kept["ecg_adu"].astype(np.float64), float(kept["fs"])
    detector = QrsDetector(rate)
    t = np.arange(x.size) / rate
    parts = range(0, x.size, CHUNK)
    rows = np.concatenate([detector.push(x[i : i + CHUNK], t[i : i + CHUNK]).copy() for i in parts])
    beats = np.sort(rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)), at.TIME])
    return 1000.0 * np.diff(beats)


def looked_at(draws: int) -> Iterator[tuple[str, str, Told, float]]:
    """Yield heart, index, what was told after its beats were hurt, and the truth."""
    for number, (heart, clean) in enumerate(hearts()):
        truth = told(believed(clean))
        for share in SHARES:
            for draw in range(draws):
                seed = SEED + 100 * number + 10 * draw + round(100 * share)
                rows = judged(hurt(clean, share, np.random.default_rng(seed)))
                for due, now in told(rows).items():
                    for name, found in now.values.items() if due in truth else ():
                        true = truth[due].values[name].value
                        if found.quality > SURE and math.isfinite(true):
                            yield heart, name, found, true


@click.command()
@click.option("--draws", default=2, show_default=True)
def main(draws: int) -> None:
    """Print the table."""
    if not RECORDINGS.is_dir():
        raise click.UsageError(f"no recordings in {RECORDINGS}; set ANLAN_RECORDINGS")
    seen: dict[str, list[tuple[str, bool, bool, float]]] = defaultdict(list)
    for heart, name, found, true in looked_at(draws):
        off, repair = abs(found.value - true), off_of(name, found)
        seen[name].append(
            (heart, off > SURE_OFF * found.doubt, off > SURE_OFF * repair + 0.001 * abs(true),
             off / abs(true))
        )  # fmt: skip
    rows: list[list[str]] = []
    for name in (name for name in (*INDICES, *BY_BREATH) if name in seen):
        values = seen[name]
        by: dict[str, list[bool]] = defaultdict(list)
        for heart, _, beyond, _ in values:
            by[heart].append(beyond)
        worst = max(by, key=lambda heart: float(np.mean(by[heart])))
        half, most = 100.0 * np.percentile([row[3] for row in values], (50, 90))
        whole = 100.0 * float(np.mean([row[1] for row in values]))
        repair = 100.0 * float(np.mean([row[2] for row in values]))
        of_worst = f"{worst} {100.0 * float(np.mean(by[worst])):.0f}"
        told_ = [f"{whole:.1f}", f"{repair:.1f} ({of_worst})", f"{half:.1f}, {most:.0f} %"]
        rows.append([name, str(len(values)), *told_])
    header = ["index", "values", "doubt, %", "repair alone, % (worst)", "error 50, 90 %"]
    click.echo("\n".join(table(header, rows)))


if __name__ == "__main__":
    main()
