"""One call from heartbeats to what may be told of them: judged, counted, weighed."""

import numpy as np

from engine.dsp import hrv_chance as by_chance
from engine.dsp import hrv_window as win
from engine.dsp import qrs_layout as qrs
from engine.dsp import rr_layout as at
from engine.dsp.hrv_window import COLUMNS, STATE, deviation, drop_old, take
from engine.dsp.jit import kernel
from engine.dsp.rr_breath import WAVE
from engine.dsp.rr_push import LEARNED, LONGEST_MS, interrupt, push
from engine.streams import F64

RATE_SPAN, RATE_LEAST, RATE_AGE, RATE_FRESH = 10.0, 10.0, 20.0, 8.0
"""Heart rate: s of heartbeat averaged, needed; how old the oldest, the newest may be."""
HRV_SPAN, HRV_AGE = 60.0, 75.0
RMSSD_LEAST, RMSSD_JOINED, SDNN_LEAST = 30.0, 15.0, 60.0
"""Seconds of heartbeat RMSSD needs, those of them with true differences, and for SDNN."""
SILENCE = 3.0
"""s without a beat after which nothing is known any more, and no interval is one."""
PLAUSIBLE = 0.25
"""Intervals from before the level was known count if they are this near to it."""
USUAL = 0.7
"""A beat less like the person's usual one than this is none of a normal interval's. On
record 102 (paced) all ventricular beats lie below, 1 of 99 normal ones."""
MADE_UP = 0.45
"""Beats made up by noise are of lower quality than this (measured at 12 dB: 0.41 at most): they
say nothing about how regular a rhythm is."""
ROUNDING = 1e-6
"""A window is full up to this many seconds."""
DOUBT, MOST_DOUBT = 0.30, 0.40
"""A value that may be off by the first share has half the quality; beyond the second it is
not told."""
POINTS = 0.10
"""The same for pNN50, as a share of the differences."""
WEIGHED_EVERY = 16.0
"""Intervals after which it is weighed anew how much of variability is chance: it takes as long as
three beats do, and changes slowly."""
BEATS_HELD = 1024
"""Beats a window can hold, a power of two: a minute at 1000 a minute."""

# A row: an interval (NaN where there is none), then the state of the heart (`SHOWN` 1).
(
    KNOWN, SHOWN, AT, NN, CODE, COUNT, DIFFERENCE_OK, DIFFERENCE, QUALITY,
    RATE, RATE_QUALITY, RMSSD, RMSSD_QUALITY, SDNN, SDNN_QUALITY, PNN50,
    CORRECTED, IRREGULAR, BURDENED, ULTRA_SHORT, PNN50_QUALITY,
    RMSSD_DOUBT, SDNN_DOUBT, PNN50_DOUBT,
    RMSSD_CHANCE, SDNN_CHANCE, PNN50_CHANCE,
    MAY_BE,  # the interval as measured where that may be true though it was flagged; else NaN
) = range(28)  # fmt: skip
ROW = 28

# The mind: everything remembered, in one array, so that a call passes two.
(LAST, BEFORE, BEFORE_FINE, PATIENCE, WAITING, EARLY) = range(6)
WAITING_AT = 6
EARLY_AT = WAITING_AT + 3 * 3
JUDGE_AT = EARLY_AT + 3 * at.RING
WAVE_AT = JUDGE_AT + at.SLOTS
OUT_AT = WAVE_AT + WAVE
BEAT_AT = OUT_AT + 4 * at.DECISION
RATE_AT = BEAT_AT + COLUMNS
HRV_AT = RATE_AT + STATE
RATE_RING_AT = HRV_AT + STATE
HRV_RING_AT = RATE_RING_AT + BEATS_HELD * COLUMNS
CHANCE_AT = HRV_RING_AT + BEATS_HELD * COLUMNS
UNWEIGHED_AT = CHANCE_AT + by_chance.TOLD
WEIGHED_AT = UNWEIGHED_AT + 1
MIND = WEIGHED_AT + 3 * BEATS_HELD + by_chance.SCRATCH


@kernel("void(float64[::1], float64, float64, float64)")
def count_rate(mind: F64, t: float, nn: float, quality: float) -> None:
    """Let an interval count for heart rate alone."""
    beat = mind[BEAT_AT : BEAT_AT + COLUMNS]
    beat[win.T], beat[win.NN], beat[win.STANDS_FOR] = t, nn, 1.0
    beat[win.DIFFERENCE] = beat[win.DOUBTED] = np.nan
    beat[win.QUALITY], beat[win.CORRECTED], beat[win.WEIGHT] = quality, 0.0, 1.0
    beat[win.RAW] = nn
    ring = mind[RATE_RING_AT:HRV_RING_AT]
    take(mind[RATE_AT:HRV_AT], ring, 1000.0 * RATE_SPAN, RATE_AGE, beat)


@kernel("void(float64[::1], float64, float64, float64)")
def keep_early(mind: F64, t: float, nn: float, quality: float) -> None:
    """Keep an interval that was not judged until the level is known."""
    n = int(mind[EARLY])
    if n == at.RING:
        for i in range(3 * (n - 1)):
            mind[EARLY_AT + i] = mind[EARLY_AT + i + 3]
        n -= 1
    mind[EARLY_AT + 3 * n] = t
    mind[EARLY_AT + 3 * n + 1] = nn
    mind[EARLY_AT + 3 * n + 2] = quality
    mind[EARLY] = float(n + 1)


@kernel("void(float64[::1])")
def weigh(mind: F64) -> None:
    """Weigh how much of the variability of the newest minute is chance."""
    state = mind[HRV_AT:RATE_RING_AT]
    ring = mind[HRV_RING_AT:CHANCE_AT]
    head = int(state[win.HEAD])
    n = int(state[win.TAIL]) - head
    nn = mind[WEIGHED_AT : WEIGHED_AT + n]
    steps = mind[WEIGHED_AT + BEATS_HELD : WEIGHED_AT + BEATS_HELD + n]
    scratch = mind[
        WEIGHED_AT + 2 * BEATS_HELD : WEIGHED_AT + 2 * BEATS_HELD + n + by_chance.SCRATCH
    ]
    for i in range(n):
        beat = win.place_of(ring, head + i)
        counts = ring[beat + win.STANDS_FOR] * ring[beat + win.WEIGHT] > 0.0
        nn[i] = ring[beat + win.NN] if counts else np.nan
        steps[i] = ring[beat + win.DIFFERENCE]
    by_chance.chance(nn, steps, scratch, mind[CHANCE_AT:UNWEIGHED_AT])


@kernel("void(float64[::1], float64[::1], float64, float64)")
def count(mind: F64, row: F64, doubted: float, raw: float) -> None:
    """Let a judged interval into the windows it belongs to."""
    code = row[CODE]
    if code == at.LEARN:
        keep_early(mind, row[AT], row[NN], row[QUALITY])
    if mind[JUDGE_AT + at.SEEN] >= LEARNED:
        level = mind[JUDGE_AT + at.LEVEL]
        for i in range(int(mind[EARLY])):
            nn = mind[EARLY_AT + 3 * i + 1]
            if abs(nn / level - 1.0) < PLAUSIBLE:
                count_rate(mind, mind[EARLY_AT + 3 * i], nn, mind[EARLY_AT + 3 * i + 2])
        mind[EARLY] = 0.0
    if code in (at.LEARN, at.GAP):
        return
    beat = mind[BEAT_AT : BEAT_AT + COLUMNS]
    beat[win.T], beat[win.NN], beat[win.STANDS_FOR] = row[AT], row[NN], row[COUNT]
    beat[win.DIFFERENCE], beat[win.QUALITY] = row[DIFFERENCE], row[QUALITY]
    beat[win.CORRECTED] = 0.0 if code == at.NORMAL else 1.0
    beat[win.WEIGHT] = 0.0 if code == at.FOREIGN else 1.0
    beat[win.DOUBTED], beat[win.RAW] = doubted, raw
    rate = mind[RATE_RING_AT:HRV_RING_AT]
    hrv = mind[HRV_RING_AT:CHANCE_AT]
    take(mind[RATE_AT:HRV_AT], rate, 1000.0 * RATE_SPAN, RATE_AGE, beat)
    take(mind[HRV_AT:RATE_RING_AT], hrv, 1000.0 * HRV_SPAN, HRV_AGE, beat)
    mind[UNWEIGHED_AT] += 1.0
    if mind[UNWEIGHED_AT] >= WEIGHED_EVERY:
        mind[UNWEIGHED_AT] = 0.0
        weigh(mind)


@kernel("int64(float64[::1], float64[:,::1], int64, float64, float64, float64, float64)")
def follow(
    mind: F64, rows: F64, first: int, t: float, rr: float, quality: float, likeness: float
) -> int:
    """Take a beat; write the intervals judged because of it from ``rows[first]``, return how many.

    Arguments as of `engine.dsp.hrv_tracker.HeartTracker.beat`.
    """
    judge = mind[JUDGE_AT:WAVE_AT]
    out = mind[OUT_AT:BEAT_AT].reshape(4, at.DECISION)
    foreign = 1.0 if likeness < USUAL else 0.0
    if np.isfinite(mind[LAST]) and t - mind[LAST] > SILENCE:
        rr = np.nan
    mind[LAST] = max(mind[LAST], t)
    waiting = int(mind[WAITING])
    if 0.0 < rr <= LONGEST_MS:
        rhythm, irregular = judge[at.IRREGULAR], judge[at.IS_IRREGULAR]
        n = push(judge, out, mind[WAVE_AT:OUT_AT], rr, foreign)
        if quality < MADE_UP:
            judge[at.IRREGULAR], judge[at.IS_IRREGULAR] = rhythm, irregular
        mind[WAITING_AT + 3 * waiting] = t
        mind[WAITING_AT + 3 * waiting + 1] = rr
        mind[WAITING_AT + 3 * waiting + 2] = quality
        waiting += 1
    else:
        n = interrupt(judge, out)
        judge[at.F2] = foreign
    for i in range(n):
        row = rows[first + i]
        row[:] = np.nan
        row[KNOWN] = t
        row[SHOWN] = 0.0
        row[AT] = mind[WAITING_AT]
        raw = mind[WAITING_AT + 1]
        row[QUALITY] = mind[WAITING_AT + 2]
        waiting -= 1
        for k in range(3 * waiting):
            mind[WAITING_AT + k] = mind[WAITING_AT + k + 3]
        row[NN], row[CODE], row[COUNT] = out[i, at.NN], out[i, at.CODE], out[i, at.STANDS_FOR]
        doubtful = out[i, at.DOUBTFUL] > 0.0
        fine = 2.0 if doubtful else (1.0 if out[i, at.CODE] == at.NORMAL else 0.0)
        doubted = np.nan
        if out[i, at.DIFFERENCE_OK] > 0.0:
            row[DIFFERENCE] = raw - mind[BEFORE]
        elif min(fine, mind[BEFORE_FINE]) > 0.0 and max(fine, mind[BEFORE_FINE]) > 1.0:
            doubted = raw - mind[BEFORE]
        row[DIFFERENCE_OK] = 0.0 if np.isnan(row[DIFFERENCE]) else 1.0
        mind[BEFORE] = raw
        mind[BEFORE_FINE] = fine
        row[MAY_BE] = raw if doubtful else np.nan
        count(mind, row, doubted, raw if doubtful else row[NN])
    if judge[at.SINCE] < 1.0:
        waiting = 0
        mind[BEFORE] = np.nan
        mind[BEFORE_FINE] = 0.0
    mind[WAITING] = float(waiting)
    return n


@kernel("float64(float64, float64)")
def trust(off: float, half: float) -> float:
    """Return 1 for a value that cannot be off, a half for one that may be ``half`` off."""
    return 1.0 / (1.0 + (off / half) ** 2)


@kernel("void(float64[::1], float64[::1], float64)")
def tell(mind: F64, row: F64, t: float) -> None:
    """Write what may be told of the heart at ``t`` into ``row``; NaN is "not known"."""
    rate = mind[RATE_AT:HRV_AT]
    hrv = mind[HRV_AT:RATE_RING_AT]
    rates = mind[RATE_RING_AT:HRV_RING_AT]
    drop_old(rate, rates, 1000.0 * RATE_SPAN, t - RATE_AGE)
    hrvs = mind[HRV_RING_AT:CHANCE_AT]
    drop_old(hrv, hrvs, 1000.0 * HRV_SPAN, t - HRV_AGE)
    row[KNOWN] = t
    row[SHOWN] = 1.0
    row[RATE:MAY_BE] = 0.0
    row[RATE] = row[RMSSD] = row[SDNN] = row[PNN50] = np.nan
    row[RMSSD_DOUBT] = row[SDNN_DOUBT] = row[PNN50_DOUBT] = np.nan
    row[RMSSD_CHANCE] = row[SDNN_CHANCE] = row[PNN50_CHANCE] = np.nan
    corrected = hrv[win.CORRECTIONS] / hrv[win.ENTRIES] if hrv[win.ENTRIES] > 0.0 else 0.0
    irregular = mind[JUDGE_AT + at.IS_IRREGULAR]
    burdened = mind[JUDGE_AT + at.IS_BURDENED]
    row[CORRECTED], row[IRREGULAR], row[BURDENED] = corrected, irregular, burdened
    if t - mind[LAST] > mind[PATIENCE]:
        return
    sound = 1.0 - corrected
    if rate[win.HEAD] < rate[win.TAIL] and rate[win.LENGTH] >= 1000.0 * (RATE_LEAST - ROUNDING):
        newest = rates[win.place_of(rates, rate[win.TAIL] - 1.0) + win.T]
        if t - newest <= RATE_FRESH + mind[PATIENCE] - SILENCE:
            row[RATE] = 60000.0 * rate[win.BEATS] / rate[win.LENGTH]
            row[RATE_QUALITY] = rate[win.QUALITIES] / rate[win.ENTRIES] * sound
    if irregular > 0.0 or burdened > 0.0 or hrv[win.ENTRIES] < 1.0:
        return
    quality = hrv[win.QUALITIES] / hrv[win.ENTRIES] * sound * sound
    length = hrv[win.LENGTH] / 1000.0
    joined = hrv[win.JOINED_LENGTH] / 1000.0
    if length >= SDNN_LEAST - ROUNDING:
        off = win.sdnn_doubt(hrv)
        row[SDNN_DOUBT] = off
        if off <= MOST_DOUBT:
            row[SDNN] = deviation(hrv[win.SUM], hrv[win.SQUARES], hrv[win.COUNTED])
            row[SDNN_QUALITY] = quality * trust(off, DOUBT)
            row[SDNN_CHANCE] = mind[CHANCE_AT + by_chance.OF_SDNN]
    if length < RMSSD_LEAST or joined < RMSSD_JOINED:
        return
    off = win.rmssd_doubt(hrv)
    row[RMSSD_DOUBT] = off
    if off <= MOST_DOUBT:
        row[RMSSD] = win.rmssd(hrv)
        row[RMSSD_QUALITY] = quality * trust(off, DOUBT)
        row[ULTRA_SHORT] = 1.0 if length < SDNN_LEAST - ROUNDING else 0.0
        row[RMSSD_CHANCE] = mind[CHANCE_AT + by_chance.OF_RMSSD]
        row[PNN50_CHANCE] = mind[CHANCE_AT + by_chance.OF_PNN50]
        off = win.pnn50_doubt(hrv)
        row[PNN50_DOUBT] = off
        row[PNN50] = 100.0 * hrv[win.LARGE] / hrv[win.DIFFERENCES]
        row[PNN50_QUALITY] = row[RMSSD_QUALITY] * trust(off, POINTS)


@kernel("int64(float64[::1], float64[:,::1], float64[::1], float64[:,::1])")
def follow_events(mind: F64, events: F64, known: F64, rows: F64) -> int:
    """Follow events (`engine.graph.cardiac_beats.EVENT_AXES`), known at ``known`` s.

    Every beat and every second makes a row that tells the state; intervals judged before
    the last of a beat have rows of their own. Returns how many, or -1, and nothing is
    followed, if ``rows`` has no room for two an event.
    """
    if rows.shape[0] < 2 * events.shape[0]:
        return -1
    n = 0
    for i in range(events.shape[0]):
        kind = events[i, 0]
        first = n
        if kind in (qrs.CONFIRMED, qrs.LATE):
            made = follow(mind, rows, n, events[i, 1], events[i, 2], events[i, 3], events[i, 4])
            n += made
        elif kind == qrs.SECOND:
            made = 0
        else:
            continue
        if made == 0:
            rows[n, :] = np.nan
            n += 1
        for k in range(first, n):
            rows[k, KNOWN] = known[i]
        tell(mind, rows[n - 1], known[i])
    return n
