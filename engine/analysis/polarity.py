"""How high the R peaks of an electrocardiogram stand over it, and on which side."""

import math

import numpy as np

from engine.store.recording import Track
from engine.streams import F64

AROUND, NEAR = 0.25, 0.02
"""s about a beat that show the level, and the peak."""
MOST = 200
"""Beats looked at."""


def r_height(track: Track, beats: F64) -> float:
    """Return the usual height of the peaks at ``beats``, ``(n,)`` s, in the track's unit.

    Negative where they point down; NaN where none can be seen.
    """
    rate = track.stream.rate or 1.0
    wide, close = round(AROUND * rate), max(1, round(NEAR * rate))
    x = track.x[:, 0]
    heights: list[float] = []
    for beat in beats[:: max(1, len(beats) // MOST)].tolist():
        i = int(np.searchsorted(track.t, beat))
        part, peak = x[max(0, i - wide) : i + wide], x[max(0, i - close) : i + close]
        if len(part) < wide or not np.all(np.isfinite(part)):
            continue
        above = peak - float(np.median(part))
        heights.append(float(above[np.argmax(np.abs(above))]))
    return float(np.median(heights)) if heights else math.nan
