"""Learns how large the heartbeats of a person are before any is told."""

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.dsp.qrs_levels import update_levels
from engine.streams import F64

UNLIKE = 3.0
"""Maxima of two halves of the start of which one is so many times the other are unlike."""
PATIENCE = 4
"""So many more halves are awaited to find two alike."""


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
        count[at.START_AT] += start - (start // 2 + int(0.15 * design[at.RATE]))
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
    count[at.BEATS] = 0
    count[at.INTERVAL_COUNT] = 0
    count[at.LAST_AT] = n - int(rate)
    count[at.LAST_ANNOUNCED] = n - int(rate)
    count[at.RUNNING] = 1


@kernel("void(float64[::1], float64[::1], int64[::1], int64, float64, float64)")
def start(design: F64, state: F64, count: I64, n: int, e2: float, f1: float) -> None:
    """Take both envelopes at ``n``, while it is learned how large beats are."""
    rate = design[at.RATE]
    lasts = int(design[at.LEARN])
    k = n - count[at.START_AT]
    if k > int(0.3 * rate):
        half = 0 if k < lasts // 2 + int(0.15 * rate) else 1
        state[at.START + half] = max(state[at.START + half], e2)
        state[at.START + 2 + half] = max(state[at.START + 2 + half], f1)
    if k >= lasts:
        begin(design, state, count, n)
