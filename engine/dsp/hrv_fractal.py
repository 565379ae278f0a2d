"""How like its short stretches the heart's rhythm stays over longer ones."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

SHORTEST, LONGEST = 4, 16
"""Intervals in a stretch."""
_LOG = (
    np.log(np.arange(SHORTEST, LONGEST + 1.0)) - np.log(np.arange(SHORTEST, LONGEST + 1.0)).mean()
)
SLOPE: F64 = _LOG / (_LOG @ _LOG)
"""What makes the slope of a line over the logarithms of the lengths from values at them."""


@kernel("void(float64[::1], float64[::1], float64, int64, float64[::1])")
def fluctuation(nn: F64, joined: F64, mean: float, n: int, out: F64) -> None:
    """Sum the squares about a line over stretches of ``n``: out[0] the sum, out[1] how many.

    Stretches follow one another and begin anew behind every break; the walk is the running
    sum of ``nn - mean``.
    """
    centre = 0.5 * (n - 1)
    spread = n * (n * n - 1.0) / 12.0
    total = 0.0
    stretches = 0.0
    walk = 0.0
    filled = 0
    s_y = 0.0
    s_yy = 0.0
    s_ky = 0.0
    for i in range(nn.shape[0]):
        if joined[i] <= 0.0:
            filled = 0
        if filled == 0:
            # Only differences within a stretch matter: each begins its walk at zero.
            walk = 0.0
            s_y = 0.0
            s_yy = 0.0
            s_ky = 0.0
        walk += nn[i] - mean
        s_y += walk
        s_yy += walk * walk
        s_ky += (filled - centre) * walk
        filled += 1
        if filled == n:
            left = s_yy - s_y * s_y / n - s_ky * s_ky / spread
            total += max(left, 0.0) / n
            stretches += 1.0
            filled = 0
    out[0] = total
    out[1] = stretches


def dfa_alpha1(nn_ms: F64, joined: F64) -> float:
    """Return the short-term exponent of detrended fluctuation analysis, 4 to 16 beats.

    The slope of log F(n) over log n for every n, F(n) the root mean square about straight
    lines of the running sum of intervals, over stretches that follow one another.

    Parameters
    ----------
    nn_ms
        (n,) ms, in order.
    joined
        (n,) 1 where an interval follows the one before it without a break. No stretch
        reaches across a break.

    Returns
    -------
    float
        NaN where there is no stretch of every length, or nothing varies.
    """
    if nn_ms.size < LONGEST or not np.isfinite(nn_ms).all():
        return math.nan
    series, chain = np.ascontiguousarray(nn_ms), np.ascontiguousarray(joined)
    mean = float(series.mean())
    out = np.zeros(2)
    log_f: list[float] = []
    for n in range(SHORTEST, LONGEST + 1):
        fluctuation(series, chain, mean, n, out)
        if out[1] < 1.0 or out[0] <= 1e-9:
            return math.nan
        log_f.append(0.5 * math.log(out[0] / out[1]))
    return float(SLOPE @ np.array(log_f))
