"""Judges one heartbeat interval, knowing the two that follow it.

The rules are tried in order and the first that fits decides. The pattern ``g`` compares
two neighbours with the straight line between the accepted interval before and the one
after: slow breathing moves along that line and leaves ``g`` alone, an early beat and its
pause do not.
"""

import numpy as np

from engine.dsp import rr_layout as at
from engine.dsp.jit import kernel
from engine.dsp.rr_breath import follows_breath
from engine.dsp.rr_level import JUMP, accept, clamp, new_level, nudge
from engine.streams import F64

LEVEL_GAIN, LEVEL_MIN, LEVEL_MAX = 2.8, 0.10, 0.26
"""Tolerance of the level: this many quantiles, within these bounds."""
PATTERN_GAIN, PATTERN_MIN, PATTERN_MAX = 2.8, 0.075, 0.18
"""Threshold of the pattern, likewise."""
SUSPECT, SUSPECT_MOST = 9.0, 0.055
"""The more a device or detector gets wrong, beyond what the heart does, the less a pattern
must stand out."""
SPLIT = 0.16
"""How well parts must add up to a whole."""
NO_BEAT, NO_BEAT_WHOLE = -0.7, 0.10
"""An interval so much too short is no heartbeat's, if the two make a whole this well."""
MISSED_FROM = 1.6
PAUSE_FROM, PAUSE_AGAIN = 0.20, 0.35
"""A lone long interval is a pause from here on; after a flagged one from the second."""
LATE = 1.07
"""How much more a late beat must stand out than an early one."""
FAR = 1.26
"""Two intervals whose mean is this far above the usual hold three beats rather than a late one."""
DENSE_FROM = 0.38
"""Share of sharp alternations above which early beats are the rule."""
GAP_FROM = 3.5
RISE, RISE_STAYS = -0.12, 0.5
"""A sudden slowing: the interval before it at most so much too short, and the one after it as
near to it as this share of the step."""
EASED = (2.0 ** (1.0 / 3.0), 2.0 ** (2.0 / 3.0))
"""An interval between these holds neither one usual beat nor two: the middle third of the way."""
WHOLE = 0.12
"""A beat of another shape and its pause last as long as two others up to this share."""
DOUBT = 0.20
"""Flagged intervals that differ by less than this may still have been true."""
LOOSER = 0.03
"""By how much intervals that follow one another may disagree more, for each flagged in a row,
and still be a new level: nothing must be flagged for ever."""


@kernel("void(float64[::1], float64[::1])")
def second_of_pair(state: F64, out: F64) -> None:
    """Give out what was decided together with the interval before."""
    out[at.CODE] = state[at.CARRY]
    out[at.NN] = state[at.CARRY_NN]
    out[at.STANDS_FOR] = state[at.CARRY_STANDS_FOR]
    out[at.DIFFERENCE_OK] = 0.0
    out[at.DOUBTFUL] = state[at.CARRY_DOUBTFUL]
    state[at.CARRY] = 0.0
    state[at.A_OK] = 0.0


@kernel("void(float64[::1], float64[::1], float64[::1])")
def decide(state: F64, out: F64, wave: F64) -> None:
    """Judge ``state[X0]`` into ``out`` (a decision, see `engine.dsp.rr_layout`)."""
    if state[at.CARRY] > 0.0:
        second_of_pair(state, out)
        return
    x0 = state[at.X0]
    x1 = state[at.X1]
    x2 = state[at.X2]
    dense = state[at.ALTERNATING] > DENSE_FROM
    m = state[at.MEAN] if dense else state[at.LEVEL]
    follows = state[at.A_OK] > 0.0 and not dense
    tol = clamp(LEVEL_GAIN * state[at.SPREAD], LEVEL_MIN, LEVEL_MAX)
    faults = clamp(2.0 * state[at.FAULTS] - state[at.BURDEN], 0.0, SUSPECT_MOST)
    suspicion = 1.0 - SUSPECT * faults
    th = clamp(PATTERN_GAIN * suspicion * state[at.PATTERN], PATTERN_MIN, PATTERN_MAX * suspicion)

    # The range in which the next interval would be no surprise.
    a = state[at.A] if follows else m
    if a < 0.6 * m or a > 1.6 * m:
        a = m
    low = min(a, m)
    high = max(a, m)
    if dense and state[at.A] < 1.35 * m:
        high = max(high, state[at.A])
    if follows and state[at.B_OK] > 0.0:
        onward = a + clamp(a - state[at.B], -0.5 * tol * m, 0.5 * tol * m)
        low = min(low, onward)
        high = max(high, onward)
    inside = low * (1.0 - tol) <= x0 <= high * (1.0 + tol)

    # The straight line to the interval after next, and how the two lie against it.
    end = clamp(x2, low * (1.0 - tol), high * (1.0 + tol))
    l0 = a + (end - a) / 3.0
    l1 = a + 2.0 * (end - a) / 3.0
    e0 = x0 / l0 - 1.0
    e1 = x1 / l1 - 1.0
    g = 0.5 * (e1 - e0)

    loose = min(tol + LOOSER * state[at.RUN], LEVEL_MAX)
    agree = abs(x1 - x0) < loose * x0 and abs(x2 - x1) < loose * x1
    jump = 0.0
    if x0 > high:
        jump = x0 / high - 1.0
    elif x0 < low:
        jump = 1.0 - x0 / low
    foreign = state[at.F_BEFORE] + state[at.F0] > 0.0
    if agree and not foreign and not inside and (jump < JUMP or state[at.RUN] >= 2.0):
        new_level(state, out)
        return

    # The next two may be one that an extra beat split: then this one is not to blame.
    split_next = max(x1, x2) < 0.78 * a and abs((x1 + x2) / a - 1.0) < SPLIT + 0.02
    # After breathing out the heart may slow at once and stay slow: no pause, the next agrees.
    rises = e0 > RISE and x1 < (1.0 + JUMP) * x0 and abs(x2 - x1) < RISE_STAYS * (x1 - x0)
    # A missed beat leaves a whole multiple, and so do several in a row. Where the two that follow
    # come down smoothly through where no multiple lies, the heart itself had paused.
    eases = abs(x1 / x0 - 1.0) < JUMP and abs(x2 / x1 - 1.0) < JUMP and EASED[0] < x2 / a < EASED[1]
    whole = abs((x0 + x1) / l0 - 1.0)
    code = at.NORMAL
    nn = x0
    stands_for = 1.0
    carry = 0
    carry_nn = 0.0
    carry_stands_for = 1.0
    reference = -1.0
    if x0 > GAP_FROM * m:
        code = at.GAP
        nn = m
        stands_for = max(1.0, np.floor(x0 / m + 0.5))
    elif (
        not agree
        and (
            (e0 < -0.22 and e1 < -0.22 and whole < SPLIT + 0.02)
            or (min(e0, e1) < NO_BEAT and whole < NO_BEAT_WHOLE)
        )
        and x2 > 0.8 * low
        and (x2 > 1.35 * x1 or x0 < 0.5 * l0 or x2 > 1.5 * x0)
    ):
        # Two short ones that make one.
        code = at.EXTRA
        nn = x0 + x1
        carry = at.EXTRA
        carry_stands_for = 0.0
        reference = nn
    elif x0 > MISSED_FROM * l0 and e1 > -0.3 and not eases:
        # A long one that makes several.
        code = at.MISSED
        stands_for = max(2.0, np.floor(x0 / l0 + 0.5))
        nn = x0 / stands_for
        if abs(nn / l0 - 1.0) < SPLIT:
            reference = nn
    elif (
        g >= th
        and not rises
        and x1 < 2.4 * l1
        and (
            (e0 <= -0.5 * th and e1 >= 0.5 * th and (x1 < MISSED_FROM * l1 or e0 <= -th))
            or (e1 >= 0.18 and e0 < 0.0 and x1 < MISSED_FROM * l1 and x1 > 1.2 * x2
                and x0 < 1.02 * x2)
        )
    ):  # fmt: skip
        # Short, then long: an early beat and its pause, or one put too early.
        nn = 0.5 * (x0 + x1)
        carry_nn = nn
        if e0 > -0.17 and inside and abs(nn / (0.5 * (l0 + l1)) - 1.0) < 0.06:
            code = at.MISPLACED
            carry = at.MISPLACED
        else:
            code = at.ECTOPIC
            carry = at.PAUSE
        if x1 > 1.7 * l1 and nn > 1.2 * l1:
            # The pause holds a missed beat as well.
            nn = l0
            carry = at.MISSED
            carry_stands_for = 2.0
            carry_nn = 0.5 * x1
        elif abs(nn / l0 - 1.0) < 0.2:
            reference = nn
    elif (
        not dense
        and -g >= LATE * th
        and e0 >= 0.5 * th
        and e1 <= -0.5 * th
        and (e0 >= -0.4 * e1 or (e0 >= -0.25 * e1 and x2 < 1.06 * l1))
        and x2 > l1 * (1.0 - tol)
        and not split_next
    ):
        nn = 0.5 * (x0 + x1)
        if nn > FAR * m and abs(np.log(0.5 * x0 / m)) < 0.5 * np.log(nn / m):
            # Three beats fit far better into the two intervals than two: one was missed.
            code = at.MISSED
            nn = 0.5 * x0
            stands_for = 2.0
        else:
            # Long, then short: a beat put too late.
            code = at.MISPLACED
            carry = at.MISPLACED
            carry_nn = nn
            if abs(nn / l0 - 1.0) < 0.12:
                reference = nn
    elif not inside and x0 < l0:
        if abs(e1) < tol or e1 < -0.5 * tol or e0 < -0.2 or x1 - x0 > tol * l0:
            code = at.ECTOPIC
            nn = l0
    elif not inside:
        slowing = e1 > 0.5 * tol and abs(x1 - x0) < tol * x0
        if (
            not slowing
            and not eases
            and x0 > l0 * (1.0 + max(tol, PAUSE_FROM if state[at.A_OK] > 0.0 else PAUSE_AGAIN))
        ):
            code = at.PAUSE
            nn = l0

    if code in (at.ECTOPIC, at.PAUSE, at.MISPLACED) and follows_breath(state, wave) == 1:
        code = at.NORMAL
        nn = x0
        stands_for = 1.0
        carry = 0
        reference = -1.0
    if code == at.NORMAL and foreign:
        # The waveform tells what the interval does not.
        code = at.FOREIGN
        if state[at.F0] > 0.0 and state[at.F1] == 0.0 and abs((x0 + x1) / (l0 + l1) - 1.0) < WHOLE:
            nn = 0.5 * (x0 + x1)
            carry = at.FOREIGN
            carry_nn = nn
            reference = nn
    doubtful = not foreign and code in (at.ECTOPIC, at.PAUSE, at.MISPLACED)

    # What is usual of the pattern; the neighbours of a flagged interval are left out.
    size = abs(g)
    seen = -1.0
    if code == at.NORMAL:
        if state[at.PATTERN_OK] > 0.0:
            seen = state[at.PATTERN_BEFORE]
        state[at.PATTERN_BEFORE] = size
        state[at.PATTERN_OK] = 1.0
    else:
        seen = size
        state[at.PATTERN_OK] = 0.0
    if seen >= 0.0 and seen < PATTERN_MAX + 0.03 and not dense:
        state[at.PATTERN] = nudge(state[at.PATTERN], seen, 0.01, 0.005, 0.15, 3.0)

    out[at.CODE] = code
    out[at.NN] = nn
    out[at.STANDS_FOR] = stands_for
    out[at.DIFFERENCE_OK] = 0.0
    out[at.DOUBTFUL] = 1.0 if doubtful and abs(e0) < DOUBT else 0.0
    if code == at.NORMAL:
        state[at.RUN] = 0.0
        if follows:
            moved = abs(x0 - state[at.A]) / m
            state[at.SPREAD] = nudge(state[at.SPREAD], moved, 0.02, 0.01, 0.2, 3.0)
            out[at.DIFFERENCE_OK] = 1.0
        state[at.B] = state[at.A]
        state[at.B_OK] = 1.0 if follows else 0.0
        state[at.A] = x0
        state[at.A_OK] = 1.0
        accept(state, x0)
        return
    state[at.RUN] += 1.0
    state[at.A_OK] = 0.0
    state[at.B_OK] = 0.0
    if reference > 0.0:
        accept(state, reference)
    if carry > 0:
        state[at.CARRY] = carry
        state[at.CARRY_NN] = carry_nn
        state[at.CARRY_STANDS_FOR] = carry_stands_for
        state[at.CARRY_DOUBTFUL] = (
            1.0 if doubtful and carry != at.MISSED and abs(e1) < DOUBT else 0.0
        )
        state[at.RUN] = 0.0
