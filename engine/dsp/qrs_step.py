"""Follows the electrocardiogram sample by sample, and stops where something stands out."""

import math

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp import qrs_tuning as by
from engine.dsp.filters import TINY
from engine.dsp.jit import kernel
from engine.dsp.qrs_attend import attend, next_due
from engine.dsp.qrs_clock import smooth_steady, take_steps
from engine.dsp.qrs_front import keep_last, listen
from engine.dsp.qrs_judge import report
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_start import start
from engine.streams import F64

NEVER = 1 << 60
"""Samples."""


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
        count[at.LAST_SHAPE] = -1


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[:,::1], float64[:,::1], int64, int64, int64)")  # fmt: skip
def search(
    design: F64, state: F64, count: I64, raw: F64, templates: F64, heard: F64, rows: F64,
    n_rows: int, size: int, told: int,
) -> int:  # fmt: skip
    """Search the next ``size`` samples, of which ``heard`` tells; return the number of rows.

    ``told`` is what `engine.dsp.qrs_front.listen` said of them.
    """
    is_well, has_pulses = (told & at.WELL) > 0, (told & at.PULSES) > 0
    rate = design[at.RATE]
    second = round(rate)
    quiet = int(0.15 * rate)
    flat, blind = 4 * int(0.05 * rate), int(0.12 * rate)
    pulse = int(design[at.PULSE])
    smooth2, keep2, keep1 = design[at.SMOOTH2], 1.0 - design[at.SMOOTH2], 1.0 - design[at.SMOOTH1]
    loud2, loud1 = heard[at.LOUD2], heard[at.LOUD1]
    once, slow = heard[at.ONCE], heard[at.SLOW]
    same, lost, excess = heard[at.SAME], heard[at.LOST], heard[at.EXCESS]
    if is_well:
        count[at.HIDDEN] = 0
    n = count[at.N]
    peak1, peak2, peak_at = state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT]
    e1, e2, f1, floor = state[at.E1], state[at.E2], state[at.F1], state[at.FLOOR]
    due = last_at = n
    wait = NEVER
    loud = small = 0.0
    stale = True
    i = 0
    while i < size:
        if stale:
            due = next_due(design, state, count, n)
            loud = by.ANNOUNCE * state[at.SIGNAL1] if count[at.OPEN] == 0 else np.inf
            small = 0.15 * state[at.SIGNAL]
            # As long as it is learned how large beats are, there are no candidates.
            is_running = count[at.RUNNING] == 1
            last_at = count[at.LAST_AT] if is_running else n + size
            wait = int(design[at.WAIT]) if is_running else NEVER
            stale = False
        if has_pulses and excess[i] > 0.0:
            # A pacemaker's pulse has ended: the envelope is again what it was before.
            e1, e2 = once[at.KEPT + i - pulse - 1], slow[at.KEPT + i - pulse - 1]
            if n - peak_at <= pulse and wait < NEVER:
                peak2 = 0.0  # what is largest so far is the beginning of it
        # Most samples are passed by. Up to here nothing but the envelopes can stop it.
        stop = i + 1
        rests = last_at + quiet - n
        if is_well:
            stop = max(stop, min(size, i + due - n + 1))
            if rests >= 0:
                stop = min(stop, i + rests + 1)
            if has_pulses:
                for k in range(stop - 1, i, -1):
                    stop = k if excess[k] > 0.0 else stop
        creep = 0.0 if rests >= 0 else 2.0 / rate
        ripe = False
        while i < stop:
            # Smoothed here, as both wait for their own last results and so side by side.
            e1 = keep2 * e1 + loud2[i]
            e2 = keep2 * e2 + smooth2 * e1
            f1 = keep1 * f1 + loud1[i]
            once[at.KEPT + i], slow[at.KEPT + i] = e1, e2
            peak1 = max(peak1, f1)
            # Chosen between, not gone to: what noise decides no processor can foresee.
            peak_at = n if e2 > peak2 else peak_at
            peak2 = max(peak2, e2)
            # The sign is taken over, not asked for: the next sample waits for this one.
            floor -= math.copysign(creep * floor, floor - e2)
            ripe = n - peak_at >= wait and e2 < 0.85 * peak2
            i += 1
            n += 1
            if ripe or f1 > loud:
                break
        here = n - 1
        if ripe and (peak_at - last_at <= quiet or peak2 <= small):
            peak1 = peak2 = 0.0
            ripe = False
        if ripe or f1 > loud or here >= due:
            state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT] = peak1, peak2, peak_at
            state[at.FLOOR] = floor
            if count[at.RUNNING] == 0:
                start(design, state, count, here)
            else:
                n_rows = attend(
                    design, state, count, raw, templates, rows, n_rows, here, e2, f1, same[i - 1]
                )  # fmt: skip
            peak1, peak2 = state[at.PEAK1], state[at.PEAK2]
            floor = state[at.FLOOR]
            stale = True
        if not is_well:
            count[at.ABSENT] += 1 if lost[i - 1] > 0.0 else 0
            if same[i - 1] > flat or lost[i - 1] > blind:
                lasts = int(max(same[i - 1], lost[i - 1]))
                hide(state, count, here, lasts, same[i - 1] > flat)
                stale = True
            else:
                count[at.HIDDEN] = 0
        if stale and here % second == 0 and here > 0:
            if e2 < TINY:
                e1 = e2 = f1 = 0.0  # denormal numbers are a hundred times slower
            present = 1.0 - min(count[at.ABSENT] / second, 1.0)
            n_rows = report(rows, n_rows, at.SECOND, here, here, present, 0.0, 0.0, 0.0, 0.0, 0.0)
            count[at.ABSENT] = 0
    state[at.E1], state[at.E2], state[at.F1], state[at.FLOOR] = e1, e2, f1, floor
    state[at.PEAK1], state[at.PEAK2], count[at.PEAK_AT] = peak1, peak2, peak_at
    count[at.N] = n
    return n_rows


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[::1], float64[::1], float64[:,::1], float64[::1], float64[::1], "
        "float64[:,::1])")  # fmt: skip
def step(
    design: F64, state: F64, count: I64, raw: F64, templates: F64, clock: F64, ring: F64,
    heard: F64, x: F64, steady: F64, rows: F64,
) -> int:  # fmt: skip
    """Take samples ``x``; write what became known into ``rows`` and return how many.

    Parameters
    ----------
    design, state, count
        Packed as in `engine.dsp.qrs_layout`; the last two change.
    raw
        Ring of raw samples, a power of two long.
    templates : (TEMPLATES, points)
        Learned shapes, unit energy.
    clock, ring
        State of `engine.dsp.qrs_clock` and the stamps smoothed.
    heard : (HEARD, BLOCK + KEPT)
        Room for what `engine.dsp.qrs_front.listen` writes.
    x : (n,)
        Electrocardiogram in any unit; NaN where missing.
    steady : (n,)
        Its stamps if they are steady, s; empty if `engine.dsp.qrs_clock.follow` has taken them.
    rows : (capacity, ROW)
        Large enough for what ``x`` can hold (eight a second).
    """
    n_rows = 0
    for first in range(0, x.shape[0], at.BLOCK):
        part = x[first : first + at.BLOCK]
        t = steady[first : first + at.BLOCK]
        stamps = heard[at.STAMPS, at.KEPT : at.KEPT + t.shape[0]]
        is_steady = t.shape[0] > 0
        if is_steady:
            take_steps(clock, t, stamps)
        told = listen(design, state, count, raw, clock, part, heard, is_steady)
        if is_steady:
            smooth_steady(clock, ring, t, stamps, design[at.KEEP])
        n_rows = search(
            design, state, count, raw, templates, heard, rows, n_rows, part.shape[0], told
        )  # fmt: skip
        keep_last(heard, part.shape[0])
    return n_rows
