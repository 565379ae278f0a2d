"""Puts what each beat tells on an even grid, and lets the resonators hear it."""

import math

from engine.dsp.jit import kernel
from engine.dsp.resonators import B_FOLLOW, resonate
from engine.dsp.respiration_layout import (
    G_TIME,
    G_VALUE,
    L_COUNT,
    L_MEAN,
    L_NEXT,
    L_POINTS,
    L_POWER,
    L_TIME,
    L_VALUE,
    RATE,
    RECENT,
)
from engine.dsp.robust import median_of
from engine.streams import F64

LONGEST_LINE = 6.0
"""Values further apart than this are not joined, s."""
FORGOTTEN = 20.0
"""After a gap this long a source starts from nothing, s."""
LEARNT = 20.0
"""Grid points after which a value far off the others no longer sets the scale."""
MOST = 3.0
"""Deviations from the mean that a value counts for at most."""
LEAST_QUALITY = 0.3
MEMORY = 20.0
"""Time constant of mean and variance, s."""


@kernel("f8(f8[::1], i8, f8, f8[::1], f8[::1])")
def tamed(recent: F64, count: int, value: float, scratch: F64, spare: F64) -> float:
    """Return ``value`` brought within four deviations of the last nine."""
    recent[count % RECENT] = value
    n = min(RECENT, count + 1)
    middle = median_of(recent, n, scratch)
    if count < 5:
        return value
    for i in range(n):
        spare[i] = abs(recent[i] - middle)
    limit = 4.0 * 1.4826 * median_of(spare, n, scratch) + 1e-12
    return min(middle + limit, max(middle - limit, value))


@kernel(
    "i8(f8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1], f8[::1], f8[:,::1], f8, f8, f8)"
)
def add_value(
    line: F64,
    recent: F64,
    table: F64,
    z: F64,
    power: F64,
    scratch: F64,
    spare: F64,
    grid: F64,
    t: float,
    value: float,
    quality: float,
) -> int:
    """Take one beat's ``value`` of one source at session time ``t``.

    Fill ``grid`` with the points of the even grid that this gives; return how many.
    """
    if not (quality >= LEAST_QUALITY and math.isfinite(value)):
        return 0
    if line[L_COUNT] > 0.0 and t <= line[L_TIME]:
        return 0
    if t - line[L_TIME] > FORGOTTEN:
        line[:] = 0.0
        z[:] = 0.0
        power[:] = 0.0
    count = int(line[L_COUNT])
    value = tamed(recent, count, value, scratch, spare)
    line[L_COUNT] = count + 1
    if count == 0:
        line[L_MEAN] = value
    if count == 0 or t - line[L_TIME] > LONGEST_LINE:
        line[L_NEXT] = math.ceil(t * RATE)
        line[L_TIME], line[L_VALUE] = t, value
        return 0
    made = 0
    keep = 1.0 - math.exp(-1.0 / (MEMORY * RATE))
    while line[L_NEXT] / RATE <= t:
        share = (line[L_NEXT] / RATE - line[L_TIME]) / (t - line[L_TIME])
        x = line[L_VALUE] + (value - line[L_VALUE]) * share
        grid[made, G_TIME], grid[made, G_VALUE] = line[L_NEXT] / RATE, x
        made += 1
        line[L_POINTS] += 1.0
        gain = max(keep, 1.0 / line[L_POINTS])
        u = x - line[L_MEAN]
        if line[L_POINTS] > LEARNT:
            most = MOST * math.sqrt(line[L_POWER] + 1e-300)
            u = min(most, max(-most, u))
        line[L_MEAN] += gain * u
        u -= gain * u
        line[L_POWER] += gain * (u * u - line[L_POWER])
        u = min(MOST, max(-MOST, u / math.sqrt(line[L_POWER] + 1e-300)))
        resonate(u, table, z)
        for k in range(power.size):
            p = z[k, 4] * z[k, 4] + z[k, 5] * z[k, 5]
            power[k] += table[B_FOLLOW, k] * (p - power[k])
        line[L_NEXT] += 1.0
    line[L_TIME], line[L_VALUE] = t, value
    return made
