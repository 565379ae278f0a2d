"""When the session ends by itself, for the person's sake."""

import math
from dataclasses import dataclass, field

from engine.session.board import Reading

TRUSTED = 0.5
"""Quality a heart rate needs before it can end a session."""
UNKNOWN_AGE = 40
"""Years assumed where no age is given; the limit is then 153 /min."""


@dataclass(frozen=True, slots=True)
class Officer:
    """The two facts about the person the stop rules need; both optional."""

    age: int | None = None
    athlete: bool = False


@dataclass(slots=True)
class StopRules:
    """Watches ratings and heart rate; each rule answers with its name, or nothing.

    The limits are our own engineering choices, not clinical norms: tension (SUDS) of 80 or
    30 above the start, sickness (FMS) of 10 or 5 above the start, a seated heart rate
    above 85 % of (220 - age) for 30 s, or below 40 for 15 s unless an athlete.
    """

    officer: Officer = field(default_factory=Officer)
    _before: dict[str, float] = field(default_factory=dict[str, float], init=False)
    _high_since: float | None = field(default=None, init=False)
    _low_since: float | None = field(default=None, init=False)

    def rating(self, scale: str, value: float) -> str | None:
        """Take a self-rating; the first of a scale is the start."""
        start = self._before.setdefault(scale, value)
        top, rise = {"SUDS": (80.0, 30.0), "FMS": (10.0, 5.0)}.get(scale, (math.inf, math.inf))
        if value >= top:
            return f"{scale} at or above {top:g}"
        if value - start >= rise:
            return f"{scale} rose by {rise:g} or more"
        return None

    def heart_rate(self, now: float, rate: Reading) -> str | None:
        """Take the heart rate as it stands; missing data never stops a session."""
        if not rate.valid or rate.quality < TRUSTED:
            self._high_since = self._low_since = None
            return None
        top = 0.85 * (220 - (self.officer.age or UNKNOWN_AGE))
        self._high_since = _since(self._high_since, now, holds=rate.value > top)
        self._low_since = _since(
            self._low_since, now, holds=rate.value < 40.0 and not self.officer.athlete
        )
        if self._high_since is not None and now - self._high_since >= 30.0:
            return f"heart rate above {top:.0f} /min for 30 s"
        if self._low_since is not None and now - self._low_since >= 15.0:
            return "heart rate below 40 /min for 15 s"
        return None


def _since(started: float | None, now: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now if started is None else started
