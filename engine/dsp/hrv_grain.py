"""What it does to a number that a recorder tells intervals in steps of several ms.

Holters stamp beats with their samples, at 128 Hz a step of 7.8 ms; a strap's step is 1 ms. A number
that asks whether two intervals are nearer than so and so jumps where that is a whole step.
"""

import math

import numpy as np

from engine.dsp.hrv_entropy import TOLERANCE, sample_entropy
from engine.streams import F64

FINE = 0.1
"""A step below this share of the tolerance of entropy moves it by less than chance does."""
NOISE = 0.1
"""ms; values nearer than this are one, written down with few digits or computed."""


def grain_of(nn_ms: F64) -> float:
    """Return the step, ms, in which intervals (n,) are told; 0 if they do not differ."""
    apart = np.diff(np.unique(nn_ms[np.isfinite(nn_ms)]))
    return float(apart.min(initial=math.inf, where=apart > NOISE)) if (apart > NOISE).any() else 0.0


def entropy_off(nn_ms: F64, joined: F64, grain: float) -> float:
    """Return how far the logarithm of sample entropy may be off because of the ``grain``, ms.

    Told in steps, intervals are alike up to a whole number of them: of the two next to the
    tolerance one gives too much, the other too little.
    """
    if nn_ms.size < 2 or grain <= FINE * TOLERANCE * float(np.std(nn_ms, ddof=1)):
        return 0.0
    ends = [sample_entropy(nn_ms, joined, wider=sign * 0.5 * grain) for sign in (-1.0, 1.0)]
    if not all(math.isfinite(end) and end > 0.0 for end in ends):
        return math.inf
    return 0.5 * abs(math.log(ends[0] / ends[1]))


def lifted(rmssd_ms: float, grain: float) -> float:
    """Return the share of RMSSD that a ``grain``, ms, alone may have brought in.

    A stamp is off by a twelfth of the step squared, and a difference of intervals takes three
    stamps, the middle one twice: half a step squared.
    """
    if not rmssd_ms > 0.0:
        return 0.0
    return 1.0 - math.sqrt(max(0.0, 1.0 - 0.5 * (grain / rmssd_ms) ** 2))
