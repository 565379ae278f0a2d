"""How far the heart swings at the very rate of the guided breath, sample by sample.

A sliding Fourier sum at one frequency, that of the guide: each sample of the intervals is
multiplied by the guide's own phase, the sum runs over the newest three breaths. It follows
a guide that slowly changes its rate, where a spectrum would smear.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.dsp.hrv_retold import student
from engine.dsp.hrv_spectrum import HOLE, RATE
from engine.dsp.jit import kernel
from engine.pace import Pace
from engine.streams import F64

BREATHS = 3.0
"""Newest breaths of the guide that count."""
DAMPING = 0.999
"""Of the sum, each sample, so that rounding errors die away."""
RING = 256
"""Samples kept: three breaths at 4 a minute are 180."""
JUMP = 0.02
"""Breaths by which a guide may move without being another guide."""

(X, COS, SIN, COLUMNS) = range(4)
(HEAD, LENGTH, SHARE, WEIGHT, SUM_X, SUM_COS, SUM_SIN, SUM_XC, SUM_XS, SLOTS) = range(10)


@kernel("void(float64[::1], float64[:,::1], int64, float64)")
def weigh(state: F64, ring: F64, at: int, weight: float) -> None:
    """Add the sample ``at`` to the sums, ``weight`` times."""
    x = ring[at, X]
    c = ring[at, COS]
    s = ring[at, SIN]
    state[WEIGHT] += weight
    state[SUM_X] += weight * x
    state[SUM_COS] += weight * c
    state[SUM_SIN] += weight * s
    state[SUM_XC] += weight * x * c
    state[SUM_XS] += weight * x * s


@kernel("void(float64[::1], float64[:,::1], float64, float64, int64)")
def slide(state: F64, ring: F64, x: float, cycles: float, length: int) -> None:
    """Take the sample ``x`` at the guide's ``cycles``; the newest ``length`` count."""
    mask = ring.shape[0] - 1
    head = int(state[HEAD])
    at = head & mask
    ring[at, X] = x
    ring[at, COS] = math.cos(2.0 * math.pi * cycles)
    ring[at, SIN] = math.sin(2.0 * math.pi * cycles)
    state[HEAD] = head + 1.0
    if length == int(state[LENGTH]):
        for k in range(WEIGHT, SUM_XS + 1):
            state[k] *= DAMPING
        weigh(state, ring, at, 1.0)
        if head >= length:
            weigh(state, ring, (head - length) & mask, -state[SHARE])
        return
    # The guide breathes at another rate: add up the newest breaths afresh.
    state[LENGTH] = length
    state[SHARE] = DAMPING**length
    for k in range(WEIGHT, SUM_XS + 1):
        state[k] = 0.0
    weight = 1.0
    for j in range(min(head + 1, length)):
        weigh(state, ring, (head - j) & mask, weight)
        weight *= DAMPING


@kernel("float64(float64[:,::1], float64)")
def between(knots: F64, at: float) -> float:
    """Return the cubic between the second and third of four knots (t, y), at ``at``."""
    t0, t1, t2, t3 = knots[0, 0], knots[1, 0], knots[2, 0], knots[3, 0]
    y0, y1, y2, y3 = knots[0, 1], knots[1, 1], knots[2, 1], knots[3, 1]
    width = t2 - t1
    middle = (y2 - y1) / width
    # Slopes of the parabolas through three neighbours, exact for uneven spacing.
    before = (y1 - y0) / (t1 - t0)
    after = (y3 - y2) / (t3 - t2)
    m1 = (before * width + middle * (t1 - t0)) / (t2 - t0)
    m2 = (middle * (t3 - t2) + after * width) / (t3 - t1)
    u = (at - t1) / width
    rest = 1.0 - u
    y: float = (
        y1 * (1.0 + 2.0 * u) * rest * rest
        + y2 * u * u * (3.0 - 2.0 * u)
        + width * (m1 * u * rest * rest - m2 * u * u * rest)
    )
    return y


def continues(before: Pace, after: Pace) -> bool:
    """Tell whether ``after`` goes on where ``before`` was, at whatever rate."""
    jump = before.cycles(after.start)
    return abs(jump - round(jump)) <= JUMP


@dataclass(slots=True)
class PacedSwing:
    """The heart's swing with the guide: feed intervals and the guide as they come.

    One beat more late than the intervals themselves: a curve needs a point beyond.
    """

    _pace: Pace | None = None
    _state: F64 = field(default_factory=lambda: np.zeros(SLOTS), repr=False)
    _ring: F64 = field(default_factory=lambda: np.zeros((RING, COLUMNS)), repr=False)
    _knots: F64 = field(default_factory=lambda: np.zeros((4, 2)), repr=False)
    _filled: int = 0

    def guide(self, pace: Pace | None) -> None:
        """Follow this guide from now on; None, or one that is hidden, is no guide."""
        if pace is not None and pace.guide <= 0.0:
            pace = None
        before, self._pace = self._pace, pace
        if before is None or pace is None or not continues(before, pace):
            self._forget()

    def interval(self, t: float, nn_ms: float) -> None:
        """Take the normal interval that ended at ``t`` (s)."""
        if not (math.isfinite(t) and math.isfinite(nn_ms)):
            return
        knots = self._knots
        if self._filled and t - knots[3, 0] > HOLE:
            self._forget()
            self._filled = 0
        if self._filled and t <= knots[3, 0]:
            return
        knots[:3] = knots[1:]
        knots[3] = t, nn_ms
        self._filled = min(self._filled + 1, 4)
        pace = self._pace
        if self._filled < 4 or pace is None:
            return
        length = min(max(round(BREATHS * pace.period * RATE), 8), RING)
        first = math.floor(knots[1, 0] * RATE) + 1
        for k in range(first, math.floor(knots[2, 0] * RATE) + 1):
            at = k / RATE
            slide(self._state, self._ring, between(knots, at), pace.cycles(at), length)

    @property
    def newest(self) -> float:
        """When the newest interval ended, s; minus infinity if there was none."""
        return float(self._knots[3, 0]) if self._filled else -math.inf

    def now(self) -> tuple[float, float, float]:
        """Return what the newest three breaths show.

        Returns
        -------
        swing_ms
            From trough to peak of the wave at the guide's rate; NaN until three whole
            breaths were seen.
        shortest_at
            Where in the guided breath the interval is shortest, 0..1 (0 begins the breath
            in).
        chance_ms
            Standard error of the swing, from how far the three breaths differ.
        """
        s = self._state
        if self._pace is None or s[HEAD] < max(s[LENGTH], 1.0):
            return math.nan, math.nan, math.nan
        weight = float(s[WEIGHT])
        # The mean is taken off exactly; three whole breaths hide none of it.
        real = float(s[SUM_XC] - s[SUM_X] * s[SUM_COS] / weight)
        imaginary = float(s[SUM_XS] - s[SUM_X] * s[SUM_SIN] / weight)
        swing = 4.0 * math.hypot(real, imaginary) / weight
        at = (math.atan2(imaginary, real) / (2.0 * math.pi) + 0.5) % 1.0
        return swing, at, self._chance()

    def _chance(self) -> float:
        """Return the standard error of the swing, ms.

        Every breath has a wave of its own at the guide's rate, an arrow of a length and a
        direction; the swing is the length of their mean. What is not the guide's scatters these
        arrows alike in both directions, so three of them tell the variance of either with four
        degrees of freedom, and a third of it is that of the mean.
        """
        length = int(self._state[LENGTH])
        newest = (int(self._state[HEAD]) - 1 - np.arange(length)) & (RING - 1)
        arrows = np.array(
            [
                4.0 * np.mean((part[:, X] - part[:, X].mean()) * (part[:, COS] + 1j * part[:, SIN]))
                for part in np.array_split(self._ring[newest], round(BREATHS))
            ]
        )
        apart = float(np.sum(np.abs(arrows - arrows.mean()) ** 2))
        free = 2 * (arrows.size - 1)
        return math.sqrt(apart / free / arrows.size) * student(free + 1)

    def _forget(self) -> None:
        self._state[:] = 0.0
