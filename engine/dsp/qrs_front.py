"""Prepares an electrocardiogram for the search: mends it, follows its two envelopes."""

import numpy as np

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
BAD = 1 << 30
"""Longer than any stretch of equal samples."""


@kernel("void(float64[::1], float64[::1], int64, int64)")
def stand_out(line: F64, excess: F64, pulse: int, stride: int) -> None:
    """Tell of each sample whether a pulse of at most ``pulse`` samples has just ended.

    Parameters
    ----------
    line
        Samples, `at.KEPT` of them older than the first that is told of.
    excess : (n,)
        Above zero where one has.
    """
    if pulse == 0:
        excess[:] = -1.0
        return
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


@kernel("boolean(float64[::1], float64[::1], int64[::1], float64[::1], float64[::1], "
        "float64[:,::1])")  # fmt: skip
def listen(design: F64, state: F64, count: I64, raw: F64, x: F64, heard: F64) -> bool:
    """Take samples ``x`` and write what is heard in them; tell whether all was well.

    It is not where a sample is missing, or equal to so many before that the lead may be off.

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
        Of each sample: the confirming and the announcing envelope, how many samples in a
        row have been equal, and missing. The rest is room.
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
    f1, held = state[at.F1], state[at.HELD]
    still, missing = count[at.FLAT], count[at.MISSING]
    n = count[at.N]
    if n == 0 and x.shape[0] > 0:
        held = x[0] if abs(x[0]) < ABSURD else 0.0
        state[at.ZERO] = held
    zero = state[at.ZERO]
    size, longest, first = x.shape[0], 0, n
    slow, fast, same, lost = heard[0], heard[1], heard[2], heard[3]
    y, before1, before2, h, excess = heard[4], heard[5], heard[6], heard[7], heard[8]
    line, clean, once, twice = heard[9], heard[10], heard[11], heard[12]
    for k in range(at.KEPT - pulse - 1 - 4 * stride, at.KEPT):
        line[k] = raw[(n - at.KEPT + k) & mask]
    for k in range(at.KEPT - pulse - 1, at.KEPT):
        clean[k] = state[at.LATELY + k]
        once[k] = state[at.LATELY + at.KEPT + k]
        twice[k] = state[at.LATELY + 2 * at.KEPT + k]
    for i in range(size):
        v = x[i]
        if abs(v) < ABSURD:
            missing = 0
        else:
            v = held
            missing += 1
        still = still + 1 if v == held else 0
        held = v
        v -= zero
        raw[n & mask] = v
        line[at.KEPT + i] = v
        same[i] = still
        lost[i] = missing
        longest = max(longest, still if missing == 0 else BAD)
        n += 1
    stand_out(line, excess[:size], pulse, stride)
    h[0], h[1] = u2, u1
    for i in range(size):
        v = line[at.KEPT + i]
        clean[at.KEPT + i] = v
        if excess[i] > 0.0:
            # Take from the filter what the pulse has left in it: it is linear.
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
        # Summed so that the next sample waits for as little as may be.
        u = b00 * v + z0
        z0 = (b01 * v + z1) - a01 * u
        z1 = b02 * v - a02 * u
        w = b10 * u + z2
        z2 = (b11 * u + z3) - a11 * w
        z3 = b12 * u - a12 * w
        y[i], before1[i], before2[i] = w, y1, y2
        y2 = y1
        y1 = w
        v = clean[at.KEPT + i - pulse]
        w = p0 * v + c0
        h[i + 2] = w
        c0 = (p1 * v + c1) - q1 * w
        c1 = p2 * v - q2 * w
        if (first + i) & SELDOM == 0 and abs(z0) + abs(z2) + abs(c0) + abs(w) < TINY:
            # Denormal numbers are a hundred times slower.
            z0 = z1 = z2 = z3 = c0 = c1 = 0.0
    # Both quadratures, as many samples at once as the processor takes.
    for i in range(size):
        d = (y[i] - before2[i]) * gain2
        slow[i] = np.sqrt(before1[i] * before1[i] + d * d)
    for i in range(size):
        d = (h[i + 2] - h[i]) * gain1
        fast[i] = np.sqrt(h[i + 1] * h[i + 1] + d * d)
    for i in range(size):
        if excess[i] > 0.0:
            e1 = once[at.KEPT + i - pulse - 1]
            e2 = twice[at.KEPT + i - pulse - 1]
        e1 += smooth2 * (slow[i] - e1)
        e2 += smooth2 * (e1 - e2)
        f1 += smooth1 * (fast[i] - f1)
        if (first + i) & SELDOM == 0 and e2 < TINY:
            e1 = e2 = f1 = 0.0
        slow[i] = e2
        fast[i] = f1
        once[at.KEPT + i] = e1
        twice[at.KEPT + i] = e2
    u1, u2 = h[size + 1], h[size]
    for k in range(at.KEPT - pulse - 1, at.KEPT):
        state[at.LATELY + k] = clean[size + k]
        state[at.LATELY + at.KEPT + k] = once[size + k]
        state[at.LATELY + 2 * at.KEPT + k] = twice[size + k]
    state[at.Z0], state[at.Z1], state[at.Z2], state[at.Z3] = z0, z1, z2, z3
    state[at.Y1], state[at.Y2], state[at.E1], state[at.E2] = y1, y2, e1, e2
    state[at.C0], state[at.C1], state[at.U1], state[at.U2] = c0, c1, u1, u2
    state[at.F1], state[at.HELD] = f1, held
    count[at.FLAT], count[at.MISSING] = still, missing
    return longest <= int(0.05 * design[at.RATE])
