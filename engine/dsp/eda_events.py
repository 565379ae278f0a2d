"""One skin conductance response: followed to its peak, judged, confirmed five seconds later."""

import math

from engine.dsp.eda_layout import (
    CONFIRMED,
    DT,
    E_AMPLITUDE,
    E_HALF,
    E_LARGEST_STEP,
    E_LEVEL,
    E_ONSET,
    E_PEAK,
    E_PHASIC,
    E_STATE,
    E_TROUGH,
    E_TROUGH_TO_PEAK,
    EVENT_RING,
    EVENTS,
    LAST_BAD,
    LAST_ONSET,
    LIVELY,
    NOISE,
    OPEN,
    PENDING,
    PROVISIONAL,
    R_SLOPE,
    R_SMOOTH,
    R_Y,
    RECOVERY,
    REJECTED,
    RING,
    STEP,
)
from engine.dsp.jit import kernel
from engine.streams import F64

SMALLEST_AMPLITUDE = 0.015
AROUND_ARTEFACT = 5.0
"""No response is believed this close to an artefact, s."""
CONFIRM_AFTER = 5.0
HALF_WITHIN = 30.0


@kernel("b1(f8[::1], f8[:,::1], i8)")
def looks_wrong(s: F64, events: F64, e: int) -> bool:
    """Tell whether the response that just peaked cannot be one."""
    amplitude = events[e, E_AMPLITUDE]
    rise = events[e, E_PEAK] - events[e, E_ONSET]
    # A quiet skin has to convince more than a lively one.
    smallest = (2.5 + 0.75 * (1.0 - s[LIVELY])) * s[NOISE] / 1.65
    if amplitude < max(SMALLEST_AMPLITUDE, smallest) or rise > 6.0 or rise < 0.25:
        return True
    invisible = events[e, E_TROUGH_TO_PEAK] < 0.25 * amplitude
    if invisible and (rise > 3.0 or amplitude < 0.06 * events[e, E_PHASIC]):
        return True
    share = 0.62 if s[DT] < 0.2 else 0.85
    if events[e, E_LARGEST_STEP] > share * amplitude + 4.0 * s[NOISE]:
        if events[e, E_LARGEST_STEP] > 0.05:  # a jump: the electrode, not the skin
            s[LAST_BAD] = max(s[LAST_BAD], s[STEP] * s[DT])
        return True
    return False


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], i8, i8)")
def follow(s: F64, ring: F64, events: F64, e: int, c: int) -> None:
    """Let response ``e`` see the smoothed conductance of step ``c``."""
    if events[e, E_STATE] == REJECTED:
        return
    onset = events[e, E_ONSET]
    t = (c + 0.5) * s[DT]
    if t < onset:
        return
    i = c % RING
    smooth = ring[R_SMOOTH, i]
    recovered = events[e, E_PHASIC] * (1.0 - math.exp(-(t - onset) / s[RECOVERY]))
    height = smooth - (events[e, E_LEVEL] - recovered)
    if events[e, E_STATE] == OPEN:
        step = ring[R_Y, i] - ring[R_Y, (c - 1) % RING]
        events[e, E_LARGEST_STEP] = max(events[e, E_LARGEST_STEP], step)
        events[e, E_TROUGH] = min(events[e, E_TROUGH], smooth)
        if height > events[e, E_AMPLITUDE]:
            events[e, E_AMPLITUDE] = height
            events[e, E_PEAK] = t
            events[e, E_TROUGH_TO_PEAK] = smooth - events[e, E_TROUGH]
            return
        over = ring[R_SLOPE, i] <= 0.0 and height < events[e, E_AMPLITUDE]
        if over or height < 0.9 * events[e, E_AMPLITUDE] or t - events[e, E_PEAK] > 2.0:
            events[e, E_STATE] = REJECTED if looks_wrong(s, events, e) else PROVISIONAL
        return
    if (
        math.isnan(events[e, E_HALF])
        and t < onset + HALF_WITHIN
        and s[LAST_ONSET] <= onset
        and height <= 0.5 * events[e, E_AMPLITUDE]
    ):
        events[e, E_HALF] = t - events[e, E_PEAK]


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], i8, f8)")
def follow_all(s: F64, ring: F64, events: F64, c: int, now: float) -> None:
    """Let all open responses see step ``c``; reject those near an artefact."""
    first, last = int(s[PENDING]), int(s[EVENTS])
    t = (c + 0.5) * s[DT]
    for n in range(first, last):
        e = n % EVENT_RING
        follow(s, ring, events, e, c)
        if events[e, E_STATE] == OPEN and t - events[e, E_ONSET] > 8.0:
            events[e, E_STATE] = REJECTED
        if (
            (events[e, E_STATE] == OPEN or events[e, E_STATE] == PROVISIONAL)
            and s[LAST_BAD] > events[e, E_ONSET] - AROUND_ARTEFACT
            and s[LAST_BAD] < events[e, E_PEAK] + AROUND_ARTEFACT
        ):
            events[e, E_STATE] = REJECTED
    while first < last:
        e = first % EVENT_RING
        state = events[e, E_STATE]
        # One step longer than the half-recovery may take, so that it can be told.
        done = state == CONFIRMED and now - events[e, E_ONSET] > HALF_WITHIN + 1.0
        if state != REJECTED and not done:
            break
        first += 1
    s[PENDING] = first


@kernel("i8(f8[::1], f8[:,::1], f8)")
def confirm_next(s: F64, events: F64, now: float) -> int:
    """Confirm the oldest response whose five seconds are over; -1 if there is none."""
    for n in range(int(s[PENDING]), int(s[EVENTS])):
        e = n % EVENT_RING
        if events[e, E_STATE] == PROVISIONAL and now > events[e, E_PEAK] + CONFIRM_AFTER:
            events[e, E_STATE] = CONFIRMED
            return e
    return -1
