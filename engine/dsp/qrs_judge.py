"""Decides whether a rise of the signal was a heartbeat, and exactly when it was."""

import math

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp import qrs_tuning as by
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_levels import joined, remember_beat, update_levels
from engine.dsp.qrs_pulses import is_pulse, leave_out, take_size
from engine.dsp.qrs_shape import (
    climb,
    compare,
    find_fiducial,
    learn,
    offset_of_peak,
    sizes_of,
    smooth_window,
)
from engine.dsp.qrs_suspect import PAIRED, is_worth_asking, looks_pulsed, watch
from engine.streams import F64

WINDOW = at.STATE_SLOTS
DOUBTFUL = 2.0
"""A rejected candidate so many times larger than the beats speaks against the beats."""
HUGE = 2.0
"""Beyond so many times the size of those before, a beat is trusted less the larger it is."""
CLEAR = 0.3
"""A beat of this quality is no doubtful one."""
ECHOED, SOON = 0.4, 0.24
"""A rejected wave of this share of the beat before, within so many seconds of it, is its echo."""
ECHO_MEMORY = 0.25
"""Weight of the newest beat in the share of beats that have an echo."""
ECHO_DOUBT = 0.8
"""So much of the quality is lost where every beat has an echo: which of both is the beat?"""


@kernel("int64(float64[:,::1], int64, float64, float64, float64, float64, float64, float64, "
        "float64, float64, float64)")  # fmt: skip
def report(
    rows: F64, n: int, kind: float, time: float, known: float, quality: float, match: float,
    amplitude: float, score: float, is_joined: float, usual_shape: float,
) -> int:  # fmt: skip
    """Write one row and return how many there are now."""
    if n >= rows.shape[0]:
        return n
    rows[n, at.KIND] = kind
    rows[n, at.TIME] = time
    rows[n, at.KNOWN] = known
    rows[n, at.QUALITY] = quality
    rows[n, at.MATCH] = match
    rows[n, at.AMPLITUDE] = amplitude
    rows[n, at.SCORE] = score
    rows[n, at.JOINED] = is_joined
    rows[n, at.USUAL_SHAPE] = usual_shape
    rows[n, at.IS_PULSE] = 0.0
    return n + 1


@kernel("float64(float64[::1], int64[::1], float64, float64, float64, float64, float64, float64, "
        "boolean)")  # fmt: skip
def score_of(
    state: F64, count: I64, gap: float, peak2: float, peak1: float, noise: float, match: float,
    t_wave_gap: float, has_template: bool,  # noqa: FBT001 - a kernel takes positions only
) -> float:  # fmt: skip
    """Weigh size, agreement of both envelopes, shape and timing; above zero is a beat.

    The noisier the signal, the more shape, timing and an ordinary size must speak for a
    beat. ``gap`` and ``t_wave_gap`` are in samples.
    """
    signal = state[at.SIGNAL]
    floor = state[at.NOISE]
    threshold = floor + (by.THRESHOLD + by.THRESHOLD_NOISE * noise) * (signal - floor)
    score = min(max(math.log(peak2 / threshold), -2.0), by.LEVEL_CAP)
    agreed = math.log(peak1 / (by.AGREE_LEVEL * state[at.SIGNAL1])) if peak1 > 0.0 else -1.5
    score += by.AGREE * min(4.0 * noise, 1.0) * min(max(agreed, -1.5), 0.4)
    if count[at.BEATS] >= 6:
        if has_template:
            score += (by.SHAPE + by.SHAPE_NOISE * noise) * (match - by.SHAPE_MIDDLE)
        due = gap / state[at.USUAL]
        if due < by.EARLY:
            trust = 0.5 + by.EARLY_REGULAR * state[at.REGULAR]
            cost = by.EARLY_COST + by.EARLY_NOISE * max(noise - by.EARLY_FLOOR, 0.0) * trust
            score -= cost * (by.EARLY - due) / by.EARLY
        elif due > 0.88 and due < 1.15:
            score += by.DUE
        unusual = math.log(peak2 / signal)
        noisy = max(noise - 0.08, 0.0)
        excess = max(abs(unusual) - 0.15, 0.0)
        if unusual < -0.15:
            score -= by.SMALL * noisy * excess
        elif match > 0.8:
            score -= by.BIG * noisy * excess
        else:
            score -= by.BIG * (noisy + 0.1) * excess
    if gap < t_wave_gap and peak2 < 0.5 * state[at.LAST_PEAK] and match < 0.8:
        score -= 2.0
    return score


@kernel("float64(float64[::1], int64[::1], float64, float64, float64, boolean, float64)")
def quality_of(
    state: F64, count: I64, peak2: float, match: float, score: float,
    agreed: bool,  # noqa: FBT001 - a kernel takes positions only
    pulsed: float,
) -> float:  # fmt: skip
    """Return how trustworthy a beat is, 0..1: clarity, shape, agreement, margin, size.

    And that no second wave follows every beat, as the ventricle does a paced atrium: how
    surely one does tells ``pulsed``, 0..1.
    """
    floor = state[at.FLOOR] + 1e-12 * peak2
    clarity = min(max((20.0 * math.log10(peak2 / floor) - 4.0) / 16.0, 0.0), 1.0)
    shape = 0.5
    if count[at.BEATS] >= 6:
        shape = min(max((match - 0.4) / 0.55, 0.0), 1.0)
    margin = min(max(score / 1.2, 0.1), 1.0)
    ordinary = min(HUGE * float(state[at.SIGNAL]) / peak2, 1.0)
    alone = 1.0 - ECHO_DOUBT * pulsed
    return math.sqrt(clarity * shape) * (1.0 if agreed else 0.6) * margin * ordinary * alone


@kernel("int64(float64[::1], float64[::1], int64[::1], float64[::1], float64[:,::1], "
        "float64[:,::1], int64, float64, float64)")  # fmt: skip
def judge(
    design: F64, state: F64, count: I64, raw: F64, templates: F64, rows: F64, n_rows: int,
    peak2: float, peak1: float,
) -> int:  # fmt: skip
    """Judge the envelope peak at ``count[PEAK_AT]``; return the number of rows.

    Parameters
    ----------
    design, state, count, templates
        See `engine.dsp.qrs_layout`.
    raw
        Ring of raw samples.
    rows : (capacity, ROW)
        Receives a row if this is a beat.
    peak2, peak1
        Largest confirming and announcing envelopes since the last candidate.
    """
    rate = design[at.RATE]
    before = int(design[at.BEFORE])
    after = int(design[at.AFTER])
    lag = int(design[at.LAG])
    stride = int(design[at.STRIDE])
    points = int(design[at.POINTS])
    left = before + lag + 3
    size = left + after + lag + 3
    n = count[at.N]
    centre = int(np.floor(count[at.PEAK_AT] - design[at.DELAY2] + 0.5))
    half = int(design[at.HALF])
    room = WINDOW + size
    smooth_window(
        raw, int(design[at.MASK]), design, half, centre - left,
        state[room : room + size + 2 * half], state[WINDOW:room],
    )  # fmt: skip
    noise = min(
        state[at.FLOOR] / state[at.SIGNAL] + by.NOISE_SHARE * state[at.NOISE] / state[at.SIGNAL],
        0.6,
    )

    # Which template fits best, and how far shifted?
    oldest = 1.0
    for k in range(at.TEMPLATES):
        oldest = max(oldest, state[at.WEIGHT + k])
    match = -1.0
    which = -1
    shift = 0
    usual_shape = 1.0
    shifted = state[WINDOW + left - before - lag : WINDOW + left + after + lag + 1]
    sizes = state[room : room + 2 * lag + 1]
    fits = state[room + 2 * lag + 1 : room + 4 * lag + 2]
    sizes_of(shifted, stride, sizes)
    for k in range(at.TEMPLATES):
        weight = state[at.WEIGHT + k]
        if weight < 0.3:
            continue
        compare(shifted, stride, templates, k, sizes, fits)
        fit = -1.0
        fit_at = 0
        for j in range(0, 2 * lag + 1, stride):
            if fits[j] > fit:
                fit = fits[j]
                fit_at = j - lag
        coarse = fit_at
        for j in range(max(coarse - stride + 1, -lag), min(coarse + stride, lag + 1)):
            if fits[lag + j] > fit:
                fit = fits[lag + j]
                fit_at = j
        if weight >= oldest and weight >= at.KNOWN_SHAPE:
            usual_shape = fit
        if weight < 4.0:
            fit -= 0.03
        fit -= by.YOUNG_TEMPLATE * min(4.0 * noise, 1.0) * (1.0 - weight / oldest)
        if fit > match:
            match = fit
            which = k
            shift = fit_at
    if which < 0:
        match = 0.0
    if count[at.IS_PACED] == 1 and is_pulse(
        design, state, shifted, stride, templates, sizes, fits, match, peak2, centre
    ):
        return n_rows

    # Where exactly is its R peak?
    if which >= 0 and match > 0.5:
        sign = 1.0 if state[at.POLARITY + which] > 0.0 else -1.0
        middle = left + shift + int(state[at.FIDUCIAL + which])
        reach = int(0.014 * rate) + 1
    else:
        high = 0.0
        low = 0.0
        middle = left
        reach = int(0.045 * rate)
        for k in range(middle - reach, middle + reach + 1):
            high = max(high, state[WINDOW + k])
            low = min(low, state[WINDOW + k])
        sign = 1.0 if high >= -low / 1.25 else -1.0
    peak = climb(state, WINDOW, max(middle - reach, 2), min(middle + reach, size - 2), size, sign)
    r = centre - left + peak + offset_of_peak(state, WINDOW + peak)
    amplitude = sign * state[WINDOW + peak]

    # Is it a beat, and how sure are we?
    gap = r - state[at.LAST_R]
    score = score_of(state, count, gap, peak2, peak1, noise, match, 0.36 * rate, which >= 0)
    agreed = count[at.OPEN] == 1 and abs(state[at.ANNOUNCED_R] - r) < 0.06 * rate
    pulsed = max(float(state[at.ECHOES]), looks_pulsed(state, which))
    quality = quality_of(state, count, peak2, match, score, agreed, pulsed)
    if not (score > 0.0 and gap > design[at.REFRACTORY]):
        if peak2 > ECHOED * state[at.LAST_PEAK]:
            state[at.ECHO] = 1.0 if gap < SOON * rate else state[at.ECHO]
            state[at.NEARLY] = 1.0 if gap < PAIRED * rate else state[at.NEARLY]
        if gap > 0.3 * rate:
            if peak2 > DOUBTFUL * state[at.SIGNAL]:
                count[at.DOUBTS] += 1
            state[at.LEVELS_NOISE + (count[at.REJECTS] & 7)] = min(peak2, state[at.SIGNAL])
            count[at.REJECTS] += 1
            update_levels(state)
        if gap > 0.36 * rate and score > -by.LOOK_BACK and score > state[at.SPARE_SCORE]:
            state[at.SPARE_R] = r
            state[at.SPARE_PEAK2] = peak2
            state[at.SPARE_PEAK1] = peak1
            state[at.SPARE_QUALITY] = quality
            state[at.SPARE_MATCH] = match
            state[at.SPARE_SHAPE] = usual_shape
            state[at.SPARE_AMPLITUDE] = amplitude
            state[at.SPARE_SCORE] = score
            count[at.SPARE_AT] = count[at.PEAK_AT]
        return n_rows

    if watch(design, state, count, raw, templates, r):
        leave_out(design, state, count)
        if is_pulse(design, state, shifted, stride, templates, sizes, fits, match, peak2, centre):
            return n_rows
    state[at.PULSE_BEFORE] = state[at.PULSE_R]
    if count[at.IS_NEW] == 1:
        take_size(state, count, peak2, peak1)
    if quality > CLEAR:
        count[at.DOUBTS] = 0
    state[at.ECHOES] += ECHO_MEMORY * (state[at.ECHO] - state[at.ECHOES])
    state[at.ECHO] = state[at.NEARLY] = 0.0
    remember_beat(design, state, count, r, count[at.PEAK_AT], peak2, peak1, score)
    n_rows = report(
        rows, n_rows, at.CONFIRMED, r, n, quality, match, amplitude, score,
        joined(state, count, r), usual_shape,
    )  # fmt: skip
    if n_rows > 0:
        rows[n_rows - 1, at.IS_PULSE] = pulsed
    if agreed:
        count[at.OPEN] = 0

    # Learn its shape, or begin a template for a shape not seen before.
    count[at.LAST_SHAPE] = which if is_worth_asking(state, count, which) else -1
    if count[at.LAST_SHAPE] >= 0:
        first = WINDOW + left - before + shift
        learn(templates, at.LAST_BEAT, state, first, stride, points, 1.0)
    if which >= 0 and score > 0.3 and match > (0.75 if noise < 0.2 else by.LEARN_NOISY):
        share = max(1.0 / (state[at.WEIGHT + which] + 1.0), 0.06)
        learn(templates, which, state, WINDOW + left - before + shift, stride, points, share)
        state[at.WEIGHT + which] += 1.0
        find_fiducial(state, templates, which, stride, points, before)
    elif (
        which < 0
        or (score > 0.3 and match < 0.75 and noise < 0.2)
        or (score > 0.8 and match < 0.7 and state[at.WEIGHT + at.TEMPLATES - 1] < 0.3)
    ):
        least = 0
        for k in range(1, at.TEMPLATES):
            if state[at.WEIGHT + k] < state[at.WEIGHT + least]:
                least = k
        first = WINDOW + left - before + min(max(peak - left, -lag), lag)
        learn(templates, least, state, first, stride, points, 1.0)
        learn(templates, at.LAST_BEAT, state, first, stride, points, 1.0)
        count[at.LAST_SHAPE] = least
        state[at.FOLLOWED + least] = state[at.EVIDENCE + least] = 0.0
        state[at.WEIGHT + least] = 1.0
        state[at.FIDUCIAL + least] = 0.0
        state[at.POLARITY + least] = sign
    for k in range(at.TEMPLATES):
        state[at.WEIGHT + k] *= 0.999
    return n_rows
