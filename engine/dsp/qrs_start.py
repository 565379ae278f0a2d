"""Learns how large the heartbeats of a person are before any is told."""

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_levels import update_levels
from engine.dsp.qrs_suspect import forget
from engine.streams import F64

UNLIKE = 3.0
"""Maxima of two halves of the start of which one is so many times the other are unlike."""
PATIENCE = 4
"""So many more halves are awaited to find two alike."""
SETTLING = 0.3
"""So many seconds at the start are the filters' own."""


@kernel("void(float64[::1], float64[::1], int64[::1], int64)")
def begin(design: F64, state: F64, count: I64, n: int) -> None:
    """Set the levels from the start just heard, or start again if nothing was there.

    The smaller of two halves' maxima is believed, so one artefact does no harm. If only
    one of them can hold a beat (or an artefact), another second and a third is awaited.
    """
    larger = max(state[at.START], state[at.START + 1])
    unlike = larger > UNLIKE * min(state[at.START], state[at.START + 1])
    if unlike and count[at.TRIES] < PATIENCE:
        count[at.TRIES] += 1
        for k in range(0, 4, 2):
            state[at.START + k] = state[at.START + k + 1]
            state[at.START + k + 1] = 0.0
        start = int(design[at.LEARN])
        count[at.START_AT] += start - (start // 2 + int(0.5 * SETTLING * design[at.RATE]))
        return
    count[at.TRIES] = 0
    level2 = min(state[at.START], state[at.START + 1])
    level1 = min(state[at.START + 2], state[at.START + 3])
    for k in range(4):
        state[at.START + k] = 0.0
    if not (level2 > 0.0 and level1 > 0.0):
        count[at.START_AT] = n
        return
    rate = design[at.RATE]
    for k in range(8):
        state[at.LEVELS2 + k] = level2
        state[at.LEVELS_NOISE + k] = 0.1 * level2
        state[at.LEVELS1 + k] = level1
        state[at.INTERVALS + k] = 0.85 * rate
    update_levels(state)
    state[at.FLOOR] = 0.1 * level2
    state[at.USUAL] = 0.85 * rate
    state[at.REGULAR] = 0.0
    state[at.LAST_R] = n - rate
    state[at.PREVIOUS_R] = at.NOTHING
    state[at.LAST_PEAK] = level2
    state[at.LAST_SCORE] = 1.0
    state[at.SPARE_SCORE] = at.NOTHING
    state[at.PEAK2] = 0.0
    state[at.PEAK1] = 0.0
    for k in range(at.TEMPLATES):
        state[at.WEIGHT + k] = 0.0
    forget(state, count)
    count[at.BEATS] = 0
    count[at.INTERVAL_COUNT] = 0
    count[at.LAST_AT] = n - int(rate)
    count[at.LAST_ANNOUNCED] = n - int(rate)
    count[at.RUNNING] = 1


@kernel("int64(float64[::1], int64[::1], int64)")
def start_due(design: F64, count: I64, n: int) -> int:
    """Return the first sample from ``n`` on at which `start` has to be asked."""
    rate = design[at.RATE]
    lasts = int(design[at.LEARN])
    due = count[at.START_AT] + int(SETTLING * rate)
    if due < n:
        due = count[at.START_AT] + lasts // 2 + int(0.5 * SETTLING * rate) - 1
    if due < n:
        due = count[at.START_AT] + lasts
    return int(max(due, n))


@kernel("void(float64[::1], float64[::1], int64[::1], int64)")
def start(design: F64, state: F64, count: I64, n: int) -> None:
    """Take the largest envelopes since it was asked last, up to ``n``, into what is learned.

    It must be asked at the end of the time in which the filters settle, and of each half.
    """
    rate = design[at.RATE]
    lasts = int(design[at.LEARN])
    k = n - count[at.START_AT]
    if k > int(SETTLING * rate):
        half = 0 if k < lasts // 2 + int(0.5 * SETTLING * rate) else 1
        state[at.START + half] = max(state[at.START + half], state[at.PEAK2])
        state[at.START + 2 + half] = max(state[at.START + 2 + half], state[at.PEAK1])
    state[at.PEAK1] = state[at.PEAK2] = 0.0
    if k >= lasts:
        begin(design, state, count, n)
