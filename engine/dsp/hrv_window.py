"""Heart rate and its variability over the latest seconds, updated beat by beat."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

CENTRE_MS = 800.0
"""Sums are kept about this interval, so squares stay small and exact."""
REBUILT = 1000
"""After this many beats the running sums are added up afresh."""
CAPACITY = 2048
"""Beats a window can hold: 300 s at 400 a minute."""
PNN_LIMIT_MS = 50.0
LIFT = 1.4
"""One wrong beat may lift RMSSD by up to this many doubts; found on 10,000 drawn hearts, where
none then lies beyond the 1.96 that hold 95 %."""

# A beat in the ring, which holds a power of two of them one after the other: in a table,
# where each begins would be asked again for every call.
(
    T, NN, STANDS_FOR, DIFFERENCE, QUALITY, CORRECTED, WEIGHT,
    DOUBTED,  # a difference left out that may have been true, ms; else NaN
    RAW,  # the interval as it was measured, where that may have been true, ms; else ``NN``
) = range(9)  # fmt: skip
COLUMNS = 9
# State: running sums, then the ring's ends.
(
    LENGTH,  # ms of heartbeat in the window
    BEATS,
    SUM, SQUARES,  # of intervals about the centre, each as often as it counts
    COUNTED,  # intervals in those
    DIFFERENCES, DIFFERENCE_SQUARES, LARGE, JOINED_LENGTH,
    QUALITIES, ENTRIES, CORRECTIONS,
    FOURTHS,  # fourth powers of the differences
    DOUBTS, DOUBT_SQUARES, DOUBTS_LARGE,  # of differences left out that may be true
    RAW_SUM, RAW_SQUARES,  # as SUM and SQUARES, were what may be true not repaired
    HEAD, TAIL, AGE,
) = range(21)  # fmt: skip
STATE = 21
SUMS = 18


@kernel("void(float64[::1], float64[::1], int64, float64)")
def count_in(state: F64, ring: F64, beat: int, sign: float) -> None:
    """Add the beat that begins at ``ring[beat]`` to the sums, or take it out (``sign`` -1)."""
    nn = ring[beat + NN]
    n = ring[beat + STANDS_FOR]
    state[LENGTH] += sign * nn * n
    state[BEATS] += sign * n
    n *= ring[beat + WEIGHT]
    d = nn - CENTRE_MS
    state[SUM] += sign * n * d
    state[SQUARES] += sign * n * d * d
    state[COUNTED] += sign * n
    d = ring[beat + RAW] - CENTRE_MS
    state[RAW_SUM] += sign * n * d
    state[RAW_SQUARES] += sign * n * d * d
    d = ring[beat + DOUBTED]
    if not np.isnan(d):
        state[DOUBTS] += sign
        state[DOUBT_SQUARES] += sign * d * d
        if abs(d) > PNN_LIMIT_MS:
            state[DOUBTS_LARGE] += sign
    d = ring[beat + DIFFERENCE]
    if not np.isnan(d):
        state[DIFFERENCES] += sign
        state[DIFFERENCE_SQUARES] += sign * d * d
        state[FOURTHS] += sign * d * d * d * d
        state[JOINED_LENGTH] += sign * nn
        if abs(d) > PNN_LIMIT_MS:
            state[LARGE] += sign
    state[QUALITIES] += sign * ring[beat + QUALITY]
    state[ENTRIES] += sign
    state[CORRECTIONS] += sign * ring[beat + CORRECTED]


@kernel("int64(float64[::1], float64)")
def place_of(ring: F64, k: float) -> int:
    """Return where the ``k``-th beat of all begins in ``ring``."""
    return int((int(k) & (ring.shape[0] // COLUMNS - 1)) * COLUMNS)


@kernel("void(float64[::1], float64[::1], float64, float64)")
def drop_old(state: F64, ring: F64, span_ms: float, since: float) -> None:
    """Let go of beats the span does not need, and of those before ``since`` (s)."""
    while state[HEAD] < state[TAIL]:
        beat = place_of(ring, state[HEAD])
        own = ring[beat + NN] * ring[beat + STANDS_FOR]
        if not (ring[beat + T] < since or state[LENGTH] - own >= span_ms):
            break
        count_in(state, ring, beat, -1.0)
        state[HEAD] += 1.0


@kernel("void(float64[::1], float64[::1], float64, float64, float64[::1])")
def take(state: F64, ring: F64, span_ms: float, age: float, beat: F64) -> None:
    """Take one beat into the window (columns as in the ring)."""
    into = place_of(ring, state[TAIL])
    if state[TAIL] - state[HEAD] >= ring.shape[0] // COLUMNS:
        # The ring is full: the oldest makes room.
        count_in(state, ring, into, -1.0)
        state[HEAD] += 1.0
    for k in range(COLUMNS):
        ring[into + k] = beat[k]
    state[TAIL] += 1.0
    count_in(state, ring, into, 1.0)
    drop_old(state, ring, span_ms, beat[T] - age)
    state[AGE] += 1.0
    if state[AGE] >= REBUILT:
        # Thousands of additions and subtractions must not add up to an error.
        state[AGE] = 0.0
        for k in range(SUMS):
            state[k] = 0.0
        for j in range(int(state[HEAD]), int(state[TAIL])):
            count_in(state, ring, place_of(ring, j), 1.0)


@kernel("float64(float64, float64, float64)")
def deviation(total: float, squares: float, n: float) -> float:
    """Return the standard deviation (n - 1) from sums; NaN for fewer than two."""
    if n < 2.0:
        return np.nan
    return float(np.sqrt(max(0.0, (squares - total * total / n) / (n - 1.0))))


@kernel("float64(float64[::1])")
def rmssd(state: F64) -> float:
    """Return the root mean square of successive differences, ms; NaN if there are none."""
    if state[DIFFERENCES] < 1.0:
        return np.nan
    return float(np.sqrt(max(0.0, state[DIFFERENCE_SQUARES] / state[DIFFERENCES])))


@kernel("float64(float64, float64)")
def largest_share(fourths: float, n: float) -> float:
    """Return which share of the squares one beat alone may have brought in, 0..1.

    A misplaced beat makes three differences of about 1, -2 and 1, an unseen early one two of
    the same size: either way their fourth powers are half the square of their squares. The others
    are taken for normally distributed (three times the square of their mean).

    Parameters
    ----------
    fourths
        Sum of the fourth powers of ``n`` differences over the square of their sum of squares.
    """
    others = 3.0 / n
    root = others * others - (0.5 + others) * (others - fourths)
    if root <= 0.0:
        return 0.0
    return float(min(1.0, (others + np.sqrt(root)) / (0.5 + others)))


@kernel("float64(float64[::1])")
def rmssd_doubt(state: F64) -> float:
    """Return how far RMSSD may be off, as a share of it.

    Two parts: how much it would be larger if every difference that was left out for its
    size and may be true counted as well; and either the standard error of the root of a mean of
    the squares there are (from their own spread), or how much one wrong beat would have lifted
    it, whichever is larger: a standard error alone stays small where one beat makes up most.
    """
    n = state[DIFFERENCES]
    squares = state[DIFFERENCE_SQUARES]
    if n < 2.0 or squares * squares <= 0.0:  # also where the square is too small for a number
        return 0.0
    all_squares = squares + max(0.0, state[DOUBT_SQUARES])
    more = np.sqrt(all_squares / (n + state[DOUBTS]) / (squares / n)) - 1.0
    fourths = state[FOURTHS] / (squares * squares)
    error = 0.5 * np.sqrt(max(0.0, fourths - 1.0 / n))
    left = max(1.0 - largest_share(fourths, n), 1e-4)
    lifted = (1.0 / np.sqrt(left) - 1.0) / LIFT
    return float(np.hypot(max(0.0, more), max(error, lifted)))


@kernel("float64(float64[::1])")
def sdnn_doubt(state: F64) -> float:
    """Return how far SDNN may be off, as a share of it.

    Two parts: how much it would differ if what may be true were not repaired, and the share
    of repaired intervals, whose spread is unknown.
    """
    is_ = deviation(state[SUM], state[SQUARES], state[COUNTED])
    may = deviation(state[RAW_SUM], state[RAW_SQUARES], state[COUNTED])
    if not is_ > 0.0:
        return 0.0
    repaired = state[CORRECTIONS] / state[ENTRIES]
    return float(np.sqrt((may / is_ - 1.0) ** 2 + repaired * repaired))


@kernel("float64(float64[::1])")
def pnn50_doubt(state: F64) -> float:
    """Return by how much pNN50 would be larger if what may be true counted, 0..1."""
    n = state[DIFFERENCES]
    if n < 1.0:
        return 0.0
    may = (state[LARGE] + state[DOUBTS_LARGE]) / (n + state[DOUBTS])
    return float(abs(may - state[LARGE] / n))


class BeatWindow:
    """The latest heartbeats, enough of them to fill ``span`` seconds.

    Parameters
    ----------
    span
        Seconds of heartbeat kept: the newest beats that together last at least as long.
    age
        Beats older than this many seconds are dropped even if that leaves a gap.
    """

    def __init__(self, span: float, age: float) -> None:
        self.span = span
        self.age = age
        self._state = np.zeros(STATE)
        self._ring = np.zeros(CAPACITY * COLUMNS)
        self._beat = np.zeros(COLUMNS)

    def push(
        self,
        t: float,
        nn_ms: float,
        *,
        stands_for: int = 1,
        difference_ms: float = math.nan,
        quality: float = 1.0,
        corrected: bool = False,
        varies: bool = True,
        doubted_ms: float = math.nan,
        raw_ms: float = math.nan,
    ) -> None:
        """Take the interval that ended at ``t``.

        Parameters
        ----------
        t
            Time of its second beat, s.
        nn_ms, stands_for
            Repaired interval, and how many beats of that length it stands for.
        difference_ms
            Difference to the interval before; NaN unless it is a true one.
        quality
            Of its second beat, 0..1.
        corrected
            Whether it was flagged.
        varies
            Whether it counts for the standard deviation.
        doubted_ms
            Difference to the interval before that is left out though it may be true; else NaN.
        raw_ms
            The interval as it was measured if that may be true though it was repaired; else NaN.
        """
        b = self._beat
        b[T], b[NN], b[STANDS_FOR], b[DIFFERENCE] = t, nn_ms, stands_for, difference_ms
        b[QUALITY], b[CORRECTED], b[WEIGHT] = quality, corrected, varies
        b[DOUBTED], b[RAW] = doubted_ms, raw_ms if raw_ms > 0.0 else nn_ms
        take(self._state, self._ring, 1000.0 * self.span, self.age, b)

    def advance(self, t: float) -> None:
        """Let beats that have become too old by ``t`` (s) go."""
        drop_old(self._state, self._ring, 1000.0 * self.span, t - self.age)

    def clear(self) -> None:
        """Let all beats go."""
        self._state[:] = 0.0

    @property
    def newest(self) -> float:
        """Time of the latest beat taken, s; minus infinity if empty."""
        head, tail = int(self._state[HEAD]), int(self._state[TAIL])
        return float(self._ring[place_of(self._ring, tail - 1) + T]) if head < tail else -math.inf

    @property
    def length(self) -> float:
        """Seconds of heartbeat in the window."""
        return float(self._state[LENGTH]) / 1000.0

    @property
    def joined_length(self) -> float:
        """Seconds of heartbeat in it that true differences rest on."""
        return float(self._state[JOINED_LENGTH]) / 1000.0

    @property
    def rate(self) -> float:
        """Mean heart rate, 1/min; NaN if empty."""
        s = self._state
        return 60000.0 * float(s[BEATS]) / float(s[LENGTH]) if s[LENGTH] > 0 else math.nan

    @property
    def rmssd_ms(self) -> float:
        """Root mean square of successive differences, ms; NaN if there are none."""
        return float(rmssd(self._state))

    @property
    def sdnn_ms(self) -> float:
        """Standard deviation of intervals (n - 1), ms; NaN for fewer than two."""
        s = self._state
        return float(deviation(s[SUM], s[SQUARES], s[COUNTED]))

    @property
    def pnn50(self) -> float:
        """Share of successive differences above 50 ms, %; NaN if there are none."""
        s = self._state
        return 100.0 * float(s[LARGE] / s[DIFFERENCES]) if s[DIFFERENCES] >= 1 else math.nan

    @property
    def quality(self) -> float:
        """Mean quality of its beats, 0..1; 0 if empty."""
        s = self._state
        return float(s[QUALITIES] / s[ENTRIES]) if s[ENTRIES] > 0 else 0.0

    @property
    def corrected(self) -> float:
        """Share of its intervals that were flagged, 0..1; 0 if empty."""
        s = self._state
        return float(s[CORRECTIONS] / s[ENTRIES]) if s[ENTRIES] > 0 else 0.0
