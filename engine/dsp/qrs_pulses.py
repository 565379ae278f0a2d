"""Leaves the pulses of a paced atrium out, once it is certain what they look like."""

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_levels import update_levels
from engine.dsp.qrs_shape import compare
from engine.dsp.qrs_suspect import PAIRED, SOONEST
from engine.streams import F64

SHAPE, DUE = 0.7, 0.3
"""A pulse is at least so like those before it; by so much the likeness to beats counts less where
a pulse is due, `NEARER` s or more from where a beat is, and more where a beat is."""
NEARER = 0.1
AS_LARGE = 1.8
"""A pulse is at most so many times as large or small as the one before it."""


@kernel("void(float64[::1], float64[::1], int64[::1])")
def leave_out(design: F64, state: F64, count: I64) -> None:
    """From now on leave out what is like the pulses seen, and take the next wave for the beat."""
    rate = design[at.RATE]
    k = count[at.LAST_SHAPE]
    # A template most of whose beats are pulses is none of a beat.
    state[at.WEIGHT + k] *= 1.0 if state[at.FOLLOWED + k] < 0.5 else 0.0
    state[at.FOLLOWED + k] = state[at.EVIDENCE + k] = state[at.ECHOES] = state[at.ECHO] = 0.0
    count[at.IS_PACED] = count[at.IS_NEW] = 1
    state[at.PULSE_R] = state[at.PULSE_BEFORE] = state[at.LAST_R]
    state[at.PULSE_GAP] = 0.0
    state[at.PULSE_PEAK] = state[at.LAST_PEAK]
    # The next interval begins at a pulse and ends at a beat.
    state[at.PREVIOUS_R] = at.NOTHING
    state[at.LAST_SCORE] = 0.0
    if state[at.BETWEEN] > 0.3 * rate and state[at.BETWEEN] < 2.0 * rate:
        for j in range(8):
            state[at.INTERVALS + j] = state[at.BETWEEN]
        state[at.USUAL] = state[at.BETWEEN]


@kernel("boolean(float64[::1], float64[::1], float64[::1], int64, float64[:,::1], float64[::1], "
        "float64[::1], float64, float64, float64)")  # fmt: skip
def is_pulse(
    design: F64, state: F64, window: F64, stride: int, templates: F64, sizes: F64, fits: F64,
    match: float, peak2: float, r: float,
) -> bool:  # fmt: skip
    """Tell whether the wave at ``r`` is one more pulse, and remember when it came.

    It is if it is more like those before it than like the beats (``match``), and no pulse has
    just been: what follows one is the ventricle's wave, whatever it looks like. Coming when
    a pulse is due rather than a beat speaks for it too.

    Parameters
    ----------
    design, state, templates
        Packed as in `engine.dsp.qrs_layout`.
    window, stride, sizes, fits
        As in `engine.dsp.qrs_shape.compare`.
    match, peak2
        Likeness to the beats, and the confirming envelope.
    r
        Where it is, samples.
    """
    rate = design[at.RATE]
    since = r - state[at.PULSE_R]
    if since < PAIRED * rate:
        return bool(since < SOONEST * rate)  # the same one, dying away in the filters
    if peak2 * AS_LARGE < state[at.PULSE_PEAK] or peak2 > AS_LARGE * state[at.PULSE_PEAK]:
        return False
    compare(window, stride, templates, at.PULSE_SHAPE, sizes, fits)
    like = -1.0
    for j in range(sizes.shape[0]):
        like = max(like, fits[j])
    gap = r - state[at.LAST_R]
    if state[at.PULSE_GAP] > 0.0:
        nearer = abs(gap - state[at.USUAL]) - abs(gap - state[at.PULSE_GAP])
        match -= DUE * min(max(nearer / (NEARER * rate), -1.0), 1.0)
    if like < SHAPE or like < match:
        return False
    state[at.PULSE_R], state[at.PULSE_PEAK] = r, peak2
    if state[at.PULSE_BEFORE] > state[at.LAST_R] - PAIRED * rate:
        state[at.PULSE_GAP] = gap
    return True


@kernel("boolean(float64[::1], float64[::1], int64[::1], int64)")
def is_muted(design: F64, state: F64, count: I64, n: int) -> bool:
    """Tell whether a rise at ``n`` may be a pulse, which is not announced."""
    rate = design[at.RATE]
    last = n - design[at.DELAY1] - state[at.PULSE_R]
    if last < PAIRED * rate or last > 2.0 * state[at.USUAL]:
        return False
    if n - count[at.MUTED_AT] > PAIRED * rate:
        count[at.MUTED_AT] = n
    return bool(n - count[at.MUTED_AT] < SOONEST * rate)


@kernel("void(float64[::1], int64[::1], float64, float64)")
def take_size(state: F64, count: I64, peak2: float, peak1: float) -> None:
    """Let the first beat after `leave_out` alone tell how large beats are."""
    count[at.IS_NEW] = 0
    for k in range(8):
        state[at.LEVELS2 + k] = peak2
        state[at.LEVELS1 + k] = peak1
    update_levels(state)
