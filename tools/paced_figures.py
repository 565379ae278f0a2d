"""Measure how drawn hearts with a paced atrium fare behind a low-pass, on seeds that chose nothing.

Usage: python tools/paced_figures.py [--hearts N]

How many hearts have more than eight beats that stand off by 150 ms and are believed, how many go on
so after 20 s, and how many are right from then on.
"""

from collections.abc import Callable

import click
import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from tests.paced_heart import Pacing, any_pacing, other_pacing, paced

RATES = (130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240, 249, 250, 360, 500, 1000)
DRAWS: dict[str, tuple[Callable[[np.random.Generator, float], Pacing], int]] = {
    "as designed on": (any_pacing, 52_000),
    "other recorders, pulses, beats": (other_pacing, 51_000),
}
"""How hearts are drawn, and the first seed."""
LASTS, LATE = 45.0, 20.0
BELIEVED = 0.5
FAR, OFF = 0.150, 0.090
"""s from the beat: mistimed, and at another wave."""
FEW = 0.03


def fared(draw: Callable[[np.random.Generator, float], Pacing], seed: int, k: int) -> list[float]:
    """Return believed mistimed beats; the same after 20 s, and wrong and missed ones, as shares."""
    rng = np.random.default_rng((seed, k))
    rate = RATES[k % len(RATES)]
    how = draw(rng, rate)
    noise = float(rng.choice([0.005, 0.01, 0.03]))
    made = paced(rate, LASTS, how, seed=seed + k, noise=noise)
    rows = QrsDetector(rate).push(made.x, made.t)
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE))]
    apart = np.abs(beats[:, at.TIME][:, None] - made.r[None, :])
    off, late = apart.min(axis=1), beats[:, at.TIME] > LATE
    believed = (off > FAR) & (beats[:, at.QUALITY] > BELIEVED)
    truth = (made.r > LATE) & (made.r < LASTS - 1.5)
    return [
        float(believed.sum()),
        float(np.mean(believed[late])),
        float(np.mean(off[late] > OFF)),
        float(np.mean(apart[:, truth].min(axis=0) > OFF)),
    ]


@click.command()
@click.option("--hearts", default=680, help="Hearts drawn of each kind.")
def main(hearts: int) -> None:
    """Print the figures."""
    for name, (draw, seed) in DRAWS.items():
        all_of = np.array([fared(draw, seed, k) for k in range(hearts)])
        many, often = np.sum(all_of[:, 0] > 8), np.sum(all_of[:, 1] > 0.1)
        wrong, right = np.sum(all_of[:, 2] > FEW), np.sum((all_of[:, 2:] <= FEW).all(axis=1))
        click.echo(
            f"{name}, {hearts} hearts: {many} with more than 8 beats mistimed and believed"
            f" (most: {all_of[:, 0].max():.0f}), {often} with more than a tenth after 20 s;"
            f" wrong wave then in {wrong}, right {right}"
        )


if __name__ == "__main__":
    main()
