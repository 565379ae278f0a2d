"""How much of a minute's variability is chance: another minute would have told another value."""

import numpy as np

from engine.dsp.hrv_retold import STUDENT, SURE
from engine.dsp.hrv_window import CENTRE_MS, PNN_LIMIT_MS, deviation
from engine.dsp.jit import kernel
from engine.streams import F64

PARTS = 5
"""Stretches of which each is left out in turn."""
FEW = STUDENT[PARTS - 2] / SURE
"""By how much the spread of so few must be widened (Student's t)."""
LAGS = 12
"""Intervals over which neighbours are looked at for a rhythm: breaths of up to 12 beats."""

OF_RMSSD, OF_SDNN, OF_PNN50, OF_MEAN = range(4)
"""Places of what `chance` tells."""
TOLD = 4
SUMS = 6
SCRATCH = 2 * LAGS + PARTS + SUMS + PARTS * SUMS
"""Room `chance` needs beside that for the intervals themselves."""
LEAST = 10.0
"""Intervals, or differences, of fewer than which nothing can be said."""


@kernel("float64(float64[::1], float64, float64[::1])")
def spread_of_power(x: F64, n: float, alike: F64) -> float:
    """Return the standard error of the root mean square of ``x``, as a share of it.

    For normally distributed values that depend on one another the variance of the mean of their
    squares is 2 / n times the square of that mean times the sum of all squared autocorrelations
    (E[aabb] = E[aa] E[bb] + 2 E[ab]^2); the root errs by half that share. In noise without any
    rhythm this is sqrt(1 / 2n); in a steady breath, whose beats tell the same as those before,
    several times as much. Zeros stand for what is missing.

    Parameters
    ----------
    x
        (k,) about their mean, behind `LAGS` zeros.
    n
        How many of them are there.
    alike
        (LAGS,) scratch.
    """
    power = 0.0
    alike[:] = 0.0
    for i in range(LAGS, x.shape[0]):
        power += x[i] * x[i]
        # Sums side by side: one after the other takes five times as long.
        for j in range(LAGS):
            alike[j] += x[i] * x[i - LAGS + j]
    if power <= 0.0 or n < 2.0:
        return 0.0
    factor = 1.0
    for j in range(LAGS):
        factor += 2.0 * (alike[j] / power) ** 2
    return float(np.sqrt(0.5 * factor / n))


@kernel("float64(float64, float64, float64, float64)")
def mean_without(total: float, n: float, part: float, part_n: float) -> float:
    """Return the mean of what a part leaves; NaN where the part is all there is."""
    left = n - part_n
    return (total - part) / left if left > 0.0 else np.nan


@kernel("float64(float64[::1])")
def spread_of_parts(values: F64) -> float:
    """Return the standard error from values that each leave out one of `PARTS`, widened.

    Delete-a-group jackknife, as `engine.dsp.hrv_retold.chance_without`. A value that is missing
    leaves nothing known: 0.
    """
    mean = 0.0
    for k in range(PARTS):
        mean += values[k] / PARTS
    squares = 0.0
    for k in range(PARTS):
        squares += (values[k] - mean) ** 2
    if not squares >= 0.0:
        return 0.0
    return float(np.sqrt((PARTS - 1.0) / PARTS * squares) * FEW)


@kernel("void(float64[::1], float64[::1], float64[::1], float64[::1])")
def chance(nn: F64, steps: F64, scratch: F64, out: F64) -> None:
    """Tell how far chance alone may move RMSSD, SDNN, pNN50 and the mean interval.

    The larger one of two: how much they differ when a fifth of the stretch is left out, which
    knows all that changes slowly and knows nothing of a breath longer than a fifth of a minute;
    and how much a rhythm leaves open (`spread_of_power`), which knows the breath and nothing
    slower. pNN50 errs by no less than a coin does that falls as often: the spread of a
    share p of n between 0 and 1 of which nothing was known before but Jeffreys' prior.

    Parameters
    ----------
    nn
        (n,) ms: intervals in order; NaN where one does not count.
    steps
        (n,) ms: true differences to the interval before; NaN where there is none.
    scratch
        (n + SCRATCH,)
    out
        (TOLD,) standard errors as shares of RMSSD, SDNN and the mean, and for pNN50 a share of all
        differences, 0..1. 0 where nothing is known.
    """
    n = nn.shape[0]
    out[:] = 0.0
    scratch[:] = 0.0
    line = scratch[: LAGS + n]
    at = LAGS + n
    alike = scratch[at : at + LAGS]
    left = scratch[at + LAGS : at + LAGS + PARTS]
    total = scratch[at + LAGS + PARTS : at + LAGS + PARTS + SUMS]
    sums = scratch[at + LAGS + PARTS + SUMS : n + SCRATCH].reshape(PARTS, SUMS)
    for i in range(n):
        k = i * PARTS // n
        d = nn[i] - CENTRE_MS
        if not np.isnan(d):
            sums[k, 0] += 1.0
            sums[k, 1] += d
            sums[k, 2] += d * d
        d = steps[i]
        if not np.isnan(d):
            sums[k, 3] += 1.0
            sums[k, 4] += d * d
            sums[k, 5] += 1.0 if abs(d) > PNN_LIMIT_MS else 0.0
    for k in range(PARTS):
        for j in range(SUMS):
            total[j] += sums[k, j]
    if total[0] >= LEAST:
        mean = total[1] / total[0]
        for k in range(PARTS):
            left[k] = mean_without(total[1], total[0], sums[k, 1], sums[k, 0])
        out[OF_MEAN] = spread_of_parts(left) / (mean + CENTRE_MS)
        sd = deviation(total[1], total[2], total[0])
        if sd > 0.0:
            for k in range(PARTS):
                left[k] = deviation(
                    total[1] - sums[k, 1], total[2] - sums[k, 2], total[0] - sums[k, 0]
                )
            for i in range(n):
                line[LAGS + i] = 0.0 if np.isnan(nn[i]) else nn[i] - CENTRE_MS - mean
            of_rhythm = spread_of_power(line, total[0], alike)
            out[OF_SDNN] = max(spread_of_parts(left) / sd, of_rhythm)
    if total[3] >= LEAST:
        power = total[4] / total[3]
        if power > 0.0:
            for k in range(PARTS):
                left[k] = np.sqrt(mean_without(total[4], total[3], sums[k, 4], sums[k, 3]))
            for i in range(n):
                line[LAGS + i] = 0.0 if np.isnan(steps[i]) else steps[i]
            of_rhythm = spread_of_power(line, total[3], alike)
            out[OF_RMSSD] = max(spread_of_parts(left) / np.sqrt(power), of_rhythm)
        for k in range(PARTS):
            left[k] = mean_without(total[5], total[3], sums[k, 5], sums[k, 3])
        share = (total[5] + 0.5) / (total[3] + 1.0)
        of_coin = np.sqrt(share * (1.0 - share) / (total[3] + 2.0))
        out[OF_PNN50] = max(spread_of_parts(left), of_coin)


def chance_of(nn_ms: F64, steps_ms: F64) -> F64:
    """Return what `chance` tells of these intervals and differences, both (n,)."""
    out = np.zeros(TOLD)
    if nn_ms.size:
        nn, steps = (np.ascontiguousarray(x, np.float64) for x in (nn_ms, steps_ms))
        chance(nn, steps, np.zeros(nn.size + SCRATCH), out)
    return out
