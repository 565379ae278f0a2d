"""Movement of the place a pulse is read at: how strong it is, and whether pulses keep its time."""

import math

from engine.dsp.jit import kernel
from engine.dsp.ppg_layout import O_KNOWN, O_PPI, O_PPI_QUALITY, O_QUALITY, O_TIME
from engine.dsp.ppg_motion_layout import (
    AXES,
    BEGAN,
    F_BEFORE,
    F_SLOW,
    F_SLOWER,
    F_SMOOTH,
    F_SMOOTHER,
    GRID,
    LAST_TIME,
    MAGNITUDE,
    MOVING,
    POWER,
    PULSES,
    R_LEVEL,
    R_MOVING,
    R_X,
    RECENT,
    RING,
    STILL_SINCE,
    TICK,
)
from engine.streams import F64

GRAVITY_S, SMOOTH_S, LEVEL_S, MAGNITUDE_S = 0.32, 0.02, 0.5, 5.0
"""Time constants, s: what is slower than 0.5 Hz is pose, what is faster than 8 Hz no limb."""
LONGEST_GAP = 0.5
"""Acceleration missing for longer starts anew, s."""
LEAST_G, MOST_G = 0.5, 2.0
"""A mean length beyond these is no acceleration in g, or comes from a dead sensor."""
STRONG, STILL = 0.30, 0.10
"""Movement that no pulse is believed in, g; and the stillness that ends it."""
RECOVERY = 1.5
"""So long must the body be still before pulses are believed again, s."""
MOVED_AT_MOST = 0.4
"""Quality a pulse found during strong movement reaches at most."""
NOTICED, RISE = 0.012, 0.4
"""Movement, g, from which a pulse is the more often wrong, and the power it is so by."""
SUREST = 0.99
"""No pulse is surer than this before its movement is weighed."""
FELT = 0.025
"""Movement below this shows no cadence, g: the pulse itself shakes a hand that much."""
FROM, SPAN, POINTS = -0.6, 0.7, 15
"""Where, around each pulse, movement is compared from pulse to pulse, s."""
LAST_WORD = 10.0
"""So long the last acceleration stands for what is not there, s."""


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], f8[::1], f8[:,::1])")
def feel(s: F64, filters: F64, ring: F64, t: F64, x: F64) -> None:
    """Take acceleration ``x`` (n, 3) g at ``t`` (n,) s."""
    for i in range(t.size):
        length = math.sqrt(x[i, 0] * x[i, 0] + x[i, 1] * x[i, 1] + x[i, 2] * x[i, 2])
        if not (math.isfinite(t[i]) and t[i] > s[LAST_TIME] and math.isfinite(length)):
            continue
        dt = t[i] - s[LAST_TIME]
        if not dt <= LONGEST_GAP:
            if math.isinf(s[LAST_TIME]):
                s[MAGNITUDE] = length
            for a in range(AXES):
                filters[F_SLOW, a] = x[i, a]
                filters[F_SLOWER, a] = filters[F_SMOOTH, a] = 0.0
                filters[F_SMOOTHER, a] = filters[F_BEFORE, a] = 0.0
            s[TICK] = math.ceil(t[i] * GRID)
            s[BEGAN] = s[STILL_SINCE] = t[i]
            s[LAST_TIME] = t[i]
            continue
        s[MAGNITUDE] += (1.0 - math.exp(-dt / MAGNITUDE_S)) * (length - s[MAGNITUDE])
        slow, smooth = 1.0 - math.exp(-dt / GRAVITY_S), 1.0 - math.exp(-dt / SMOOTH_S)
        energy = 0.0
        for a in range(AXES):
            filters[F_SLOW, a] += slow * (x[i, a] - filters[F_SLOW, a])
            moved = x[i, a] - filters[F_SLOW, a]
            filters[F_SLOWER, a] += slow * (moved - filters[F_SLOWER, a])
            moved -= filters[F_SLOWER, a]
            filters[F_SMOOTH, a] += smooth * (moved - filters[F_SMOOTH, a])
            filters[F_BEFORE, a] = filters[F_SMOOTHER, a]
            filters[F_SMOOTHER, a] += smooth * (filters[F_SMOOTH, a] - filters[F_SMOOTHER, a])
            energy += filters[F_SMOOTHER, a] * filters[F_SMOOTHER, a]
        s[POWER] += (1.0 - math.exp(-dt / LEVEL_S)) * (energy - s[POWER])
        level = math.sqrt(s[POWER])
        if level > STRONG:
            s[MOVING] = 1.0
        if level > STILL:
            s[STILL_SINCE] = t[i]
        elif t[i] - s[STILL_SINCE] >= RECOVERY:
            s[MOVING] = 0.0
        while s[TICK] <= t[i] * GRID:
            k = int(s[TICK]) % RING
            u = 1.0 - (t[i] - s[TICK] / GRID) / dt
            for a in range(AXES):
                before = filters[F_BEFORE, a]
                ring[R_X + a, k] = before + u * (filters[F_SMOOTHER, a] - before)
            ring[R_LEVEL, k], ring[R_MOVING, k] = level, s[MOVING]
            s[TICK] += 1.0
        s[LAST_TIME] = t[i]


@kernel("f8(f8[::1], f8[:,::1], f8[::1], f8[:,::1])")
def cadence(s: F64, ring: F64, pulses: F64, mean: F64) -> float:
    """Return how far the last pulses keep the time of the movement, 0..1.

    The share of the movement around each pulse that is the same from pulse to pulse, or from
    every second to every second: also steps of which the pulse shows only every other one.
    """
    newest = s[TICK] - 1.0
    oldest = max(newest - RING + 2.0, math.ceil(s[BEGAN] * GRID))
    n = int(s[PULSES])
    mean[:] = 0.0
    total = 0.0
    used = 0
    even = 0
    for j in range(max(0, n - RECENT), n):
        first = (pulses[j % RECENT] + FROM) * GRID
        if first < oldest or first + SPAN * GRID > newest:
            continue
        used += 1
        odd = j % 2
        even += 1 - odd
        for p in range(POINTS):
            position = first + SPAN * GRID * p / (POINTS - 1.0)
            k = math.floor(position)
            u = position - k
            for a in range(AXES):
                v = ring[R_X + a, k % RING]
                v += u * (ring[R_X + a, (k + 1) % RING] - v)
                mean[odd, p * AXES + a] += v
                total += v * v
    if even < 2 or used - even < 2 or total <= 0.0:
        return 0.0
    same = 0.0
    for q in range(POINTS * AXES):
        same += mean[0, q] * mean[0, q] / even + mean[1, q] * mean[1, q] / (used - even)
    # Two groups alone make 2 / used of anything alike.
    chance = 2.0 / used
    share = max(0.0, (same / total - chance) / (1.0 - chance))
    level2 = total / (used * POINTS)
    felt = 1.0 / (1.0 + (FELT * FELT / level2) ** 2)
    kept: float = felt * min(1.0, max(0.0, (share - 0.30) / 0.40))
    return kept


@kernel("f8(f8[::1], f8[:,::1], f8[::1], f8[:,::1], f8[::1])")
def judge(s: F64, ring: F64, pulses: F64, mean: F64, row: F64) -> float:
    """Lower the qualities of a pulse ``row`` by the movement around it; return the factor."""
    pulses[int(s[PULSES]) % RECENT] = row[O_TIME]
    s[PULSES] += 1.0
    if not (s[LAST_TIME] > row[O_KNOWN] - LAST_WORD and LEAST_G <= s[MAGNITUDE] <= MOST_G):
        return 1.0
    newest = int(s[TICK]) - 1
    back = row[O_PPI] if row[O_PPI] > 0.0 else 1.0
    first = max(newest - RING + 1, math.floor((row[O_TIME] - back) * GRID))
    first = max(first, math.ceil(s[BEGAN] * GRID))
    last = min(newest, math.floor(row[O_KNOWN] * GRID))
    level = math.sqrt(s[POWER])
    moving = s[MOVING]
    if first <= last:
        level = moving = 0.0
        for k in range(first, last + 1):
            level = max(level, ring[R_LEVEL, k % RING])
            moving = max(moving, ring[R_MOVING, k % RING])
    odds = (1.0 + (level / NOTICED) ** 2) ** RISE
    own = 1.0 - cadence(s, ring, pulses, mean)
    for column in (O_QUALITY, O_PPI_QUALITY):
        q = min(SUREST, row[column])
        q = own * q / (q + (1.0 - q) * odds)
        row[column] = min(MOVED_AT_MOST, q) if moving > 0.0 else q
    return level
