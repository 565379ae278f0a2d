"""Lays heartbeat intervals, which come when they come, onto an even grid of time."""

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

WORK = 3
"""Rows of scratch the spline needs."""


@kernel("void(float64[::1], float64[::1], float64, float64, float64[::1], float64[:,::1])")
def spline_kernel(t: F64, y: F64, start: float, step: float, out: F64, work: F64) -> None:
    """Evaluate the natural cubic spline through (t, y) at ``start + k * step``."""
    n = t.shape[0]
    # Second derivatives at the knots: a tridiagonal system, solved forward and back.
    for k in range(WORK):
        work[k, 0] = 0.0
        work[k, n - 1] = 0.0
    for i in range(1, n - 1):
        before = t[i] - t[i - 1]
        after = t[i + 1] - t[i]
        pivot = 2.0 * (before + after) - before * work[0, i - 1]
        work[0, i] = after / pivot
        bend = 6.0 * ((y[i + 1] - y[i]) / after - (y[i] - y[i - 1]) / before)
        work[1, i] = (bend - before * work[1, i - 1]) / pivot
    for j in range(1, n - 1):
        i = n - 1 - j
        work[2, i] = work[1, i] - work[0, i] * work[2, i + 1]
    i = 0
    for k in range(out.shape[0]):
        at = start + k * step
        while i < n - 2 and at > t[i + 1]:
            i += 1
        width = t[i + 1] - t[i]
        a = (t[i + 1] - at) / width
        b = (at - t[i]) / width
        out[k] = (
            a * y[i]
            + b * y[i + 1]
            + ((a * a * a - a) * work[2, i] + (b * b * b - b) * work[2, i + 1])
            * width * width / 6.0
        )  # fmt: skip


def on_grid(t: F64, nn_ms: F64, start: float, step: float, count: int) -> F64:
    """Return intervals on an even grid, by a natural cubic spline.

    Parameters
    ----------
    t
        (n,) s, strictly increasing: when each interval ended.
    nn_ms
        (n,) ms.
    start, step, count
        The grid, s; it must lie within ``t``.

    Returns
    -------
    (count,) float64
        ms; all NaN if there are fewer than four intervals or the grid reaches beyond them.
    """
    out = np.full(count, np.nan)
    inside = t.size >= 4 and start >= t[0] and start + (count - 1) * step <= t[-1] + 1e-9
    if inside:
        knots, values = np.ascontiguousarray(t), np.ascontiguousarray(nn_ms)
        spline_kernel(knots, values, start, step, out, np.empty((WORK, t.size)))
    return out
