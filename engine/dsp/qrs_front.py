"""Prepares an electrocardiogram for the search: mends it, follows its two envelopes."""

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.filters import TINY
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.streams import F64

ABSURD = 1e12
"""No unit has such numbers; one of them would stay in the filters for ever."""
SHARP = 3.0
"""A pulse stands out so many times further than the signal beside it moves."""
SELDOM = 63
"""Whether numbers have become too small is asked when all these bits of the count are zero."""
BAD = 1 << 30
"""Longer than any stretch of equal samples."""


@kernel("boolean(float64[::1], float64[::1], int64[::1], float64[::1], float64[::1], "
        "float64[:,::1])")  # fmt: skip
def listen(design: F64, state: F64, count: I64, raw: F64, x: F64, heard: F64) -> bool:
    """Take samples ``x`` and write what is heard in them; tell whether all was well.

    It is not where a sample is missing, or equal to so many before that the lead may be off.

    A pacemaker's pulse is over in milliseconds: what leaves the line and is back on it
    within ``design[PULSE]`` samples, far further than the signal moves just before, is
    bridged before it reaches the envelopes. They therefore lag by so many samples. In
    ``raw`` it stays: a beat is timed with all its waves.

    Parameters
    ----------
    design, state, count
        Packed as in `engine.dsp.qrs_layout`; the last two change.
    raw
        Ring of raw samples, a power of two long.
    x : (n,)
        Electrocardiogram in any unit; NaN where missing. n is at most `at.BLOCK`.
    heard : (HEARD, BLOCK + 2)
        Of each sample: the confirming and the announcing envelope, how many samples in a
        row have been equal, and missing. The rest is room for the band-passed waves.
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
    early, late = (pulse + 1) // 2, pulse // 2 + 1
    size, longest = x.shape[0], 0
    slow, fast, same, lost, y, h = heard[0], heard[1], heard[2], heard[3], heard[4], heard[5]
    first = n
    y[0], y[1], h[0], h[1] = y2, y1, u2, u1
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
        if pulse > 0:
            state[at.CLEAN + (n & 15)] = v
            before = raw[(n - pulse - 1) & mask]
            beside = raw[(n - pulse - 1 - stride) & mask]
            moved = max(abs(v - before), abs(before - beside))
            moved = SHARP * max(moved, abs(beside - raw[(n - pulse - 1 - 2 * stride) & mask]))
            middle = 0.5 * (v + before)
            if (
                abs(raw[(n - early) & mask] - middle) > moved
                or abs(raw[(n - late) & mask] - middle) > moved
            ):
                for k in range(1, pulse + 1):
                    share = k / (pulse + 1.0)
                    state[at.CLEAN + ((n - k) & 15)] = v + share * (before - v)
            v = state[at.CLEAN + ((n - pulse) & 15)]

        # Summed so that the next sample waits for as little as may be.
        u = b00 * v + z0
        z0 = (b01 * v + z1) - a01 * u
        z1 = b02 * v - a02 * u
        w = b10 * u + z2
        z2 = (b11 * u + z3) - a11 * w
        z3 = b12 * u - a12 * w
        y[i + 2] = w
        w = p0 * v + c0
        h[i + 2] = w
        c0 = (p1 * v + c1) - q1 * w
        c1 = p2 * v - q2 * w
        if n & SELDOM == 0 and abs(z0) + abs(z2) + abs(c0) + abs(w) < TINY:
            # Denormal numbers are a hundred times slower.
            z0 = z1 = z2 = z3 = c0 = c1 = 0.0
        same[i] = still
        lost[i] = missing
        longest = max(longest, still if missing == 0 else BAD)
        n += 1
    # Both quadratures, as many samples at once as the processor takes.
    for i in range(size):
        d = (y[i + 2] - y[i]) * gain2
        slow[i] = np.sqrt(y[i + 1] * y[i + 1] + d * d)
    for i in range(size):
        d = (h[i + 2] - h[i]) * gain1
        fast[i] = np.sqrt(h[i + 1] * h[i + 1] + d * d)
    for i in range(size):
        e1 += smooth2 * (slow[i] - e1)
        e2 += smooth2 * (e1 - e2)
        f1 += smooth1 * (fast[i] - f1)
        if (first + i) & SELDOM == 0 and e2 < TINY:
            e1 = e2 = f1 = 0.0
        slow[i] = e2
        fast[i] = f1
    y1, y2, u1, u2 = y[size + 1], y[size], h[size + 1], h[size]
    state[at.Z0], state[at.Z1], state[at.Z2], state[at.Z3] = z0, z1, z2, z3
    state[at.Y1], state[at.Y2], state[at.E1], state[at.E2] = y1, y2, e1, e2
    state[at.C0], state[at.C1], state[at.U1], state[at.U2] = c0, c1, u1, u2
    state[at.F1], state[at.HELD] = f1, held
    count[at.FLAT], count[at.MISSING] = still, missing
    return longest <= int(0.05 * design[at.RATE])
