"""Takes heartbeat intervals one by one and says which were true, two beats later."""

from engine.dsp import rr_layout as at
from engine.dsp.jit import kernel
from engine.dsp.rr_breath import follows_breath
from engine.dsp.rr_decide import decide, second_of_pair
from engine.dsp.rr_level import clamp, median_of_ring
from engine.streams import F64

UNLIKE = 0.05
"""An interval is unlike its neighbours beyond this share."""
SMOOTH = 0.03
"""Smoothing of irregularity and burden, about 33 beats."""
SMOOTH_MEAN = 0.06
IRREGULAR_ON, IRREGULAR_OFF = 0.25, 0.18
BURDEN_ON, BURDEN_OFF = 0.35, 0.25
LONGEST_MS = 3000.0
"""Longer is no interval: something is missing."""
LEARNED = 7
"""Intervals it takes to know a person's level."""


@kernel("float64(float64, float64, float64, float64)")
def latch(now: float, value: float, on: float, off: float) -> float:
    """Switch on above ``on``, off below ``off``, else stay."""
    if value > on:
        return 1.0
    if value < off:
        return 0.0
    return now


@kernel("void(float64[::1], float64, float64[::1])")
def watch_rhythm(state: F64, x: float, wave: F64) -> None:
    """Follow how irregular the rhythm is: sharp turns unlike all their neighbours."""
    if state[at.SINCE] < 5.0:
        return
    v = state[at.H1]
    limit = UNLIKE * 0.2 * (v + state[at.H2] + state[at.H3] + state[at.H4] + state[at.H5])
    s1 = v - state[at.H2]
    s2 = x - v
    sharp = (
        s1 * s2 < 0.0
        and abs(s1) > limit
        and abs(s2) > limit
        and abs(v - state[at.H3]) > limit
        and abs(v - state[at.H4]) > limit
        and abs(v - state[at.H5]) > limit
    )
    sharp = sharp and follows_breath(state, wave) == 0
    state[at.IRREGULAR] += SMOOTH * ((1.0 if sharp else 0.0) - state[at.IRREGULAR])
    state[at.IS_IRREGULAR] = latch(
        state[at.IS_IRREGULAR], state[at.IRREGULAR], IRREGULAR_ON, IRREGULAR_OFF
    )


@kernel("void(float64[::1], float64)")
def watch_mean(state: F64, x: float) -> None:
    """Follow the mean interval that early beats with full pauses leave unchanged."""
    if state[at.SEEN] < 1.0:
        state[at.MEAN] = x
    if state[at.SINCE] < 1.0:
        return
    mean = state[at.MEAN]
    share = max(SMOOTH_MEAN, 1.0 / (state[at.SEEN] + 1.0))
    if state[at.SINCE] >= 2.0:
        s1 = state[at.H1] - state[at.H2]
        s2 = x - state[at.H1]
        larger = max(abs(s1), abs(s2))
        smaller = min(abs(s1), abs(s2))
        sharp = s1 * s2 < 0.0 and larger > 0.15 * mean and smaller > 0.05 * mean
        state[at.ALTERNATING] += share * ((1.0 if sharp else 0.0) - state[at.ALTERNATING])
    half = 0.5 * (x + state[at.H1])
    state[at.MEAN] = mean + share * (clamp(half, 0.6 * mean, 1.5 * mean) - mean)


@kernel("void(float64[:,::1], int64, float64)")
def unjudged(out: F64, row: int, x: float) -> None:
    """Give ``x`` out as it is."""
    out[row, at.CODE] = at.LEARN
    out[row, at.NN] = x
    out[row, at.STANDS_FOR] = 1.0
    out[row, at.DIFFERENCE_OK] = 0.0
    out[row, at.DOUBTFUL] = 0.0


@kernel("void(float64[::1], float64)")
def remember(state: F64, x: float) -> None:
    """Keep the raw interval ``x`` to compare with the breath."""
    slot = int(state[at.PAST_NEXT])
    state[at.PAST_AT + slot] = x
    state[at.PAST_NEXT] = float((slot + 1) % at.PAST)
    state[at.PAST_FILLED] = min(state[at.PAST_FILLED] + 1.0, float(at.PAST))


@kernel("int64(float64[::1], float64[:,::1], float64[::1], float64, float64)")
def push(state: F64, out: F64, wave: F64, x: float, foreign: float) -> int:
    """Take the interval ``x``; return 1 if ``out[0]`` judges the one two back, else 0.

    ``foreign`` is 1 if the beat that ends ``x`` has another shape than usual. ``wave`` is scratch.
    """
    seen = int(state[at.SEEN])
    since = int(state[at.SINCE])
    remember(state, x)
    watch_rhythm(state, x, wave)
    watch_mean(state, x)
    state[at.SEEN] += 1.0
    state[at.SINCE] += 1.0
    state[at.H5] = state[at.H4]
    state[at.H4] = state[at.H3]
    state[at.H3] = state[at.H2]
    state[at.H2] = state[at.H1]
    state[at.H1] = x
    state[at.X0] = state[at.X1]
    state[at.X1] = state[at.X2]
    state[at.X2] = x
    state[at.F_BEFORE] = state[at.F0]
    state[at.F0] = state[at.F1]
    state[at.F1] = state[at.F2]
    state[at.F2] = foreign
    if seen < LEARNED:
        state[at.RING_AT + seen] = x
        if seen == LEARNED - 1:
            state[at.FILLED] = float(at.RING)
            state[at.NEXT] = 0.0
            state[at.LEVEL] = median_of_ring(state, at.RING)
            state[at.SPREAD] = 0.05
            state[at.PATTERN] = 0.04
        unjudged(out, 0, state[at.X0])
        return 1 if since >= 2 else 0
    if since < 2:
        return 0
    decide(state, out[0], wave)
    wrong = 0.0 if out[0, at.CODE] == at.NORMAL else 1.0
    state[at.BURDEN] += SMOOTH * (wrong - state[at.BURDEN])
    code = out[0, at.CODE]
    fault = code in (at.EXTRA, at.MISSED, at.MISPLACED)
    state[at.FAULTS] += SMOOTH * ((1.0 if fault else 0.0) - state[at.FAULTS])
    state[at.IS_BURDENED] = latch(state[at.IS_BURDENED], state[at.BURDEN], BURDEN_ON, BURDEN_OFF)
    return 1


@kernel("int64(float64[::1], float64[:,::1])")
def interrupt(state: F64, out: F64) -> int:
    """Close what is open because the next interval is missing; return how many rows.

    The intervals still waiting come out unjudged (the second half of a pair as it was
    judged). A level already learned, irregularity and burden survive.
    """
    waiting = int(min(state[at.SINCE], 2.0))
    for i in range(waiting):
        x = state[at.X1] if i < waiting - 1 else state[at.X2]
        if i == 0 and state[at.CARRY] > 0.0:
            second_of_pair(state, out[0])
        else:
            unjudged(out, i, x)
    state[at.SINCE] = 0.0
    state[at.PAST_FILLED] = 0.0
    state[at.CARRY] = 0.0
    state[at.A_OK] = 0.0
    state[at.B_OK] = 0.0
    state[at.PATTERN_OK] = 0.0
    state[at.RUN] = 0.0
    # The beat the next interval begins with is not known.
    state[at.F2] = 0.0
    if state[at.SEEN] < LEARNED:
        state[at.SEEN] = 0.0
    return waiting
