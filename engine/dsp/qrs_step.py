"""Follows the electrocardiogram sample by sample: announces beats, then confirms them."""

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp import qrs_tuning as by
from engine.dsp.filters import TINY
from engine.dsp.jit import kernel
from engine.dsp.qrs_judge import judge, report
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_levels import joined, remember_beat, update_levels
from engine.streams import F64

UNLIKE = 3.0
"""Maxima of two halves of the start of which one is so many times the other are unlike."""
PATIENCE = 4
"""So many more halves are awaited to find two alike."""
TOO_MANY = 6
"""Doubts in a row after which another wave than R has been learned, and learning starts again."""
ABSURD = 1e12
"""No unit has such numbers; one of them would stay in the filters for ever."""


@kernel("void(float64[::1], float64[::1], int64[::1], int64)")
def begin(design: F64, state: F64, count: I64, n: int) -> None:
    """Set the levels from the start just heard, or start again if nothing was there.

    The smaller of two halves' maxima is believed, so one artefact does no harm. If only
    one of them can hold a beat (or an artefact), another second and a third is awaited.
    """
    larger = max(state[at.START], state[at.START + 1])
    unlike = larger > UNLIKE * min(state[at.START], state[at.START + 1])
    if unlike and count[at.TRIES] < PATIENCE:
        count[at.TRIES] += 1
        for k in range(0, 4, 2):
            state[at.START + k] = state[at.START + k + 1]
            state[at.START + k + 1] = 0.0
        start = int(design[at.LEARN])
        count[at.START_AT] += start - (start // 2 + int(0.15 * design[at.RATE]))
        return
    count[at.TRIES] = 0
    level2 = min(state[at.START], state[at.START + 1])
    level1 = min(state[at.START + 2], state[at.START + 3])
    for k in range(4):
        state[at.START + k] = 0.0
    if not (level2 > 0.0 and level1 > 0.0):
        count[at.START_AT] = n
        return
    rate = design[at.RATE]
    for k in range(8):
        state[at.LEVELS2 + k] = level2
        state[at.LEVELS_NOISE + k] = 0.1 * level2
        state[at.LEVELS1 + k] = level1
        state[at.INTERVALS + k] = 0.85 * rate
    update_levels(state)
    state[at.FLOOR] = 0.1 * level2
    state[at.USUAL] = 0.85 * rate
    state[at.REGULAR] = 0.0
    state[at.LAST_R] = n - rate
    state[at.PREVIOUS_R] = at.NOTHING
    state[at.LAST_PEAK] = level2
    state[at.LAST_SCORE] = 1.0
    state[at.SPARE_SCORE] = at.NOTHING
    state[at.PEAK2] = 0.0
    state[at.PEAK1] = 0.0
    for k in range(at.TEMPLATES):
        state[at.WEIGHT + k] = 0.0
    count[at.BEATS] = 0
    count[at.INTERVAL_COUNT] = 0
    count[at.LAST_AT] = n - int(rate)
    count[at.LAST_ANNOUNCED] = n - int(rate)
    count[at.RUNNING] = 1


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[:,::1], int64, int64, float64)")
def announce(
    design: F64, state: F64, count: I64, rows: F64, n_rows: int, n: int, envelope: float
) -> int:
    """Announce a beat near certain from its rising slope; return the number of rows."""
    since = n - design[at.DELAY1] - state[at.LAST_R]
    refractory = design[at.REFRACTORY1]
    if n - count[at.LAST_ANNOUNCED] <= refractory or since <= refractory:
        return n_rows
    threshold = by.ANNOUNCE * state[at.SIGNAL1]
    if since < 0.42 * design[at.RATE]:
        threshold *= 1.35
    elif since < 0.6 * state[at.USUAL]:
        threshold *= 1.15
    noise = min(state[at.FLOOR] / state[at.SIGNAL], 0.6)
    if envelope <= threshold * (1.0 + by.ANNOUNCE_NOISE * noise):
        return n_rows
    count[at.OPEN] = 1
    count[at.OPEN_AT] = n
    count[at.LAST_ANNOUNCED] = n
    state[at.ANNOUNCED_R] = n - design[at.DELAY1]
    return report(
        rows, n_rows, at.ANNOUNCED, state[at.ANNOUNCED_R], n, 0.0, 0.0, envelope, 0.0, 0.0, 0.0
    )


@kernel("void(float64[::1], int64[::1], int64, int64, boolean)")
def hide(
    state: F64, count: I64, n: int, lasts: int,
    is_flat: bool,  # noqa: FBT001 - a kernel takes positions only
) -> None:  # fmt: skip
    """Note that a beat could go unseen at ``n``: flat or missing for ``lasts`` samples."""
    if count[at.HIDDEN] == 0:
        count[at.HIDDEN] = 1
        # A hidden stretch no beat has followed yet is joined to this one.
        if float(count[at.HIDDEN_TO]) <= state[at.PREVIOUS_R]:
            count[at.HIDDEN_FROM] = n - lasts
    count[at.HIDDEN_TO] = n
    if is_flat:
        count[at.LAST_AT] = n
        state[at.LAST_R] = n
        state[at.SPARE_SCORE] = at.NOTHING


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[::1], float64[:,::1])")  # fmt: skip
def step(design: F64, state: F64, count: I64, raw: F64, templates: F64, x: F64, rows: F64) -> int:
    """Take samples ``x``; write what became known into ``rows`` and return how many.

    Parameters
    ----------
    design, state, count
        Packed as in `engine.dsp.qrs_layout`; the last two change.
    raw
        Ring of raw samples, a power of two long.
    templates : (TEMPLATES, points)
        Learned shapes, unit energy.
    x : (n,)
        Electrocardiogram in any unit; NaN where missing.
    rows : (capacity, ROW)
        Large enough for what ``x`` can hold (eight a second).
    """
    a = at.COEFFICIENTS
    b00, b01, b02, a01, a02 = design[a], design[a + 1], design[a + 2], design[a + 3], design[a + 4]
    b10, b11, b12, a11, a12 = (
        design[a + 5], design[a + 6], design[a + 7], design[a + 8], design[a + 9],
    )  # fmt: skip
    p0, p1, p2, q1, q2 = (
        design[a + 10], design[a + 11], design[a + 12], design[a + 13], design[a + 14],
    )  # fmt: skip
    rate, gain2, smooth2 = design[at.RATE], design[at.GAIN2], design[at.SMOOTH2]
    gain1, smooth1 = design[at.GAIN1], design[at.SMOOTH1]
    wait, retract = int(design[at.WAIT]), int(design[at.RETRACT])
    start, mask, second = int(design[at.LEARN]), int(design[at.MASK]), round(rate)
    settle, quiet, lost = int(0.3 * rate), int(0.15 * rate), int(4.0 * rate)
    creep = 2.0 / rate
    z0, z1, z2, z3 = state[at.Z0], state[at.Z1], state[at.Z2], state[at.Z3]
    y1, y2, e1, e2 = state[at.Y1], state[at.Y2], state[at.E1], state[at.E2]
    c0, c1, u1, u2 = state[at.C0], state[at.C1], state[at.U1], state[at.U2]
    f1, held = state[at.F1], state[at.HELD]
    peak1, peak2, peak_at = state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT]
    still, missing = count[at.FLAT], count[at.MISSING]
    n = count[at.N]
    n_rows = 0
    flat, blind = 4 * int(0.05 * rate), int(0.12 * rate)
    due = second * max(1, -(-n // second))
    for i in range(x.shape[0]):
        v = x[i]
        if abs(v) < ABSURD:
            missing = 0
        else:
            v = held
            missing += 1
            count[at.ABSENT] += 1
        if n == 0:
            held = v
            state[at.ZERO] = v
        still = still + 1 if v == held else 0
        held = v
        v -= state[at.ZERO]
        raw[n & mask] = v

        # The envelope that confirms: 8-20 Hz, both quadratures, two one-poles.
        u = b00 * v + z0
        z0 = b01 * v - a01 * u + z1
        z1 = b02 * v - a02 * u
        y = b10 * u + z2
        z2 = b11 * u - a11 * y + z3
        z3 = b12 * u - a12 * y
        d = (y - y2) * gain2
        e = np.sqrt(y1 * y1 + d * d)
        y2 = y1
        y1 = y
        e1 += smooth2 * (e - e1)
        e2 += smooth2 * (e1 - e2)
        # The envelope that announces: 10-40 Hz.
        h = p0 * v + c0
        c0 = p1 * v - q1 * h + c1
        c1 = p2 * v - q2 * h
        d = (h - u2) * gain1
        e = np.sqrt(u1 * u1 + d * d)
        u2 = u1
        u1 = h
        f1 += smooth1 * (e - f1)
        if e2 < TINY:
            # Denormal numbers are a hundred times slower.
            z0 = z1 = z2 = z3 = c0 = c1 = y1 = y2 = u1 = u2 = e1 = e2 = f1 = 0.0

        peak1 = max(peak1, f1)
        if e2 > peak2:
            peak2 = e2
            peak_at = n
        if count[at.RUNNING] == 0:
            k = n - count[at.START_AT]
            if k > settle:
                half = 0 if k < start // 2 + quiet else 1
                state[at.START + half] = max(state[at.START + half], e2)
                state[at.START + 2 + half] = max(state[at.START + 2 + half], f1)
            if k >= start:
                begin(design, state, count, n)
                if count[at.RUNNING] == 1:
                    peak1 = peak2 = 0.0
        else:
            if n - count[at.LAST_AT] > quiet:
                floor = state[at.FLOOR]
                state[at.FLOOR] = floor + creep * floor if e2 > floor else floor - creep * floor
            if count[at.OPEN] == 0:
                if f1 > by.ANNOUNCE * state[at.SIGNAL1] and still < 3:
                    n_rows = announce(design, state, count, rows, n_rows, n, f1)
            elif n - count[at.OPEN_AT] > retract:
                n_rows = report(
                    rows,
                    n_rows,
                    at.RETRACTED,
                    state[at.ANNOUNCED_R],
                    n,
                    0.0,
                    0.0,
                    0.0,
                    0.0,
                    0.0,
                    0.0,
                )
                count[at.OPEN] = 0
            if peak2 > 0.0 and n - peak_at >= wait and e2 < 0.85 * peak2:
                if peak_at - count[at.LAST_AT] > quiet and peak2 > 0.15 * state[at.SIGNAL]:
                    count[at.N] = n
                    count[at.PEAK_AT] = peak_at
                    n_rows = judge(design, state, count, raw, templates, rows, n_rows, peak2, peak1)
                peak1 = peak2 = 0.0
            overdue = n - design[at.DELAY2] - state[at.LAST_R] > 1.5 * state[at.USUAL]
            if overdue and state[at.SPARE_SCORE] > at.NOTHING and count[at.BEATS] > 0:
                r = state[at.SPARE_R]
                score = state[at.SPARE_SCORE]
                remember_beat(
                    design, state, count, r, count[at.SPARE_AT], state[at.SPARE_PEAK2],
                    state[at.SPARE_PEAK1], 0.0,
                )  # fmt: skip
                n_rows = report(
                    rows, n_rows, at.LATE, r, n, 0.6 * state[at.SPARE_QUALITY],
                    state[at.SPARE_MATCH], state[at.SPARE_AMPLITUDE], score,
                    joined(state, count, r), state[at.SPARE_SHAPE],
                )  # fmt: skip
            if n - count[at.LAST_AT] > lost or count[at.DOUBTS] >= TOO_MANY:
                count[at.RUNNING] = 0
                count[at.DOUBTS] = 0
                count[at.START_AT] = n
                count[at.LAST_AT] = n
        if still > flat or missing > blind:
            hide(state, count, n, max(still, missing), still > flat)
        else:
            count[at.HIDDEN] = 0
        if n == due:
            due += second
            present = 1.0 - min(count[at.ABSENT] / second, 1.0)
            n_rows = report(rows, n_rows, at.SECOND, n, n, present, 0.0, 0.0, 0.0, 0.0, 0.0)
            count[at.ABSENT] = 0
        n += 1
    state[at.Z0], state[at.Z1], state[at.Z2], state[at.Z3] = z0, z1, z2, z3
    state[at.Y1], state[at.Y2], state[at.E1], state[at.E2] = y1, y2, e1, e2
    state[at.C0], state[at.C1], state[at.U1], state[at.U2] = c0, c1, u1, u2
    state[at.F1], state[at.HELD] = f1, held
    state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT] = peak1, peak2, peak_at
    count[at.FLAT], count[at.MISSING] = still, missing
    count[at.N] = n
    return n_rows
