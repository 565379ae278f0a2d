"""One bodily sign of arousal, measured against the same person at rest."""

import math
from dataclasses import dataclass, field
from statistics import median

BASELINE_LEAST = 15
"""With fewer valid seconds of rest than this a channel has no baseline."""
BASELINE_FULL = 180
"""Valid seconds of rest from which on a baseline counts as complete."""
BASELINE_MOST = 600
LATE = 60
"""Valid seconds a channel needs that was not there during the baseline."""
CORRELATED = 20.0
"""Seconds after which two samples of a slow bodily sign tell two things, s."""
SCALE_DOUBT = 1.36
"""Variance of the logarithm of a scale, times the number of independent samples it is made of: a
median absolute deviation of normal data is as sure as a standard deviation of 0.37 times as
many, each 1 / 2n."""
PLACE_DOUBT = 1.57
"""Variance of a median of one such sample: that of a median against a mean, for normal data."""
LIMIT = 2.0
"""Beyond this a score grows ever more slowly, to at most one more: the scale of three minutes is
known to two fifths, so what lies beyond two of it says little more than that it is much."""
FARTHEST = LIMIT + 1.0
"""So far from rest a score can be."""
UNHEARD = 2.0
"""Standard deviation that stands for a channel this person never had, or that is set aside: without
it the index is another. One that is lost may go farther (`FARTHEST`): the index goes on as if
all were there, and must not have been moved by the loss."""
SLEW = 0.07
"""Fastest change of a score a second: the body's slow signs do not jump."""
USABLE = 0.05


@dataclass(frozen=True, slots=True)
class Sign:
    """What a channel is.

    Attributes
    ----------
    name
        Short, for tables.
    direction
        1 if more of it means more arousal, -1 if less does.
    floor
        Smallest standard deviation believed in a baseline.
    least
        Added before the logarithm is taken; None takes no logarithm.
    drifts
        Whether the electrode drifts, so that the baseline must slowly follow.
    """

    name: str
    direction: float
    floor: float
    least: float | None = None
    drifts: bool = False

    def scaled(self, value: float) -> float:
        """Return ``value`` on the scale it is compared on; NaN where it has no place there."""
        if self.least is None:
            return value if math.isfinite(value) else math.nan
        value += self.least
        return math.log(value) if 0.0 < value < math.inf else math.nan


SIGNS = (
    Sign("hr", 1.0, 3.0),  # 1/min
    Sign("rmssd", -1.0, 0.25, least=0.0),  # ms
    Sign("scl", 1.0, 0.10, least=0.0, drifts=True),  # uS
    Sign("scr", 1.0, 0.4, least=0.01),  # phasic share of the level
    Sign("resp", 1.0, 1.5),  # 1/min
)
"""The channels, in the order of every row."""

DRIFT = 300.0
"""Time constant with which a drifting baseline follows, s."""
FOLLOWS = 0.5
"""What a channel not heard is taken to do of what the others do. Channels of drawn people move
together, those of recorded wrists hardly: in between it is nowhere far off."""
FADES = 300.0
"""Time constant with which such a channel is then taken to be where the others are, s."""
RETURNS = 0.9965
"""What is left each second of the deviation a channel may have gone astray, once it is back."""


@dataclass(slots=True)
class Channel:
    """One sign, its baseline and its present score."""

    sign: Sign
    z: float = 0.0
    """Score, in standard deviations of the baseline: the latest heard, and while none is, where
    it is taken to be."""
    ready: bool = False
    seen: bool = False
    absent: int = 0
    """Seconds since the last valid one."""
    aside: bool = False
    """Whether it does not count for now because a guide sets it, not because it is lost."""
    astray: float = 0.0
    """How far from ``z`` it may have gone unheard, and is not followed yet: no score goes faster
    than `SLEW`, nor farther than `FARTHEST`."""
    joined: float = 0.0
    """The score it was given with its baseline: 0, or where the index was when it joined late."""
    _placed: float = 0.0
    """Variance of where the baseline is, beyond that of a complete one."""
    _measured: float = 0.0
    """Variance of the logarithm of the scale, where it was not told by rest."""
    _centre: float = 0.0
    _scale: float = 1.0
    _value: float = math.nan
    _rest: list[float] = field(default_factory=list[float])

    @property
    def doubt(self) -> float:
        """Standard deviation of the score, beyond that with a complete rest.

        Of where rest is, and of the scale of a late channel, which matters the more the farther
        it has moved since. Both were told by the same minute, so they are wrong together. The
        longer it is not heard, the less of its own score is still in the index.
        """
        moved = abs(self.z - self.joined)
        own = math.exp(-self.absent / FADES)
        return own * (math.sqrt(self._placed) + math.sqrt(self._measured) * moved)

    def forget(self) -> None:
        """Forget baseline and score."""
        self.z = self.astray = self.joined = self._placed = self._measured = self._centre = 0.0
        self.ready = self.seen = self.aside = False
        self.absent, self._scale, self._value = 0, 1.0, math.nan
        self._rest.clear()

    def collect(self, value: float, quality: float) -> None:
        """Keep a second of rest."""
        if quality > USABLE and not math.isnan(value):
            self._rest.append(value)
            del self._rest[:-BASELINE_MOST]

    def settle(self) -> bool:
        """Make a baseline of what was collected at rest, if it is enough."""
        return self._settle()

    def _settle(self, index: float = 0.0, doubt: float = 0.0, *, late: bool = False) -> bool:
        """Make a baseline that reads ``index`` now, its place in doubt by the variance ``doubt``.

        Median and 1.4826 times the median absolute deviation, not below the sign's floor. A
        short rest leaves the place in doubt by as many variances as it is shorter than a full
        one. What came ``late`` is no rest: nothing of one is in it, and its scale may be
        another.
        """
        n = len(self._rest)
        if n < BASELINE_LEAST:
            self._rest.clear()
            return False
        middle = median(self._rest)
        spread = 1.4826 * median(abs(v - middle) for v in self._rest)
        self._scale = max(spread, self.sign.floor)
        self._centre = middle - self.sign.direction * index * self._scale
        once = min(1.0, CORRELATED / n)
        missing = once if late else max(0.0, once - CORRELATED / BASELINE_FULL)
        self._placed = doubt + PLACE_DOUBT * missing
        self._measured = SCALE_DOUBT * once if late else 0.0
        self.ready, self.seen, self.joined, self.astray = True, False, index, 0.0
        self._rest.clear()
        return True

    def waiting(self, value: float, quality: float, index: float, variance: float) -> None:
        """Let a channel without a baseline join late, centred on the present ``index``."""
        self.collect(value, quality)
        if len(self._rest) >= LATE:
            self._settle(index, variance, late=True)

    def hear(self, value: float, quality: float) -> float:
        """Take a valid ``value``; return by how much the score changes.

        Softly limited, no faster than `SLEW` for every second since the last, and of that as
        much as the quality says.
        """
        z = self.sign.direction * (value - self._centre) / self._scale
        if abs(z) > LIMIT:
            beyond = abs(z) - LIMIT
            z = math.copysign(LIMIT + beyond / (1.0 + beyond), z)
        most = SLEW * (self.absent + 1)
        change = min(most, max(-most, z - self.z)) * min(1.0, quality) if self.seen else z
        self.z = self.z + change if self.seen else z
        if self.sign.drifts:
            self._centre += (value - self._centre) * quality / DRIFT
        self._value, self.seen, self.absent = value, True, 0
        self.astray *= RETURNS
        return change

    def miss(self) -> None:
        """Let a second go by unheard: what drifts is taken to stay where it was."""
        self.absent += 1
        most = UNHEARD if self.aside else FARTHEST
        self.astray = max(self.astray, min(most, self.astray + SLEW))
        if self.sign.drifts and self.seen:
            self._centre += (self._value - self._centre) / DRIFT
            self.z -= self.z / DRIFT

    def guess(self, others: float, change: float) -> None:
        """Move an unheard score as the ``others`` tell: their mean, and its ``change``."""
        self.z += FOLLOWS * change + (others - self.z) / FADES
