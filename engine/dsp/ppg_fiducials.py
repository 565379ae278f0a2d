"""The marks of one pulse: its foot, the middle of its upstroke, its peak."""

import math

from engine.dsp.jit import kernel
from engine.dsp.ppg_layout import (
    HALF_WIDTH,
    PEAK,
    PEAK_STEP,
    R_TIME,
    R_Y,
    RATE,
    RING,
    STEEPEST,
    STEEPEST_STEP,
    VALLEY,
    VALLEY_STEP,
)
from engine.streams import F64


@kernel("f8(f8[:,::1], f8)")
def level_at(ring: F64, position: float) -> float:
    """Return the smoothed signal between two steps."""
    i = math.floor(position)
    u = position - i
    y: float = ring[R_Y, i % RING] * (1.0 - u) + ring[R_Y, (i + 1) % RING] * u
    return y


@kernel("f8(f8[::1], f8[:,::1], f8)")
def time_at(s: F64, ring: F64, position: float) -> float:
    """Return the session time of a place among the smoothed steps, s."""
    i = math.floor(position) - int(s[HALF_WIDTH])
    u = position - math.floor(position)
    t: float = ring[R_TIME, i % RING] * (1.0 - u) + ring[R_TIME, (i + 1) % RING] * u
    return t


@kernel("f8(f8, f8, f8)")
def vertex(before: float, middle: float, after: float) -> float:
    """Return where a parabola through three neighbours has its top, -0.5..0.5."""
    bend = before - 2.0 * middle + after
    if bend >= 0.0:
        return 0.0
    return min(0.5, max(-0.5, 0.5 * (before - after) / bend))


@kernel("f8(f8[::1], f8[:,::1])")
def foot_position(s: F64, ring: F64) -> float:
    """Return where the tangent at the steepest point meets the valley."""
    n = int(s[STEEPEST_STEP])
    before = (ring[R_Y, (n - 1) % RING] - ring[R_Y, (n - 2) % RING]) * s[RATE]
    after = (ring[R_Y, (n + 1) % RING] - ring[R_Y, n % RING]) * s[RATE]
    offset = vertex(before, s[STEEPEST], after)
    slope = s[STEEPEST] - 0.25 * (before - after) * offset
    steepest = n - 0.5 + offset
    foot = steepest - (level_at(ring, steepest) - s[VALLEY]) / slope * s[RATE]
    position: float = max(foot, s[VALLEY_STEP] - 1.0)
    return position


@kernel("f8(f8[::1], f8[:,::1])")
def peak_position(s: F64, ring: F64) -> float:
    """Return where the pulse is highest."""
    n = int(s[PEAK_STEP])
    offset = vertex(ring[R_Y, (n - 1) % RING], ring[R_Y, n % RING], ring[R_Y, (n + 1) % RING])
    return n + offset


@kernel("f8(f8[::1], f8[:,::1])")
def middle_position(s: F64, ring: F64) -> float:
    """Return where the upstroke crosses half its height, by a cubic through four steps.

    The middle is the steadiest mark of a pulse; intervals are taken between middles.
    """
    half = 0.5 * (s[VALLEY] + s[PEAK])
    j = int(s[PEAK_STEP])
    while j > s[VALLEY_STEP] and ring[R_Y, j % RING] > half:
        j -= 1
    a, b = ring[R_Y, (j - 1) % RING], ring[R_Y, j % RING]
    c, d = ring[R_Y, (j + 1) % RING], ring[R_Y, (j + 2) % RING]
    u = (half - b) / (c - b) if c != b else 0.5
    c1 = 0.5 * (c - a)
    c2 = a - 2.5 * b + 2.0 * c - 0.5 * d
    c3 = 0.5 * (d - a) + 1.5 * (b - c)
    for _ in range(3):
        slope = (3.0 * c3 * u + 2.0 * c2) * u + c1
        if slope != 0.0:
            u -= (((c3 * u + c2) * u + c1) * u + b - half) / slope
        u = min(1.0, max(0.0, u))
    return j + u
