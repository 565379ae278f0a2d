"""Prepares an electrocardiogram for the search: mends it, follows its two envelopes."""

import math

from engine.dsp import qrs_layout as at
from engine.dsp.filters import TINY
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.streams import F64

ABSURD = 1e12
"""No unit has such numbers; one of them would stay in the filters for ever."""
SHARP = 6.0
"""A pulse stands out so many times further than the signal moves in 4 ms just before it."""
SELDOM = 63
"""Whether numbers have become too small is asked when all these bits of the count are zero."""
BAD = 1e9
"""Longer than any stretch of equal samples."""


@kernel("float64(float64[::1], int64[::1], int64, float64[::1], float64[::1], float64[:,::1])")
def mend(state: F64, count: I64, mask: int, raw: F64, x: F64, heard: F64) -> float:
    """Write samples ``x`` into ``raw`` and in one line; a missing one is the last again.

    Returns
    -------
    float
        Most samples in a row that are equal to the one before; `BAD` if one is missing.
    """
    size, n = x.shape[0], count[at.N]
    held, still, missing = state[at.HELD], float(count[at.FLAT]), float(count[at.MISSING])
    if n == 0 and size > 0:
        held = x[0] if abs(x[0]) < ABSURD else 0.0
        state[at.ZERO] = held
    zero = state[at.ZERO]
    line, same, lost = heard[at.LINE, at.KEPT :], heard[at.SAME], heard[at.LOST]
    longest = 0.0
    for i in range(size):
        v = x[i]
        is_number = abs(v) < ABSURD
        v = v if is_number else held
        missing = 0.0 if is_number else missing + 1.0
        still = still + 1.0 if v == held else 0.0
        held = v
        line[i] = v - zero
        same[i] = still
        lost[i] = missing
        longest = max(longest, still if is_number else BAD)
    first = n & mask
    before_end = min(size, mask + 1 - first)
    for i in range(before_end):
        raw[first + i] = line[i]
    for i in range(before_end, size):
        raw[i - before_end] = line[i]
    state[at.HELD], count[at.FLAT], count[at.MISSING] = held, int(still), int(missing)
    return longest


@kernel("boolean(float64[::1], float64[::1], int64, int64)")
def stand_out(line: F64, excess: F64, pulse: int, stride: int) -> bool:
    """Tell of each sample whether a pulse of at most ``pulse`` samples has just ended.

    Parameters
    ----------
    line
        Samples, `at.KEPT` of them older than the first that is told of.
    excess : (n,)
        Above zero where one has.

    Returns
    -------
    bool
        Whether one has anywhere.
    """
    if pulse == 0:
        excess[:] = -1.0
        return False
    now = line[at.KEPT :]
    before = line[at.KEPT - pulse - 1 :]
    beside = line[at.KEPT - pulse - 1 - stride :]
    further = line[at.KEPT - pulse - 1 - 2 * stride :]
    yonder = line[at.KEPT - pulse - 1 - 3 * stride :]
    furthest = line[at.KEPT - pulse - 1 - 4 * stride :]
    early = line[at.KEPT - (pulse + 1) // 2 :]
    late = line[at.KEPT - pulse // 2 - 1 :]
    for i in range(excess.shape[0]):
        moved = max(abs(now[i] - before[i]), abs(before[i] - beside[i]))
        moved = max(moved, abs(beside[i] - further[i]))
        moved = max(moved, abs(further[i] - yonder[i]), abs(yonder[i] - furthest[i]))
        middle = 0.5 * (now[i] + before[i])
        high = max(abs(early[i] - middle), abs(late[i] - middle))
        excess[i] = high - SHARP * moved
    ended = 0
    for i in range(excess.shape[0]):
        ended += 1 if excess[i] > 0.0 else 0
    return ended > 0


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[::1], "
        "float64[:,::1])")  # fmt: skip
def listen(design: F64, state: F64, count: I64, raw: F64, x: F64, heard: F64) -> int:
    """Take samples ``x`` and write what is heard in them.

    A pacemaker's pulse is over in milliseconds: what leaves the line and is back on it
    within ``design[PULSE]`` samples, far further than the signal moves just before, is
    bridged, and taken out of the filters again. The announcing envelope lags by so many
    samples, to be spared it altogether. In ``raw`` it stays: a beat is timed with all its
    waves.

    Parameters
    ----------
    design, state, count
        Packed as in `engine.dsp.qrs_layout`; the last two change.
    raw
        Ring of raw samples, a power of two long.
    x : (n,)
        Electrocardiogram in any unit; NaN where missing. n is at most `at.BLOCK`.
    heard : (HEARD, BLOCK + KEPT)
        What is heard, in the rows `engine.dsp.qrs_layout` names.

    Returns
    -------
    int
        `at.WELL` unless a sample is missing, or equal to so many before that the lead may be
        off; plus `at.PULSES` if a pulse ended.
    """
    a = at.COEFFICIENTS
    b00, b01, b02, a01, a02 = design[a], design[a + 1], design[a + 2], design[a + 3], design[a + 4]
    b10, b11, b12, a11, a12 = (
        design[a + 5], design[a + 6], design[a + 7], design[a + 8], design[a + 9],
    )  # fmt: skip
    p0, p1, p2, q1, q2 = (
        design[a + 10], design[a + 11], design[a + 12], design[a + 13], design[a + 14],
    )  # fmt: skip
    gain2, smooth2 = design[at.GAIN2], design[at.SMOOTH2]
    gain1, smooth1 = design[at.GAIN1], design[at.SMOOTH1]
    mask, pulse, stride = int(design[at.MASK]), int(design[at.PULSE]), int(design[at.STRIDE])
    z0, z1, z2, z3 = state[at.Z0], state[at.Z1], state[at.Z2], state[at.Z3]
    y1, y2, e1, e2 = state[at.Y1], state[at.Y2], state[at.E1], state[at.E2]
    c0, c1, u1, u2 = state[at.C0], state[at.C1], state[at.U1], state[at.U2]
    f1 = state[at.F1]
    size, n = x.shape[0], count[at.N]
    slow, fast, excess = heard[at.SLOW], heard[at.FAST], heard[at.EXCESS]
    line, clean, once, twice = heard[at.LINE], heard[at.CLEAN], heard[at.ONCE], heard[at.TWICE]
    for k in range(at.KEPT - pulse - 1 - 4 * stride, at.KEPT):
        line[k] = raw[(n - at.KEPT + k) & mask]
    for k in range(at.KEPT - pulse - 1, at.KEPT):
        clean[k] = state[at.LATELY + k]
        once[k] = state[at.LATELY + at.KEPT + k]
        twice[k] = state[at.LATELY + 2 * at.KEPT + k]
    longest = mend(state, count, mask, raw, x, heard)
    has_pulses = stand_out(line, excess[:size], pulse, stride)
    for k in range(at.KEPT, at.KEPT + size):
        clean[k] = line[k]
    i = 0
    while i < size:
        # So far neither a pulse ends nor has it to be asked how small the numbers are.
        stop = min(size, i + SELDOM + 1 - ((n + i - 1) & SELDOM))
        if has_pulses:
            for k in range(stop - 1, i, -1):
                stop = k if excess[k] > 0.0 else stop
            if excess[i] > 0.0:
                # Take from the filter what the pulse has left in it: it is linear.
                v = line[at.KEPT + i]
                before = line[at.KEPT + i - pulse - 1]
                r0 = r1 = r2 = r3 = w = x1 = 0.0
                for k in range(pulse, 0, -1):
                    bridged = v + k / (pulse + 1.0) * (before - v)
                    c = bridged - clean[at.KEPT + i - k]
                    clean[at.KEPT + i - k] = bridged
                    x1 = w
                    u = b00 * c + r0
                    r0 = (b01 * c + r1) - a01 * u
                    r1 = b02 * c - a02 * u
                    w = b10 * u + r2
                    r2 = (b11 * u + r3) - a11 * w
                    r3 = b12 * u - a12 * w
                z0, z1, z2, z3 = z0 + r0, z1 + r1, z2 + r2, z3 + r3
                y1 += w
                y2 += x1
                e1 = once[at.KEPT + i - pulse - 1]
                e2 = twice[at.KEPT + i - pulse - 1]
        for k in range(i, stop):
            # Summed so that the next sample waits for as little as may be.
            v = clean[at.KEPT + k]
            u = b00 * v + z0
            z0 = (b01 * v + z1) - a01 * u
            z1 = b02 * v - a02 * u
            w = b10 * u + z2
            z2 = (b11 * u + z3) - a11 * w
            z3 = b12 * u - a12 * w
            d = (w - y2) * gain2
            e1 += smooth2 * (math.sqrt(y1 * y1 + d * d) - e1)
            e2 += smooth2 * (e1 - e2)
            y2 = y1
            y1 = w
            v = clean[at.KEPT + k - pulse]
            w = p0 * v + c0
            c0 = (p1 * v + c1) - q1 * w
            c1 = p2 * v - q2 * w
            d = (w - u2) * gain1
            f1 += smooth1 * (math.sqrt(u1 * u1 + d * d) - f1)
            u2 = u1
            u1 = w
            slow[k] = e2
            fast[k] = f1
            once[at.KEPT + k] = e1
            twice[at.KEPT + k] = e2
        if (n + stop - 1) & SELDOM == 0:
            # Denormal numbers are a hundred times slower.
            if abs(z0) + abs(z2) + abs(c0) + abs(u1) < TINY:
                z0 = z1 = z2 = z3 = c0 = c1 = 0.0
            if e2 < TINY:
                e1 = e2 = f1 = 0.0
                slow[stop - 1] = fast[stop - 1] = 0.0
                once[at.KEPT + stop - 1] = twice[at.KEPT + stop - 1] = 0.0
        i = stop
    for k in range(at.KEPT - pulse - 1, at.KEPT):
        state[at.LATELY + k] = clean[size + k]
        state[at.LATELY + at.KEPT + k] = once[size + k]
        state[at.LATELY + 2 * at.KEPT + k] = twice[size + k]
    state[at.Z0], state[at.Z1], state[at.Z2], state[at.Z3] = z0, z1, z2, z3
    state[at.Y1], state[at.Y2], state[at.E1], state[at.E2] = y1, y2, e1, e2
    state[at.C0], state[at.C1], state[at.U1], state[at.U2] = c0, c1, u1, u2
    state[at.F1] = f1
    well = at.WELL if longest <= int(0.05 * design[at.RATE]) else 0
    return well + (at.PULSES if has_pulses else 0)
