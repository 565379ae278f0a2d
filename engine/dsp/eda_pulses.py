"""Bursts of sweating: where the driver of the skin rises above what was still fading."""

import math

from engine.dsp.eda_events import follow, looks_wrong
from engine.dsp.eda_layout import (
    BURST,
    BURST_STEP,
    DT,
    E_AMPLITUDE,
    E_HALF,
    E_LARGEST_STEP,
    E_LEVEL,
    E_ONSET,
    E_ONSET_TIME,
    E_PEAK,
    E_PHASIC,
    E_STATE,
    E_TOLD,
    E_TROUGH,
    E_TROUGH_TO_PEAK,
    EVENT_RING,
    EVENTS,
    HALF_LONG,
    HALF_SHORT,
    LAST_BAD,
    LAST_ONSET,
    LIVELY,
    LONG,
    NOISE,
    OPEN,
    PENDING,
    POWER,
    PROVISIONAL,
    R_HEIGHT,
    R_SLOPE,
    R_SMOOTH,
    R_TIME,
    R_Y,
    RATE,
    RECOVERY,
    REFERENCE,
    REFERENCE_DECAY,
    REJECTED,
    RING,
    RISING,
    SIGMA,
    SINCE_START,
    STEP,
    TONIC,
)
from engine.dsp.jit import kernel
from engine.streams import F64

SMALLEST = 0.02
"""Smallest amplitude looked for, uS; the driver of such a response is twice as high."""
NOISE_LIMIT = 0.03
"""With a noisier slope than this, uS/s, the long window is used."""
WARM_UP = 5.0
BETWEEN_ONSETS = 0.6
AFTER_ARTEFACT = 2.5


@kernel("f8(f8[::1], f8[:,::1], i8)")
def slope(s: F64, ring: F64, c: int) -> float:
    """Store slope and mean around step ``c``; return the slope's standard error, uS/s.

    The slope is a least-squares line over the short window, or over the long one
    when the noise would drown it.
    """
    sigma = s[NOISE] * SIGMA
    m = int(s[HALF_SHORT])
    s[LONG] = 0.0
    if sigma * s[RATE] / math.sqrt(m * (m + 1) * (2 * m + 1) / 3.0) > NOISE_LIMIT:
        m = int(s[HALF_LONG])
        s[LONG] = 1.0
    squares = m * (m + 1) * (2 * m + 1) / 3.0
    weighted = 0.0
    for j in range(1, m + 1):
        weighted += j * (ring[R_Y, (c + j) % RING] - ring[R_Y, (c - j) % RING])
    total = 0.0
    near = m // 2
    for j in range(-near, near + 1):
        total += ring[R_Y, (c + j) % RING]
    ring[R_SLOPE, c % RING] = weighted * s[RATE] / squares
    ring[R_SMOOTH, c % RING] = total / (2 * near + 1)
    error: float = sigma * s[RATE] / math.sqrt(squares)
    return error


@kernel("f8(f8[::1], f8[:,::1])")
def onset_step(s: F64, ring: F64) -> float:
    """Return where the burst that just ended crossed half its height, in steps."""
    half = 0.5 * s[BURST]
    j = int(s[BURST_STEP])
    last = max(int(s[LAST_ONSET] / s[DT]) + 1, int(s[STEP]) - RING + 3)
    while j > last and ring[R_HEIGHT, j % RING] > half:
        j -= 1
    below, above = ring[R_HEIGHT, j % RING], ring[R_HEIGHT, (j + 1) % RING]
    fraction = (half - below) / (above - below) if above > below else 0.0
    # What smoothing shifts the crossing by; measured on responses of known onset.
    shift = 0.31 if s[LONG] == 1.0 else 0.12 if s[DT] < 0.2 else 0.14
    onset: float = j + min(1.0, max(0.0, fraction)) + 0.5 + shift / s[DT]
    return onset


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], i8)")
def cut_short(s: F64, ring: F64, events: F64, until: int) -> None:
    """End every response still rising at step ``until``, where the next begins.

    Otherwise it would take the rise of the next for its own.
    """
    oldest = int(s[STEP]) - RING + 3
    for n in range(int(s[PENDING]), int(s[EVENTS])):
        e = n % EVENT_RING
        begin = int(events[e, E_ONSET] / s[DT])
        if events[e, E_STATE] != OPEN or begin < oldest:
            continue
        events[e, E_AMPLITUDE] = -1e9
        events[e, E_LARGEST_STEP] = 0.0
        for c in range(begin, until):
            follow(s, ring, events, e, c)
        if events[e, E_STATE] == OPEN:
            events[e, E_STATE] = REJECTED if looks_wrong(s, events, e) else PROVISIONAL


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], f8, i8)")
def open_event(s: F64, ring: F64, events: F64, onset: float, c: int) -> None:
    """Begin to follow a response with its ``onset`` (in steps), noticed at step ``c``."""
    n = int(s[EVENTS])
    e = n % EVENT_RING
    j = min(int(onset), c)
    i = j % RING
    cut_short(s, ring, events, j)
    events[e, E_STATE] = OPEN
    events[e, E_ONSET] = onset * s[DT]
    events[e, E_ONSET_TIME] = ring[R_TIME, i] + (onset - j - 0.5) * s[DT]
    events[e, E_PEAK] = onset * s[DT]
    events[e, E_AMPLITUDE] = -1e9
    events[e, E_HALF] = math.nan
    events[e, E_TROUGH_TO_PEAK] = 0.0
    events[e, E_LARGEST_STEP] = 0.0
    # The mean around the onset already holds some of the rise: take the one that ends there,
    # and let it recover until the onset.
    near = int(s[HALF_LONG] if s[LONG] == 1.0 else s[HALF_SHORT]) // 2
    before = ring[R_SMOOTH, max(j - near, 0) % RING]
    phasic = max(0.0, before - s[TONIC])
    left = phasic * math.exp(-near * s[DT] / s[RECOVERY])
    events[e, E_LEVEL] = before - phasic + left
    events[e, E_PHASIC] = left
    events[e, E_TROUGH] = before
    events[e, E_TOLD] = 0.0
    for earlier in range(j, c):
        follow(s, ring, events, e, earlier)
    s[EVENTS] = n + 1
    s[LAST_ONSET] = onset * s[DT]


@kernel("void(f8[::1], f8[:,::1], f8[:,::1], i8, f8)")
def find_burst(s: F64, ring: F64, events: F64, c: int, now: float) -> None:
    """Look at step ``c`` with all its neighbours known; open a response if a burst ended."""
    error = slope(s, ring, c)
    above = ring[R_SMOOTH, c % RING] - s[TONIC]
    driver = ring[R_SLOPE, c % RING] + max(0.0, above) / s[RECOVERY]
    s[LIVELY] = min(1.0, max(0.0, (s[POWER] - 0.01) / 0.03))
    quiet = 1.0 - s[LIVELY]
    if s[RISING] == 0.0:
        if s[REFERENCE] > 0.0:
            s[REFERENCE] *= s[REFERENCE_DECAY]
        if driver < s[REFERENCE]:
            s[REFERENCE] = driver
        else:
            s[REFERENCE] += (driver - s[REFERENCE]) * s[DT] / 6.0
    else:
        s[REFERENCE] *= s[REFERENCE_DECAY]
    if now - s[LAST_BAD] < AFTER_ARTEFACT:
        s[RISING] = 0.0
        s[REFERENCE] = driver
    threshold = max(SMALLEST * (2.0 + 0.75 * quiet), (4.5 + 1.5 * quiet) * error)
    threshold = max(threshold, 0.15 * max(s[REFERENCE], 0.0))
    height = driver - s[REFERENCE]
    ring[R_HEIGHT, c % RING] = height
    if s[RISING] == 0.0:
        if height > threshold and s[SINCE_START] * s[DT] > WARM_UP:
            s[RISING] = 1.0
            s[BURST] = height
            s[BURST_STEP] = c
        return
    if height > s[BURST]:
        s[BURST] = height
        s[BURST_STEP] = c
    if height < s[BURST] - max(0.25 * s[BURST], 0.4 * threshold):
        onset = onset_step(s, ring)
        if onset * s[DT] - s[LAST_ONSET] > BETWEEN_ONSETS:
            open_event(s, ring, events, onset, c)
        s[RISING] = 0.0
        s[REFERENCE] = driver
