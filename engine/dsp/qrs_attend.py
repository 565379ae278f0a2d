"""Announces, confirms and takes back heartbeats at the samples where there is reason to."""

import math

from engine.dsp import qrs_layout as at
from engine.dsp import qrs_tuning as by
from engine.dsp.jit import kernel
from engine.dsp.qrs_judge import judge, report
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_levels import joined, remember_beat
from engine.dsp.qrs_pulses import is_muted
from engine.dsp.qrs_start import start_due
from engine.streams import F64

TOO_MANY = 6
"""Doubts in a row after which another wave than R has been learned, and learning starts again."""


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
    if count[at.IS_PACED] == 1 and is_muted(design, state, count, n):
        return n_rows
    count[at.OPEN] = 1
    count[at.OPEN_AT] = n
    count[at.LAST_ANNOUNCED] = n
    state[at.ANNOUNCED_R] = n - design[at.DELAY1]
    return report(
        rows, n_rows, at.ANNOUNCED, state[at.ANNOUNCED_R], n, 0.0, 0.0, envelope, 0.0, 0.0, 0.0
    )


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
        count[at.LAST_SHAPE] = -1
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
    second = round(design[at.RATE])
    due = second * max(1, -(-n // second))
    if count[at.RUNNING] == 0:
        return int(min(due, start_due(design, count, n)))
    due = min(due, count[at.LAST_AT] + int(4.0 * design[at.RATE]) + 1)
    if count[at.OPEN] == 1:
        due = min(due, count[at.OPEN_AT] + int(design[at.RETRACT]) + 1)
    if state[at.SPARE_SCORE] > at.NOTHING:
        late = state[at.LAST_R] + design[at.DELAY2] + 1.5 * state[at.USUAL]
        due = min(due, math.floor(late))
    return int(due)
