"""Puts the stamps of streams from several computers on one clock, evenly spaced."""

from itertools import pairwise

import numpy as np

from engine.streams import F64

BREAK = 1.0
"""s without a sample, and `BREAK_SAMPLES` of them, that end a stretch."""
BREAK_SAMPLES = 500.0
NEAR, MOSTLY, USUAL = 0.3, 0.9, 0.7
"""Steps so near to whole samples show lost ones, if so many are, and so many are of one sample."""
JITTER = 0.1
"""Short steps for a long one from which the long ones are stamps that came late."""
STEPS = 5.0
"""A clock that was set anew shows in offsets this many s apart from the line."""


def aligned(t: F64, measured: F64, offsets: F64) -> F64:
    """Return ``t``, ``(n,)`` s, on the recorder's clock.

    Parameters
    ----------
    measured, offsets : (k,)
        When the difference of the two clocks was measured, and what it was, s. Two drifting
        clocks differ by a line; if it is none (a clock was set anew), by what was measured.
    """
    if not len(offsets):
        return t
    if len(offsets) < 3 or float(np.ptp(measured)) <= 0.0:
        return t + float(np.median(offsets))
    middle = float(measured.mean())
    slope, level = np.polyfit(measured - middle, offsets, 1)
    error = offsets - (level + slope * (measured - middle))
    if float(np.max(np.abs(error))) > STEPS:
        return t + np.interp(t, measured, offsets)
    kept = np.abs(error) <= 3.0 * np.median(np.abs(error)) + 1e-6
    if np.count_nonzero(kept) >= 3 and float(np.ptp(measured[kept])) > 0.0:
        slope, level = np.polyfit(measured[kept] - middle, offsets[kept], 1)
    return np.asarray(t + level + slope * (t - middle), np.float64)


def _numbers(t: F64, rate: float) -> F64:
    """Return the running number of each sample; where stamps show that some were lost, they count.

    Stamps that jitter by more than half a sample do not show it.
    """
    steps = np.diff(t) * rate
    whole = np.rint(steps)
    shown = len(steps) and np.mean(np.abs(steps - whole) <= NEAR) >= MOSTLY
    late = np.count_nonzero(whole < 1.0) > JITTER * np.count_nonzero(whole > 1.0)
    if not shown or late or np.mean(whole == 1.0) < USUAL:
        return np.arange(len(t), dtype=np.float64)
    return np.concatenate(([0.0], np.cumsum(np.maximum(whole, 1.0))))


def even(t: F64, rate: float) -> F64:
    """Return the stamps ``t``, ``(n,)`` s, of a regular stream without their jitter.

    Each stretch without a break is a straight line, fitted.
    """
    limit = min(BREAK, BREAK_SAMPLES / rate)
    edges = [0, *(np.flatnonzero(np.abs(np.diff(t)) > limit) + 1).tolist(), len(t)]
    made = t.copy()
    for first, last in pairwise(edges):
        n = _numbers(t[first:last], rate)
        if len(n) > 2:
            centre = float(n.mean())
            slope, level = np.polyfit(n - centre, t[first:last], 1)
            made[first:last] = level + slope * (n - centre)
    return made
