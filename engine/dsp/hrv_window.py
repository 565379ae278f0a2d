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

# A beat in the ring.
(T, NN, STANDS_FOR, DIFFERENCE, QUALITY, CORRECTED, WEIGHT) = range(7)
COLUMNS = 7
# State: running sums, then the ring's ends.
(
    LENGTH,  # ms of heartbeat in the window
    BEATS,
    SUM, SQUARES,  # of intervals about the centre, each as often as it counts
    COUNTED,  # intervals in those
    DIFFERENCES, DIFFERENCE_SQUARES, LARGE, JOINED_LENGTH,
    QUALITIES, ENTRIES, CORRECTIONS,
    HEAD, TAIL, AGE,
) = range(15)  # fmt: skip
SUMS = 12


@kernel("void(float64[::1], float64[:,::1], int64, float64)")
def count_in(state: F64, ring: F64, slot: int, sign: float) -> None:
    """Add the beat in ``slot`` to the sums, or take it out (``sign`` -1)."""
    nn = ring[slot, NN]
    n = ring[slot, STANDS_FOR]
    state[LENGTH] += sign * nn * n
    state[BEATS] += sign * n
    n *= ring[slot, WEIGHT]
    d = nn - CENTRE_MS
    state[SUM] += sign * n * d
    state[SQUARES] += sign * n * d * d
    state[COUNTED] += sign * n
    d = ring[slot, DIFFERENCE]
    if not np.isnan(d):
        state[DIFFERENCES] += sign
        state[DIFFERENCE_SQUARES] += sign * d * d
        state[JOINED_LENGTH] += sign * nn
        if abs(d) > PNN_LIMIT_MS:
            state[LARGE] += sign
    state[QUALITIES] += sign * ring[slot, QUALITY]
    state[ENTRIES] += sign
    state[CORRECTIONS] += sign * ring[slot, CORRECTED]


@kernel("void(float64[::1], float64[:,::1], float64, float64)")
def drop_old(state: F64, ring: F64, span_ms: float, since: float) -> None:
    """Let go of beats the span does not need, and of those before ``since`` (s)."""
    mask = ring.shape[0] - 1
    while state[HEAD] < state[TAIL]:
        slot = int(state[HEAD]) & mask
        own = ring[slot, NN] * ring[slot, STANDS_FOR]
        if not (ring[slot, T] < since or state[LENGTH] - own >= span_ms):
            break
        count_in(state, ring, slot, -1.0)
        state[HEAD] += 1.0


@kernel("void(float64[::1], float64[:,::1], float64, float64, float64[::1])")
def take(state: F64, ring: F64, span_ms: float, age: float, beat: F64) -> None:
    """Take one beat into the window (columns as in the ring)."""
    mask = ring.shape[0] - 1
    slot = int(state[TAIL]) & mask
    if state[TAIL] - state[HEAD] > mask:
        # The ring is full: the oldest makes room.
        count_in(state, ring, slot, -1.0)
        state[HEAD] += 1.0
    for k in range(COLUMNS):
        ring[slot, k] = beat[k]
    state[TAIL] += 1.0
    count_in(state, ring, slot, 1.0)
    drop_old(state, ring, span_ms, beat[T] - age)
    state[AGE] += 1.0
    if state[AGE] >= REBUILT:
        # Thousands of additions and subtractions must not add up to an error.
        state[AGE] = 0.0
        for k in range(SUMS):
            state[k] = 0.0
        for j in range(int(state[HEAD]), int(state[TAIL])):
            count_in(state, ring, j & mask, 1.0)


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
        self._state = np.zeros(15)
        self._ring = np.zeros((CAPACITY, COLUMNS))
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
        """
        b = self._beat
        b[T], b[NN], b[STANDS_FOR], b[DIFFERENCE] = t, nn_ms, stands_for, difference_ms
        b[QUALITY], b[CORRECTED], b[WEIGHT] = quality, corrected, varies
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
        return float(self._ring[(tail - 1) & (CAPACITY - 1), T]) if head < tail else -math.inf

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
        s = self._state
        if s[DIFFERENCES] < 1:
            return math.nan
        return math.sqrt(max(0.0, float(s[DIFFERENCE_SQUARES] / s[DIFFERENCES])))

    @property
    def sdnn_ms(self) -> float:
        """Standard deviation of intervals (n - 1), ms; NaN for fewer than two."""
        s = self._state
        n = float(s[COUNTED])
        if n < 2:
            return math.nan
        return math.sqrt(max(0.0, float(s[SQUARES] - s[SUM] * s[SUM] / n) / (n - 1.0)))

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
