"""Skin conductance from sample to sample: level, responses, rates, quality."""

import math

from engine.dsp.eda_events import confirm_next, follow_all
from engine.dsp.eda_gates import follow_noise, gate, plausible
from engine.dsp.eda_kalman import split
from engine.dsp.eda_layout import (
    ACTIVITY,
    BAD_RUN,
    BLOCK,
    CONFIRMED,
    COUNT,
    DT,
    E_AMPLITUDE,
    E_HALF,
    E_ONSET,
    E_ONSET_TIME,
    E_PEAK,
    E_STATE,
    E_TOLD,
    EMIT,
    EVENT_RING,
    EVENTS,
    GOOD_SECOND,
    GOOD_STEPS,
    GOOD_TOTAL,
    GROUP_SUM,
    GROUP_VALID,
    HALF_LONG,
    LAST_BAD,
    LAST_CONFIRMED,
    LAST_TIME,
    NATIVE_RATE,
    NOISE,
    O_ACTIVITY,
    O_AMPLITUDE,
    O_HALF,
    O_HALF_ONSET,
    O_ONSET,
    O_PHASIC,
    O_QUALITY,
    O_RATE,
    O_RESPONDER,
    O_RISE,
    O_TIME,
    O_TONIC,
    PACE,
    PENDING,
    PHASIC,
    QUALITY,
    R_GOOD,
    R_TIME,
    R_Y,
    RATE,
    RESPONSES_A_MINUTE,
    RING,
    SHARE_OK,
    SIGMA,
    SINCE_START,
    STARTED,
    STEP,
    SUM,
    SUM_TIME,
    TONIC,
    VALID,
)
from engine.dsp.eda_pulses import find_burst
from engine.dsp.jit import kernel
from engine.streams import AS_DECLARED, F64

COUNTING = 66
"""Responses of the last minute are counted, 6 s allowed for their confirmation, s."""
STALE = 2.0
SETTLED = 5.0
QUICKEST, LAZIEST = AS_DECLARED
LONGEST_GAP = 90.0
"""After a gap this long nothing of the past counts any more, s."""


@kernel("void(f8[::1], b1, f8)")
def judge(s: F64, ok: bool, now: float) -> None:  # noqa: FBT001 - kernels take no keywords
    """Bring the quality, the activity and the count of good signal up to date."""
    dt = s[DT]
    s[SHARE_OK] += ((1.0 if ok else 0.0) - s[SHARE_OK]) * dt / 5.0
    since = s[SINCE_START] * dt
    q = s[SHARE_OK] / (1.0 - math.exp(-since / 5.0)) if since < 40.0 else s[SHARE_OK]
    if now - s[LAST_BAD] < 5.0:
        q *= 0.2
    sigma = s[NOISE] * SIGMA
    q /= 1.0 + (sigma / 0.03) * (sigma / 0.03)
    s[QUALITY] = min(1.0, max(0.0, q))
    if ok and now - s[LAST_BAD] > 5.0:
        s[GOOD_STEPS] += 1.0
        s[GOOD_SECOND] += 1.0
        share = min(s[PHASIC] / max(s[TONIC], 0.05), 1.0)
        s[ACTIVITY] += (share - s[ACTIVITY]) * dt / min(30.0, s[GOOD_STEPS] * dt)


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], f8)")
def count(s: F64, ring: F64, events: F64, now: float) -> None:
    """Count the responses of the last minute, once a second.

    NaN until a whole minute was seen, or while less than half of it was good.
    """
    second = round(now)
    ring[R_GOOD, second % RING] = min(1.0, s[GOOD_SECOND] * s[DT])
    s[GOOD_TOTAL] += ring[R_GOOD, second % RING]
    s[GOOD_SECOND] = 0.0
    good = 0.0
    for j in range(COUNTING):
        good += ring[R_GOOD, (second - j) % RING]
    found = 0
    last = int(s[EVENTS])
    for n in range(max(0, last - EVENT_RING), last):
        e = n % EVENT_RING
        if events[e, E_STATE] == CONFIRMED and events[e, E_ONSET] > now - COUNTING:
            found += 1
    share = good / COUNTING
    complete = s[SINCE_START] * s[DT] >= COUNTING and share > 0.5
    s[RESPONSES_A_MINUTE] = found / share if complete else math.nan


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8, f8, b1, b1)")
def step(
    s: F64,
    bank: F64,
    ring: F64,
    events: F64,
    y: float,
    t: float,
    present: bool,  # noqa: FBT001 - kernels take no keywords
    hard: bool,  # noqa: FBT001
) -> None:
    """Take one step of mean conductance ``y``, uS, at session time ``t``."""
    k = int(s[STEP])
    now = (k + 1) * s[DT]
    ok = gate(s, bank, y, present, hard, now)
    s[STEP] = k + 1
    if s[STARTED] == 1.0:
        follow_noise(s, y, ok, now)
        if ok:
            s[GROUP_SUM] += y
            s[GROUP_VALID] += 1.0
        if (k + 1) % int(s[EMIT]) == 0:
            enough = s[GROUP_VALID] * 2.0 >= s[EMIT]
            split(s, bank, s[GROUP_SUM] / s[GROUP_VALID] if enough else math.nan)
            s[GROUP_SUM] = s[GROUP_VALID] = 0.0
        i = k % RING
        ring[R_Y, i] = y if ok else s[TONIC] + s[PHASIC]
        ring[R_TIME, i] = t
        s[SINCE_START] += 1.0
        judge(s, ok, now)
        m = int(s[HALF_LONG])
        if s[SINCE_START] >= 2 * m + 2:
            find_burst(s, ring, events, k - m, now)
            follow_all(s, ring, events, k - m, now)
    if int(now) > int(k * s[DT]):
        count(s, ring, events, now)


@kernel("void(f8[::1], f8[:,::1], f8[::1], f8)")
def write(s: F64, events: F64, row: F64, t: float) -> None:
    """Fill an output row as of session time ``t``."""
    now = s[STEP] * s[DT]
    row[:] = math.nan
    row[O_TIME] = t
    row[O_QUALITY] = 0.0
    if s[STARTED] == 1.0 and s[BAD_RUN] * s[DT] <= STALE:
        if s[SINCE_START] * s[DT] >= SETTLED:
            row[O_TONIC] = s[TONIC]
            row[O_PHASIC] = s[PHASIC]
            row[O_QUALITY] = s[QUALITY]
        row[O_RATE] = s[RESPONSES_A_MINUTE]
        row[O_ACTIVITY] = s[ACTIVITY]
    e = confirm_next(s, events, now)
    if e >= 0:
        row[O_ONSET] = events[e, E_ONSET_TIME]
        row[O_AMPLITUDE] = events[e, E_AMPLITUDE]
        row[O_RISE] = events[e, E_PEAK] - events[e, E_ONSET]
        s[LAST_CONFIRMED] = events[e, E_ONSET]
    if now - s[LAST_CONFIRMED] <= 306.0:
        row[O_RESPONDER] = 1.0
    elif s[GOOD_TOTAL] > 240.0:
        row[O_RESPONDER] = 0.0
    for n in range(int(s[PENDING]), int(s[EVENTS])):
        e = n % EVENT_RING
        known = events[e, E_STATE] == CONFIRMED and not math.isnan(events[e, E_HALF])
        if known and events[e, E_TOLD] == 0.0:
            events[e, E_TOLD] = 1.0
            row[O_HALF_ONSET] = events[e, E_ONSET_TIME]
            row[O_HALF] = events[e, E_HALF]
            break


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8)")
def fill_gap(s: F64, bank: F64, ring: F64, events: F64, t: float) -> None:
    """Let the steps that never came, up to session time ``t``, be missing ones."""
    gap = t - s[LAST_TIME]
    missing = round(min(gap, LONGEST_GAP) * s[RATE])
    for j in range(missing):
        at = s[LAST_TIME] + gap * (j + 1) / (missing + 1)
        step(s, bank, ring, events, math.nan, at, False, True)
    s[SUM] = s[SUM_TIME] = s[VALID] = s[COUNT] = 0.0


@kernel("i8(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1], f8[:,::1])")
def run(s: F64, bank: F64, ring: F64, events: F64, t: F64, y: F64, out: F64) -> int:
    """Take samples ``y`` (n,) uS at ``t`` (n,) s; fill rows of ``out`` and return how many."""
    rows = 0
    longest = max(0.25, 5.0 / s[NATIVE_RATE])
    for i in range(y.size):
        if not (math.isfinite(t[i]) and t[i] > s[LAST_TIME]):
            continue
        if s[COUNT] + s[STEP] > 0.0 and t[i] - s[LAST_TIME] > longest:
            fill_gap(s, bank, ring, events, t[i])
        elif s[COUNT] + s[STEP] > 0.0:
            s[PACE] += ((t[i] - s[LAST_TIME]) * s[NATIVE_RATE] - s[PACE]) / (4.0 * s[NATIVE_RATE])
        s[LAST_TIME] = t[i]
        if plausible(y[i]):
            s[SUM] += y[i]
            s[VALID] += 1.0
        s[SUM_TIME] += t[i]
        s[COUNT] += 1.0
        if s[COUNT] < s[BLOCK]:
            continue
        mean = s[SUM] / s[VALID] if s[VALID] > 0.0 else math.nan
        # Samples at another rate than declared: every time constant would be wrong.
        paced = QUICKEST < s[PACE] < LAZIEST
        present = paced and s[VALID] > 0.0 and s[VALID] * 2.0 >= s[BLOCK]
        at = s[SUM_TIME] / s[COUNT]
        step(s, bank, ring, events, mean, at, present, s[VALID] < s[COUNT] or not paced)
        s[SUM] = s[SUM_TIME] = s[VALID] = s[COUNT] = 0.0
        if int(s[STEP]) % int(s[EMIT]) == 0:
            write(s, events, out[rows], t[i])
            rows += 1
    return rows
