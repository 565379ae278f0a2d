"""Follows the electrocardiogram sample by sample: announces beats, then confirms them."""

import math

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp import qrs_tuning as by
from engine.dsp.jit import kernel
from engine.dsp.qrs_front import listen
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


@kernel("void(float64[::1], float64[::1], int64[::1], int64, float64, float64)")
def start(design: F64, state: F64, count: I64, n: int, e2: float, f1: float) -> None:
    """Take both envelopes at ``n``, while it is learned how large beats are."""
    rate = design[at.RATE]
    lasts = int(design[at.LEARN])
    k = n - count[at.START_AT]
    if k > int(0.3 * rate):
        half = 0 if k < lasts // 2 + int(0.15 * rate) else 1
        state[at.START + half] = max(state[at.START + half], e2)
        state[at.START + 2 + half] = max(state[at.START + 2 + half], f1)
    if k >= lasts:
        begin(design, state, count, n)


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[:,::1], int64, int64, float64, float64, float64)")  # fmt: skip
def attend(
    design: F64, state: F64, count: I64, raw: F64, templates: F64, rows: F64, n_rows: int,
    n: int, e2: float, f1: float, still: float,
) -> int:  # fmt: skip
    """Do what has to be done about beats at ``n``; return the number of rows.

    ``e2`` and ``f1`` are the confirming and the announcing envelope, ``still`` the number
    of equal samples in a row.
    """
    rate = design[at.RATE]
    if count[at.OPEN] == 0:
        if f1 > by.ANNOUNCE * state[at.SIGNAL1] and still < 3:
            n_rows = announce(design, state, count, rows, n_rows, n, f1)
    elif n - count[at.OPEN_AT] > int(design[at.RETRACT]):
        n_rows = report(
            rows, n_rows, at.RETRACTED, state[at.ANNOUNCED_R], n, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        )
        count[at.OPEN] = 0
    peak1, peak2, peak_at = state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT]
    if peak2 > 0.0 and n - peak_at >= int(design[at.WAIT]) and e2 < 0.85 * peak2:
        apart = peak_at - count[at.LAST_AT] > int(0.15 * rate) and n - peak_at < int(rate)
        if apart and peak2 > 0.15 * state[at.SIGNAL]:
            count[at.N] = n
            n_rows = judge(design, state, count, raw, templates, rows, n_rows, peak2, peak1)
        state[at.PEAK1] = state[at.PEAK2] = 0.0
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
    if n - count[at.LAST_AT] > int(4.0 * rate) or count[at.DOUBTS] >= TOO_MANY:
        count[at.RUNNING] = 0
        count[at.DOUBTS] = 0
        count[at.START_AT] = n
        count[at.LAST_AT] = n
    return n_rows


@kernel("int64(float64[::1], float64[::1], int64[::1], int64)")
def next_due(design: F64, state: F64, count: I64, n: int) -> int:
    """Return the first sample from ``n`` on at which something is due by the clock alone."""
    if count[at.RUNNING] == 0:
        return n
    second = round(design[at.RATE])
    due = min(second * max(1, -(-n // second)), count[at.LAST_AT] + int(4.0 * design[at.RATE]) + 1)
    if count[at.OPEN] == 1:
        due = min(due, count[at.OPEN_AT] + int(design[at.RETRACT]) + 1)
    if state[at.SPARE_SCORE] > at.NOTHING:
        late = state[at.LAST_R] + design[at.DELAY2] + 1.5 * state[at.USUAL]
        due = min(due, math.floor(late))
    return int(due)


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[:,::1], float64[:,::1], int64, int64, boolean)")  # fmt: skip
def search(
    design: F64, state: F64, count: I64, raw: F64, templates: F64, heard: F64, rows: F64,
    n_rows: int, size: int, is_well: bool,  # noqa: FBT001 - a kernel takes positions only
) -> int:  # fmt: skip
    """Search the next ``size`` samples, of which ``heard`` tells; return the number of rows.

    Where ``is_well``, none is missing and none is flat.
    """
    rate = design[at.RATE]
    second = round(rate)
    wait, quiet = int(design[at.WAIT]), int(0.15 * rate)
    flat, blind = 4 * int(0.05 * rate), int(0.12 * rate)
    creep, pulse = 2.0 / rate, int(design[at.PULSE])
    if is_well:
        count[at.HIDDEN] = 0
    n = count[at.N]
    peak1, peak2, peak_at = state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT]
    floor = state[at.FLOOR]
    # Most samples are passed by with these numbers; whatever changes them reads them anew.
    due = n
    loud = small = 0.0
    last_at = n
    stale = True
    for i in range(size):
        if stale:
            due = next_due(design, state, count, n)
            loud = by.ANNOUNCE * state[at.SIGNAL1] if count[at.OPEN] == 0 else np.inf
            small = 0.15 * state[at.SIGNAL]
            last_at = count[at.LAST_AT] if count[at.RUNNING] == 1 else n + size
            stale = False
        e2, f1 = heard[0, i], heard[1, i]
        if heard[8, i] > 0.0 and n - peak_at <= pulse:
            peak2 = 0.0  # what is largest so far is the beginning of a pacemaker's pulse
        peak1 = max(peak1, f1)
        # Chosen between, not gone to: what noise decides no processor can foresee.
        peak_at = n if e2 > peak2 else peak_at
        peak2 = max(peak2, e2)
        share = creep if e2 > floor else -creep
        floor += (share if n - last_at > quiet else 0.0) * floor
        ripe = n - peak_at >= wait and e2 < 0.85 * peak2
        if ripe and (peak_at - last_at <= quiet or peak2 <= small):
            peak1 = peak2 = 0.0
            ripe = False
        if ripe or f1 > loud or n >= due:
            state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT] = peak1, peak2, peak_at
            state[at.FLOOR] = floor
            if count[at.RUNNING] == 0:
                start(design, state, count, n, e2, f1)
            else:
                n_rows = attend(
                    design, state, count, raw, templates, rows, n_rows, n, e2, f1, heard[2, i]
                )  # fmt: skip
            peak1, peak2 = state[at.PEAK1], state[at.PEAK2]
            floor = state[at.FLOOR]
            stale = True
        if not is_well:
            count[at.ABSENT] += 1 if heard[3, i] > 0.0 else 0
            if heard[2, i] > flat or heard[3, i] > blind:
                lasts = int(max(heard[2, i], heard[3, i]))
                hide(state, count, n, lasts, heard[2, i] > flat)
                stale = True
            else:
                count[at.HIDDEN] = 0
        n += 1
        if stale and (n - 1) % second == 0 and n > 1:
            present = 1.0 - min(count[at.ABSENT] / second, 1.0)
            n_rows = report(rows, n_rows, at.SECOND, n - 1, n - 1, present, 0.0, 0.0, 0.0, 0.0, 0.0)
            count[at.ABSENT] = 0
    state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT] = peak1, peak2, peak_at
    state[at.FLOOR] = floor
    count[at.N] = n
    return n_rows


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[:,::1], float64[::1], float64[:,::1])")  # fmt: skip
def step(
    design: F64, state: F64, count: I64, raw: F64, templates: F64, heard: F64, x: F64, rows: F64
) -> int:
    """Take samples ``x``; write what became known into ``rows`` and return how many.

    Parameters
    ----------
    design, state, count
        Packed as in `engine.dsp.qrs_layout`; the last two change.
    raw
        Ring of raw samples, a power of two long.
    templates : (TEMPLATES, points)
        Learned shapes, unit energy.
    heard : (HEARD, BLOCK + KEPT)
        Room for what `engine.dsp.qrs_front.listen` writes.
    x : (n,)
        Electrocardiogram in any unit; NaN where missing.
    rows : (capacity, ROW)
        Large enough for what ``x`` can hold (eight a second).
    """
    n_rows = 0
    for first in range(0, x.shape[0], at.BLOCK):
        part = x[first : first + at.BLOCK]
        is_well = listen(design, state, count, raw, part, heard)
        n_rows = search(
            design, state, count, raw, templates, heard, rows, n_rows, part.shape[0],
            is_well,
        )  # fmt: skip
    return n_rows
