"""The spectrum behind the numbers, for drawing it."""

from typing import NamedTuple

import numpy as np

from engine.analysis.beats import Intervals
from engine.dsp.hrv_spectrum import RATE, RESOLUTION, STRETCH, density
from engine.dsp.hrv_spectrum_beats import tachogram
from engine.dsp.hrv_spectrum_grid import on_grid
from engine.streams import F64


class Spectrum(NamedTuple):
    """Power density ``(n,)`` ms^2/Hz at ``(n,)`` Hz."""

    hz: F64
    power: F64


def spectrum(found: Intervals) -> Spectrum | None:
    """Return the mean spectrum, by the recipe `engine.dsp.hrv_whole` integrates; None if short."""
    gram = tachogram(found.t, found.nn_ms, found.code.astype(float), found.count.astype(float))
    size = round(STRETCH * RATE)
    made: list[F64] = []
    for t, nn in gram.pieces():
        count = int((t[-1] - t[0]) * RATE) + 1
        if count < size:
            continue
        series = on_grid(t, nn, float(t[0]), 1.0 / RATE, count)
        starts = range(0, count - size + 1, size // 2)
        made += [density(series[i : i + size], RATE) for i in starts]
    if not made:
        return None
    power = np.mean(made, axis=0)
    return Spectrum(RESOLUTION * np.arange(power.size), power)
