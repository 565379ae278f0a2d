"""How predictable the next heartbeat interval is from the ones before it."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.dsp.jit import kernel
from engine.streams import F64

LENGTH = 2
"""Intervals compared (m)."""
TOLERANCE = 0.2
"""How near counts as alike, in standard deviations (r)."""


@kernel("void(float64[:, ::1], float64, int64[::1])")
def count_alike(words: F64, r: float, out: NDArray[np.int64]) -> None:
    """Count pairs of words alike but for their last interval (out[0]), and in all (out[1]).

    ``words`` (LENGTH + 1, n) are stretches of intervals, ordered by their first one: whatever
    is like a word then lies close behind it, and the rest of a day is never looked at.
    """
    n = words.shape[1]
    first, second, third = words[0], words[1], words[2]
    short = 0
    long = 0
    end = 0
    for i in range(n):
        while end < n and first[end] - first[i] <= r:
            end += 1
        for j in range(i + 1, end):
            alike = abs(second[j] - second[i]) <= r
            short += alike
            long += alike & (abs(third[j] - third[i]) <= r)
    out[0] = short
    out[1] = long


def sample_entropy(nn_ms: F64, joined: F64, *, wider: float = 0.0) -> float:
    """Return the sample entropy of intervals (m 2, r 0.2 SD, n - 1).

    Parameters
    ----------
    nn_ms
        (n,) ms, in order.
    joined
        (n,) 1 where an interval follows the one before it without a break. No stretch is
        compared across a break.
    wider
        ms by which to widen the tolerance.

    Returns
    -------
    float
        NaN where no two stretches are alike, or nothing varies.
    """
    if nn_ms.size < LENGTH + 2 or not np.isfinite(nn_ms).all():
        return math.nan
    r = TOLERANCE * float(np.std(nn_ms, ddof=1)) + wider
    if r <= 0.0:
        return math.nan
    follows = joined > 0.0
    begins = np.flatnonzero(follows[1:-1] & follows[2:])
    begins = begins[np.argsort(nn_ms[begins])]
    out = np.zeros(2, np.int64)
    count_alike(nn_ms[begins + np.arange(LENGTH + 1)[:, None]], r, out)
    return -math.log(out[1] / out[0]) if out[0] > 0.0 and out[1] > 0.0 else math.nan
