"""Asks of each beat whether it was the pulse of a paced atrium, and the wave after it the beat.

Where a recorder's low-pass or a slow rate makes a pulse as broad as an R wave, nothing in the
pulse tells them apart, but what comes after it does, beat after beat.
"""

import math

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.streams import F64

# The line around a beat, s.
FIRST, LAST = 0.072, 0.330
"""It begins and ends so long before and after the beat."""
POINT, TAPS = 0.008, 4
"""Its points are about so far apart, and each the mean of at most so many samples."""
STEP = 0.024
"""Time in which movement is measured."""
QUIET = 0.0785
"""Till so long after a pulse nothing moves much."""
SOONEST, LATEST = 0.080, 0.300
"""So long after a pulse the ventricle's wave begins."""
ASIDE = 0.018
"""So far from its top a pulse is over."""

# How likely is a pulse?
LARGER, QUIETER, STEEPER, NARROWER, ALIKE = 5.78, -2.04, 2.10, -3.03, -4.11
"""Of the logarithms of the wave's movement against the beat's, of the quiet's against the wave's,
of the wave's steepest movement against all of it, and of the beat's height `ASIDE` against its
top. A logistic fit: 696 drawn paced hearts against real records and drawn hearts without pulses."""
QUIETEST, NARROWEST = 0.15, 0.06
"""Below, the second and the last of these ratios count for no more."""
UNLIKELY = -20.0
FEW = 0.3
"""A wave that moves by less than this share of the beat is not the ventricle's."""
FLAT = 0.34
"""Nor is one smaller than the beat whose steepest movement is less of it: a tall T wave."""
LOUD = 0.55
"""Where it moves by more than this share of the wave before, pulse and wave are one QRS."""
STEADY = 0.6
"""Where the last wave began, the next one must move by this share of its most."""
STEEP, LARGE = 0.45, 1.2
"""What is so steep, or moves so many times as much as the beat, is no T wave at all."""

# Which beats are asked, and what is learned from the answers.
PAIRED = 0.38
"""Within so long of a pulse the ventricle's wave is awaited, s."""
FAST, UNEVEN = 0.42, 1.3
"""A beat so soon (s) may be the next of a fast rhythm, unless the one before was so much longer."""
SOON = 0.44
"""The wave begins within this share of the time to the next pulse, or it is the next pulse."""
TOLD = 1.5
"""The logarithm is larger by so much where that wave was told as a beat too, or nearly."""
LIKELY = 0.5
"""Logarithm of odds from which a beat looks like a pulse, if the wave after it keeps its time."""
MEMORY = 0.35
"""Weight of the newest beat in the share of those that do."""
MARGIN, MOST, LEAST, ENOUGH = 2.0, 4.0, 0.25, 16.0
"""From each logarithm so much is taken off, and at most so much counts for or against it; when the
sum, never below 0, comes to so much, it is certain."""
WELL_KNOWN = 12.0
"""Of a shape that has been so many beats, and none of them suspect, not each beat is asked."""
RECENT = 4.0
"""The shape of a pulse is learned from about so many."""
TWO_BEATS = 1.8
"""Pulses so many times further apart than the beats just were had another beat between them."""


@kernel("float64(float64[::1], int64, int64, int64)")
def largest_move(line: F64, first: int, last: int, hop: int) -> float:
    """Return the most that ``line`` moves in ``hop`` points that begin in ``first..last``."""
    # Four at once: each needs not wait for the one before.
    a = b = c = d = 0.0
    k = first
    while k < last - 2:
        a = max(a, abs(line[k + hop] - line[k]))
        b = max(b, abs(line[k + 1 + hop] - line[k + 1]))
        c = max(c, abs(line[k + 2 + hop] - line[k + 2]))
        d = max(d, abs(line[k + 3 + hop] - line[k + 3]))
        k += 4
    while k <= last:
        a = max(a, abs(line[k + hop] - line[k]))
        k += 1
    return max(a, b, c, d)


@kernel("float64(float64[::1], float64[::1], int64, float64, float64)")
def likelihood(state: F64, raw: F64, mask: int, rate: float, r: float) -> float:
    """Return the logarithm of the odds that a pulse at ``r`` is followed by its ventricle.

    A pulse is the narrowest a recorder can show, nothing moves before and after it, and then
    comes a wave as steep as a QRS: no T wave is. When that wave begins (samples after
    ``r``) is written to ``state[at.APART_NOW]``.

    Parameters
    ----------
    state
        Packed as in `engine.dsp.qrs_layout`.
    raw
        Ring of raw samples; from ``FIRST`` s before ``r`` to ``LAST`` s after it must be there.
    mask
        Size of the ring less one.
    rate
        Hz.
    r
        When the beat was, in samples.
    """
    stride = max(1, round(POINT * rate))
    each = stride / rate
    hop = max(1, round(STEP / each))
    ahead = round(FIRST / each)
    size = ahead + round(LAST / each) + 1
    start = math.floor(r + 0.5) - stride // 2 - ahead * stride
    line = state[at.AROUND : at.AROUND + size]
    taps = min(stride, TAPS)
    for k in range(size):
        line[k] = raw[(start + k * stride) & mask]
    for j in range(1, taps):
        first = start + j * stride // taps
        for k in range(size):
            line[k] += raw[(first + k * stride) & mask]
    pulse = largest_move(line, ahead - 2 * hop, ahead + hop, hop)
    first, last = ahead + math.ceil(SOONEST / each), ahead + math.floor(LATEST / each)
    last = min(last, size - 1 - hop)
    wave = largest_move(line, first, last, hop)
    if not wave > FEW * pulse or not pulse > 0.0:
        return UNLIKELY
    quiet = largest_move(line, ahead + hop + 1, ahead + math.floor(QUIET / each) - hop, hop)
    if quiet > LOUD * wave:
        return UNLIKELY
    high = low = line[first]
    for k in range(first, size):
        high = max(high, line[k])
        low = min(low, line[k])
    if wave < FLAT * (high - low) and wave < pulse:
        return UNLIKELY
    base = 0.5 * (line[ahead - hop - 1] + line[ahead + hop + 1])
    top = max(abs(line[ahead] - base), abs(line[ahead - 1] - base), abs(line[ahead + 1] - base))
    if not top > 0.0:
        return UNLIKELY
    aside = ASIDE / each
    whole = math.floor(aside)
    part = aside - whole
    left = line[ahead - whole] + part * (line[ahead - whole - 1] - line[ahead - whole])
    right = line[ahead + whole] + part * (line[ahead + whole + 1] - line[ahead + whole])
    wide = max(abs(left - base), abs(right - base))
    begins = first
    while abs(line[begins + hop] - line[begins]) <= STEADY * wave:
        begins += 1
    # Does the wave move as well where the last one began?
    there = ahead + round(state[at.APART] / stride)
    steady = largest_move(line, max(first, there - 2), min(last, there + 2), hop)
    state[at.IS_STEEP] = 1.0 if wave > min(STEEP * (high - low), LARGE * pulse) else 0.0
    state[at.IS_STEADY] = 1.0 if steady > STEADY * wave else 0.0
    state[at.APART_NOW] = (begins - ahead) * stride
    return (
        LARGER * math.log(min(wave / pulse, 5.0))
        + QUIETER * math.log(max(quiet / wave, QUIETEST))
        + STEEPER * math.log(wave / (high - low))
        + NARROWER * math.log(max(wide / top, NARROWEST))
        + ALIKE
    )


@kernel("boolean(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], float64)")
def watch(design: F64, state: F64, count: I64, raw: F64, templates: F64, r: float) -> bool:
    """Ask, as a beat at ``r`` is accepted, whether the one before it was a pulse.

    Returns
    -------
    bool
        Whether enough beats in a row surely were.
    """
    rate = design[at.RATE]
    before = state[at.LAST_R]
    gap, gap_before = r - before, before - state[at.YONDER_R]
    was_pulse = count[at.WAS_PULSE] == 1
    state[at.YONDER_R] = before
    count[at.WAS_PULSE] = 0
    was_awaited = before - state[at.PULSE_BEFORE] < PAIRED * rate
    if was_awaited or (was_pulse and gap_before < PAIRED * rate):
        return False  # it is the ventricle's wave, which came after its pulse
    past = count[at.N] - before
    k = count[at.LAST_SHAPE]
    is_there = past > (LAST + 0.01) * rate and past < design[at.MASK] - at.BLOCK - 0.1 * rate
    is_uneven = gap_before > UNEVEN * gap
    if k < 0 or not is_there or (gap < FAST * rate and not is_uneven):
        return False
    is_told = gap < PAIRED * rate
    found = likelihood(state, raw, int(design[at.MASK]), rate, before)
    is_nearly = state[at.NEARLY] > 0.0 and state[at.IS_STEEP] > 0.0
    if is_told or is_nearly or state[at.ECHO] > 0.0:
        found += TOLD
    if state[at.APART_NOW] > SOON * (gap + gap_before if is_told else gap):
        found = UNLIKELY
    is_steady = state[at.IS_STEADY] > 0.0
    is_pulse = found > LIKELY and is_steady
    if found > LIKELY:
        state[at.APART] = state[at.APART_NOW]
        count[at.WAS_PULSE] = 1
    share = (1.0 if is_pulse else 0.0) - state[at.FOLLOWED + k]
    state[at.FOLLOWED + k] += MEMORY * share
    if is_pulse:
        state[at.BETWEEN] = before - state[at.SURE_R]
        state[at.SURE_R] = before
        if state[at.BETWEEN] > TWO_BEATS * max(gap, gap_before):
            state[at.BETWEEN] = 0.0
        share = 1.0 / min(state[at.SEEN] + 1.0, RECENT)
        state[at.SEEN] += 1.0
        for j in range(templates.shape[1]):
            apart = templates[at.LAST_BEAT, j] - templates[at.PULSE_SHAPE, j]
            templates[at.PULSE_SHAPE, j] += share * apart
    most = MOST if state[at.IS_STEEP] > 0.0 else 0.0
    # Noise that looks like it comes at any time.
    most = most if is_steady else -1.0
    # That one beat is no pulse says little of the others.
    least = -1.0 if found > 0.0 else -LEAST
    evidence = state[at.EVIDENCE + k] + min(max(found - MARGIN, least), most)
    state[at.EVIDENCE + k] = max(evidence, 0.0)
    return bool(evidence >= ENOUGH and is_pulse)


@kernel("boolean(float64[::1], int64[::1], int64)")
def is_worth_asking(state: F64, count: I64, k: int) -> bool:
    """Tell whether a beat of shape ``k`` is to be asked: of a well known one each third is."""
    if k < 0:
        return False
    is_suspect = state[at.FOLLOWED + k] > 0.05 or state[at.EVIDENCE + k] > 0.0
    return bool(is_suspect or state[at.WEIGHT + k] < WELL_KNOWN or count[at.BEATS] % 3 == 0)


@kernel("float64(float64[::1], int64)")
def looks_pulsed(state: F64, k: int) -> float:
    """Return 0 where no wave follows beats of shape ``k`` as the ventricle a pulse, 1 where all."""
    return 0.0 if k < 0 else min(max(2.0 * (state[at.FOLLOWED + k] - MEMORY), 0.0), 1.0)


@kernel("void(float64[::1], int64[::1])")
def forget(state: F64, count: I64) -> None:
    """Know of no pulse, nor of waves that follow beats."""
    for k in range(at.TEMPLATES):
        state[at.FOLLOWED + k] = state[at.EVIDENCE + k] = 0.0
    state[at.APART] = state[at.SEEN] = 0.0
    state[at.PULSE_R] = state[at.PULSE_BEFORE] = state[at.YONDER_R] = at.NOTHING
    count[at.IS_PACED] = count[at.IS_NEW] = count[at.WAS_PULSE] = 0
    count[at.LAST_SHAPE] = -1
