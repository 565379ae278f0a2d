"""From a track to what is drawn: unbroken pieces, never a line across a gap."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.report.measures import GOOD
from engine.report.view import Track
from engine.streams import F64

POINTS = 720
"""Points a line may have over the whole width; more cannot be seen."""
GAP = 5.0
"""s without a value that break a line, or three usual spacings if these are longer."""


class Piece(NamedTuple):
    """An unbroken stretch of a line: times and values, ``(n,)``."""

    t: F64
    y: F64


def pieces(t: F64, y: F64, duration: float) -> Iterator[Piece]:
    """Yield the unbroken pieces of a line, each thinned to what the eye can see."""
    valid = np.isfinite(y)
    if not valid.any():
        return
    kept = np.flatnonzero(valid)
    gap = longest_step(t)
    breaks = (np.diff(t[kept]) > gap) | (np.diff(kept) > max(1, round(gap / spacing(t))))
    for part in np.split(kept, np.flatnonzero(breaks) + 1):
        yield thinned(t[part], y[part], duration / POINTS)


def thinned(t: F64, y: F64, width: float) -> Piece:
    """Keep the lowest and the highest point of each ``width`` s; no peak is lost."""
    if len(t) < 3 or 2.0 * spacing(t) >= width:
        return Piece(t, y)
    column = np.floor((t - t[0]) / width)
    order = np.lexsort((y, column))
    last = np.flatnonzero(np.diff(column[order], append=math.inf))
    first = np.append(0, last[:-1] + 1)
    kept = np.unique(np.concatenate((order[first], order[last], [0, len(t) - 1])))
    return Piece(t[kept], y[kept])


def steps(t: F64, y: F64) -> Piece:
    """Return a staircase's corners: every value up to the moment it changed."""
    if len(t) < 2:
        return Piece(t, y)
    change = np.flatnonzero(np.diff(y) != 0.0)
    kept = np.unique(np.concatenate(([0], change, change + 1, [len(t) - 1])))
    return Piece(t[kept], y[kept])


def doubtful(track: Track) -> list[tuple[float, float]]:
    """Return the stretches in which there are values, but of low quality."""
    bad = np.isfinite(track.value) & (track.quality < GOOD)
    if not bad.any():
        return []
    reach = longest_step(track.t)
    found: list[tuple[float, float]] = []
    for i in np.flatnonzero(bad).tolist():
        start = float(track.t[i])
        after = float(track.t[i + 1]) if i + 1 < len(track.t) else start
        end = after if after - start <= reach else start
        if found and start - found[-1][1] <= 1.0:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if end - start >= 1.0]


def spacing(t: F64) -> float:
    """Return the usual time between two samples, s."""
    return float(np.median(np.diff(t))) or 1.0 if len(t) > 1 else 1.0


def longest_step(t: F64) -> float:
    """Return the longest step that still is no gap, s."""
    return max(GAP, 3.0 * spacing(t))
