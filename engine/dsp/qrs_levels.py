"""What the heartbeat detector remembers of recent beats: their size and their rhythm."""

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.streams import F64


@kernel("float64(float64[::1], int64)")
def median8(ring: F64, start: int) -> float:
    """Return the median of eight numbers: the mean of the fourth and fifth smallest."""
    fourth = 0.0
    fifth = 0.0
    for i in range(8):
        v = ring[start + i]
        less = 0
        equal = 0
        for j in range(8):
            w = ring[start + j]
            if w < v:
                less += 1
            elif w == v:
                equal += 1
        if less <= 3 and less + equal > 3:
            fourth = v
        if less <= 4 and less + equal > 4:
            fifth = v
    return 0.5 * (fourth + fifth)


@kernel("void(float64[::1])")
def update_levels(state: F64) -> None:
    """Refresh the levels from their rings; noise never counts for more than 0.6 signal."""
    signal = median8(state, at.LEVELS2)
    state[at.SIGNAL] = signal
    state[at.NOISE] = min(median8(state, at.LEVELS_NOISE), 0.6 * signal)
    state[at.SIGNAL1] = median8(state, at.LEVELS1)


@kernel("void(float64[::1], float64[::1], int64[::1], float64, int64, float64, float64, float64)")
def remember_beat(
    design: F64, state: F64, count: I64, r: float, peak_at: int, peak2: float, peak1: float,
    score: float,
) -> None:  # fmt: skip
    """Learn size and rhythm from the beat with its R peak at ``r``.

    Sizes are limited to what one beat may change; an interval is learned only between
    two beats that were both clear.
    """
    rate = design[at.RATE]
    slot = count[at.BEATS] & 7
    signal = state[at.SIGNAL]
    state[at.LEVELS2 + slot] = min(max(peak2, 0.4 * signal), 1.8 * signal)
    signal = state[at.SIGNAL1]
    state[at.LEVELS1 + slot] = min(max(peak1, 0.4 * signal), 1.8 * signal)
    count[at.BEATS] += 1
    interval = r - state[at.LAST_R]
    clear = score > 0.5 and state[at.LAST_SCORE] > 0.5
    if clear and interval > 0.3 * rate and interval < 2.0 * rate:
        state[at.INTERVALS + (count[at.INTERVAL_COUNT] & 7)] = interval
        count[at.INTERVAL_COUNT] += 1
        usual = median8(state, at.INTERVALS)
        spread = 0.0
        for k in range(8):
            spread += min(abs(state[at.INTERVALS + k] - usual), 0.4 * usual)
        state[at.USUAL] = usual
        state[at.REGULAR] = max(0.0, 1.0 - spread / (8.0 * 0.12 * usual))
    state[at.LAST_PEAK] = peak2
    state[at.LAST_SCORE] = score
    state[at.LAST_R] = r
    count[at.LAST_AT] = peak_at
    state[at.SPARE_SCORE] = at.NOTHING
    update_levels(state)


@kernel("float64(float64[::1], int64[::1], float64)")
def joined(state: F64, count: I64, r: float) -> float:
    """Return 1 if no beat can have gone unseen between the beat before and ``r``, else 0."""
    before = state[at.PREVIOUS_R]
    hidden = float(count[at.HIDDEN_TO]) > before and float(count[at.HIDDEN_FROM]) < r
    state[at.PREVIOUS_R] = r
    return 1.0 if before >= 0.0 and not hidden else 0.0
