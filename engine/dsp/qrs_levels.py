"""What the heartbeat detector remembers of recent beats: their size and their rhythm."""

from engine.dsp import qrs_layout as at
from engine.dsp.jit import kernel
from engine.dsp.qrs_layout import I64
from engine.streams import F64


@kernel("float64(float64[::1], int64)")
def median8(ring: F64, start: int) -> float:
    """Return the median of eight numbers: the mean of the fourth and fifth smallest."""
    a, b, c, d = ring[start], ring[start + 1], ring[start + 2], ring[start + 3]
    e, f, g, h = ring[start + 4], ring[start + 5], ring[start + 6], ring[start + 7]
    # Both halves are put in order, without a choice the processor would have to foresee.
    a, b, c, d = min(a, b), max(a, b), min(c, d), max(c, d)
    a, c, b, d = min(a, c), max(a, c), min(b, d), max(b, d)
    b, c = min(b, c), max(b, c)
    e, f, g, h = min(e, f), max(e, f), min(g, h), max(g, h)
    e, g, f, h = min(e, g), max(e, g), min(f, h), max(f, h)
    f, g = min(f, g), max(f, g)
    # Of each and its mirror image in the other half, the smaller ones are the four smallest.
    fourth = max(min(a, h), min(b, g), min(c, f), min(d, e))
    fifth = min(max(a, h), max(b, g), max(c, f), max(d, e))
    return float(0.5 * (fourth + fifth))


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
