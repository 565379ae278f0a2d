"""How predictable the next heartbeat interval is from the ones before it."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

LENGTH = 2
"""Intervals compared (m)."""
TOLERANCE = 0.2
"""How near counts as alike, in standard deviations (r)."""


@kernel("void(float64[::1], float64[::1], int64, float64, float64[::1])")
def count_alike(nn: F64, joined: F64, m: int, r: float, out: F64) -> None:
    """Count pairs of stretches alike over m intervals (out[0]) and over m + 1 (out[1])."""
    n = nn.shape[0] - m
    short = 0.0
    long = 0.0
    for i in range(n):
        whole = True
        for k in range(1, m + 1):
            whole = whole and joined[i + k] > 0.0
        if not whole:
            continue
        for j in range(i + 1, n):
            k = 0
            while k < m and abs(nn[i + k] - nn[j + k]) <= r and (k == 0 or joined[j + k] > 0.0):
                k += 1
            if k == m and joined[j + m] > 0.0:
                short += 1.0
                if abs(nn[i + m] - nn[j + m]) <= r:
                    long += 1.0
    out[0] = short
    out[1] = long


def sample_entropy(nn_ms: F64, joined: F64) -> float:
    """Return the sample entropy of intervals (m 2, r 0.2 SD, n - 1).

    Parameters
    ----------
    nn_ms
        (n,) ms, in order.
    joined
        (n,) 1 where an interval follows the one before it without a break. No stretch is
        compared across a break.

    Returns
    -------
    float
        NaN where no two stretches are alike, or nothing varies.
    """
    if nn_ms.size < LENGTH + 2 or not np.isfinite(nn_ms).all():
        return math.nan
    r = TOLERANCE * float(np.std(nn_ms, ddof=1))
    if r <= 0.0:
        return math.nan
    out = np.zeros(2)
    count_alike(np.ascontiguousarray(nn_ms), np.ascontiguousarray(joined), LENGTH, r, out)
    return -math.log(out[1] / out[0]) if out[0] > 0.0 and out[1] > 0.0 else math.nan
