"""Pulses from sample to sample: upstrokes, their marks, their quality."""

import math

from engine.dsp.jit import kernel
from engine.dsp.ppg_fiducials import foot_position, middle_position, peak_position, time_at
from engine.dsp.ppg_judge import (
    KNOWN,
    LONGEST,
    MANY,
    SHORTEST,
    goodness,
    learn,
    least_size,
    likeness,
    overtones,
    regularity,
    remember,
)
from engine.dsp.ppg_layout import (
    BLOCK,
    COUNT,
    CYCLES,
    FLAT,
    GOOD,
    HALF_WIDTH,
    HIGH,
    HOLD,
    INTERVALS,
    LAST_BAD,
    LAST_POSITION,
    LAST_PULSE,
    LAST_QUALITY,
    LAST_TIME,
    LAST_VALUE,
    LEARNED,
    LOW,
    M_HEIGHT,
    M_SLOPE,
    MEDIANS,
    NATIVE_RATE,
    NEVER,
    NOISE,
    O_FOOT,
    O_HEIGHT,
    O_KNOWN,
    O_PEAK,
    O_PPI,
    O_PPI_QUALITY,
    O_QUALITY,
    O_TIME,
    O_VALLEY,
    PACE,
    PEAK,
    PEAK_STEP,
    R_TIME,
    R_X,
    R_Y,
    RATE,
    RING,
    RISING,
    SIGN,
    SIZES,
    SMOOTH,
    STARTED,
    STEEPEST,
    STEEPEST_STEP,
    STEP,
    SUM,
    SUM_TIME,
    USUAL_HEIGHT,
    USUAL_PPI,
    USUAL_SLOPE,
    VALLEY,
    VALLEY_STEP,
)
from engine.streams import AS_DECLARED, F64

QUICKEST, LAZIEST = AS_DECLARED
AROUND_BAD = 0.5
"""A pulse this soon after a missing or clipped sample has no quality, s."""
FURTHEST_VALLEY = 0.5


@kernel("f8(f8[::1], f8, f8)")
def usable(s: F64, v: float, t: float) -> float:
    """Return the sample to go on with; note missing and clipped ones in `LAST_BAD`."""
    if math.isfinite(v):
        v *= s[SIGN]
    else:
        v = s[LAST_VALUE]
        s[LAST_BAD] = t
    if s[STARTED] == 0.0:
        s[HIGH] = s[LOW] = s[LAST_VALUE] = v
    if v >= s[HIGH] or v <= s[LOW]:
        if v == s[LAST_VALUE]:
            s[FLAT] += 1.0
            if s[FLAT] >= max(3.0, 0.06 * s[NATIVE_RATE]):
                s[LAST_BAD] = t
        else:
            s[FLAT] = 0.0
    elif v != s[LAST_VALUE]:
        s[FLAT] = 0.0
    leak = (s[HIGH] - s[LOW]) * 0.05 / s[NATIVE_RATE]
    s[HIGH] = max(v, s[HIGH] - leak)
    s[LOW] = min(v, s[LOW] + leak)
    s[LAST_VALUE] = v
    return v


@kernel("b1(f8[::1], f8[:,::1], f8[:,::1], f8[::1], f8, f8)")
def upstroke_ends(s: F64, ring: F64, medians: F64, window: F64, x: float, t: float) -> bool:
    """Take one step of mean ``x`` at time ``t``; return whether an upstroke just ended."""
    n = int(s[STEP])
    s[STEP] = n + 1
    if s[STARTED] == 0.0:
        s[STARTED] = 1.0
        for j in range(RING):
            ring[R_X, j] = ring[R_Y, j] = x
            ring[R_TIME, j] = t
        s[SMOOTH] = s[VALLEY] = s[PEAK] = x
        s[VALLEY_STEP] = s[STEEPEST_STEP] = s[PEAK_STEP] = n
        s[STEEPEST] = s[RISING] = 0.0
    i = n % RING
    ring[R_X, i] = x
    ring[R_TIME, i] = t
    y = 0.0
    for j in range(window.size):
        y += window[j] * ring[R_X, (n - j) % RING]
    ring[R_Y, i] = y
    slope = (y - s[SMOOTH]) * s[RATE]
    s[SMOOTH] = y
    h = int(s[HALF_WIDTH])
    rough = ring[R_X, (n - h) % RING] - y
    s[NOISE] += (1.0 - math.exp(-1.0 / (1.5 * s[RATE]))) * (rough * rough - s[NOISE])
    now = ring[R_TIME, (n - h) % RING]
    if s[LEARNED] == 1.0 and now - s[LAST_PULSE] > max(1.6 * s[USUAL_PPI], 1.2):
        # Nothing for long: what counts as a pulse becomes smaller and smaller.
        less = math.exp(-0.7 / s[RATE])
        s[USUAL_SLOPE] *= less
        s[USUAL_HEIGHT] *= less
        for j in range(min(MEDIANS, int(s[SIZES]))):
            medians[M_SLOPE, j] *= less
            medians[M_HEIGHT, j] *= less
        s[GOOD] *= math.exp(-0.4 / s[RATE])
    if s[RISING] == 0.0:
        if y < s[VALLEY]:
            s[VALLEY], s[VALLEY_STEP] = y, n
            s[STEEPEST], s[STEEPEST_STEP] = 0.0, n
            return False
        if slope > s[STEEPEST]:
            s[STEEPEST], s[STEEPEST_STEP] = slope, n
        least = 0.12 * s[USUAL_HEIGHT] if s[LEARNED] == 1.0 else 0.0
        if y - s[VALLEY] > least and slope > 0.0:
            s[RISING] = 1.0
            s[PEAK], s[PEAK_STEP] = y, n
        return False
    if slope > s[STEEPEST]:
        s[STEEPEST], s[STEEPEST_STEP] = slope, n
    if y > s[PEAK]:
        s[PEAK], s[PEAK_STEP] = y, n
        return False
    return bool(n - s[PEAK_STEP] >= s[HOLD])


@kernel("b1(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1], f8[::1], f8)")
def judge_upstroke(
    s: F64,
    ring: F64,
    medians: F64,
    candidates: F64,
    template: F64,
    cycle: F64,
    row: F64,
    began: float,
) -> bool:
    """Decide whether the upstroke that just ended is a pulse; if so fill ``row``."""
    last = s[STEEPEST_STEP] - math.floor(FURTHEST_VALLEY * s[RATE])
    if s[VALLEY_STEP] < last:
        s[VALLEY_STEP] = last
        s[VALLEY] = ring[R_Y, int(last) % RING]
        for j in range(int(last), int(s[STEEPEST_STEP])):
            if ring[R_Y, j % RING] <= s[VALLEY]:
                s[VALLEY], s[VALLEY_STEP] = ring[R_Y, j % RING], j
    height, slope = s[PEAK] - s[VALLEY], s[STEEPEST]
    if not (slope > 0.0 and height > 0.0):
        return False
    middle, peak = middle_position(s, ring), peak_position(s, ring)
    foot = min(foot_position(s, ring), middle)
    t = time_at(s, ring, middle)
    if not learn(s, candidates, medians, t, height, t - began):
        return False
    first = s[LAST_PULSE] <= NEVER
    ppi = t - s[LAST_PULSE]
    known = min(1.0, s[GOOD] / 0.25)
    expected = known * s[USUAL_PPI] + (1.0 - known) * 0.75
    size = math.sqrt(slope / s[USUAL_SLOPE] * height / s[USUAL_HEIGHT])
    if (not first and ppi < SHORTEST) or not size >= least_size(1.0 if first else ppi / expected):
        return False
    rise = (peak - foot) / s[RATE]
    if s[GOOD] < 0.05 and s[INTERVALS] < KNOWN:
        usual = s[USUAL_PPI]
        s[USUAL_PPI] = expected
        regular = regularity(s, ppi, first)
        s[USUAL_PPI] = usual
    else:
        regular = regularity(s, ppi, first)
    alike = 0.0
    if not first and ppi <= LONGEST:
        alike = likeness(s, ring, template, cycle, middle, regular > 0.5)
    # Few cycles have overtones by chance; they cancel out only over some more.
    pointed = overtones(template) * min(1.0, s[CYCLES] / MANY)
    good = goodness(s, size, rise, regular, alike, pointed, height, ppi, first)
    quality = math.sqrt(good) * min(1.0, s[GOOD] / 0.55)
    if t - s[LAST_BAD] < AROUND_BAD:
        quality = 0.0
    row[O_TIME], row[O_FOOT], row[O_PEAK] = t, time_at(s, ring, foot), time_at(s, ring, peak)
    row[O_PPI] = math.nan if first or ppi > LONGEST else ppi
    row[O_QUALITY] = quality
    row[O_PPI_QUALITY] = min(quality, s[LAST_QUALITY]) if regular > 0.0 else 0.0
    row[O_HEIGHT], row[O_VALLEY] = height, s[VALLEY]
    s[LAST_QUALITY] = quality
    ordinary = size < 3.0 and 0.07 - 0.022 < rise < 0.48 + 0.11
    remember(s, medians, slope, height, ppi, ordinary, first)
    s[LAST_PULSE], s[LAST_POSITION] = t, middle
    return True


@kernel(
    "i8(f8[::1], f8[:,::1], f8[:,::1], f8[:,::1], f8[::1], f8[::1], f8[::1],"
    " f8[::1], f8[::1], f8[::1], f8[:,::1])"
)
def run(
    s: F64,
    ring: F64,
    medians: F64,
    candidates: F64,
    template: F64,
    cycle: F64,
    window: F64,
    began: F64,
    t: F64,
    x: F64,
    out: F64,
) -> int:
    """Take samples ``x`` (n,) at ``t`` (n,) s; fill rows of ``out`` and return how many."""
    rows = 0
    longest = max(0.25, 5.0 / s[NATIVE_RATE])
    for i in range(x.size):
        if not (math.isfinite(t[i]) and t[i] > s[LAST_TIME]):
            continue
        if s[STARTED] == 0.0 and not math.isfinite(x[i]):
            continue
        if s[STARTED] == 1.0 and t[i] - s[LAST_TIME] > longest:
            # The other side of a gap is another stretch: only the usual sizes are kept.
            s[STARTED] = s[SUM] = s[SUM_TIME] = s[COUNT] = s[FLAT] = 0.0
            s[LAST_PULSE] = NEVER
            s[LAST_BAD] = t[i]
            if not math.isfinite(x[i]):
                s[LAST_TIME] = t[i]
                continue
        elif s[STARTED] == 1.0:
            s[PACE] += ((t[i] - s[LAST_TIME]) * s[NATIVE_RATE] - s[PACE]) / (4.0 * s[NATIVE_RATE])
        if math.isinf(began[0]):
            began[0] = t[i]
        s[LAST_TIME] = t[i]
        v = usable(s, x[i], t[i])
        if not QUICKEST < s[PACE] < LAZIEST:
            s[LAST_BAD] = t[i]  # windows in samples are then too short or too long in time
        s[SUM] += v
        s[SUM_TIME] += t[i]
        s[COUNT] += 1.0
        if s[COUNT] < s[BLOCK]:
            # The extremes begin with the very first sample, not with the first block.
            continue
        mean, at = s[SUM] / s[COUNT], s[SUM_TIME] / s[COUNT]
        s[SUM] = s[SUM_TIME] = s[COUNT] = 0.0
        if not upstroke_ends(s, ring, medians, window, mean, at):
            continue
        if judge_upstroke(s, ring, medians, candidates, template, cycle, out[rows], began[0]):
            out[rows, O_KNOWN] = t[i]
            rows += 1
        s[RISING] = 0.0
        n = s[STEP] - 1.0
        s[VALLEY], s[VALLEY_STEP] = s[SMOOTH], n
        s[STEEPEST], s[STEEPEST_STEP] = 0.0, n
    return rows
