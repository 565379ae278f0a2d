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
SCALE_DOUBT = 1.36 * CORRELATED / LATE
"""Variance of the logarithm of the scale a late channel learns: a median absolute deviation of
normal data is as sure as a standard deviation of 0.37 times as many, each 1 / 2n."""
LIMIT = 4.0
"""Beyond this a score grows ever more slowly, to at most one more."""
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


@dataclass(slots=True)
class Channel:
    """One sign, its baseline and its present score."""

    sign: Sign
    z: float = 0.0
    """Score as of the last valid second, in standard deviations of the baseline."""
    ready: bool = False
    seen: bool = False
    weight: float = 0.0
    """Share in the index as of the last second with any channel."""
    absent: int = 0
    """Seconds since the last valid one."""
    unknown: float = 0.0
    """Variance that grows while the channel is absent."""
    joined: float = math.nan
    """The score it was given when it joined late; NaN with a rest of its own."""
    _placed: float = 0.0
    """Variance of where the baseline is, beyond that of a complete one."""
    _centre: float = 0.0
    _scale: float = 1.0
    _rest: list[float] = field(default_factory=list[float])

    @property
    def doubt(self) -> float:
        """Variance of the score, beyond that with a complete rest.

        A late channel does not know the person's scale either: the farther it moved since it
        joined, the more that matters.
        """
        moved = 0.0 if math.isnan(self.joined) else self.z - self.joined
        return self._placed + SCALE_DOUBT * moved * moved

    def forget(self) -> None:
        """Forget baseline and score."""
        self.z = self.weight = self.unknown = self._placed = self._centre = 0.0
        self.joined = math.nan
        self.ready = self.seen = False
        self.absent, self._scale = 0, 1.0
        self._rest.clear()

    def collect(self, value: float, quality: float) -> None:
        """Keep a second of rest."""
        if quality > USABLE and not math.isnan(value):
            self._rest.append(value)
            del self._rest[:-BASELINE_MOST]

    def settle(self, *, index: float = 0.0, doubt: float = 0.0) -> bool:
        """Make a baseline of what was collected, placed so that it reads ``index`` now.

        Median and 1.4826 times the median absolute deviation, not below the sign's floor.
        A short rest leaves the place of the baseline in doubt by as many variances as it is
        shorter than a full one; ``doubt`` is added.
        """
        n = len(self._rest)
        if n < BASELINE_LEAST:
            self._rest.clear()
            return False
        middle = median(self._rest)
        spread = 1.4826 * median(abs(v - middle) for v in self._rest)
        self._scale = max(spread, self.sign.floor)
        self._centre = middle - self.sign.direction * index * self._scale
        full = CORRELATED / BASELINE_FULL
        # 1.57 is the variance of a median against that of a mean, for normal data.
        self._placed = doubt + 1.57 * max(0.0, min(1.0, CORRELATED / n) - full)
        self.ready, self.seen = True, False
        self._rest.clear()
        return True

    def waiting(self, value: float, quality: float, index: float, variance: float) -> None:
        """Let a channel without a baseline join late, centred on the present ``index``."""
        self.collect(value, quality)
        if len(self._rest) >= LATE:
            self.settle(index=index, doubt=variance)
            self.joined = index

    def score(self, value: float, quality: float) -> float:
        """Return the score of a valid ``value``, softly limited, no faster than `SLEW`."""
        z = self.sign.direction * (value - self._centre) / self._scale
        if abs(z) > LIMIT:
            beyond = abs(z) - LIMIT
            z = math.copysign(LIMIT + beyond / (1.0 + beyond), z)
        if self.seen:
            most = SLEW * (self.absent + 1)
            z = min(self.z + most, max(self.z - most, z))
        else:
            self.z, self.seen = z, True
        if self.sign.drifts:
            self._centre += (value - self._centre) * quality / DRIFT
        return z
