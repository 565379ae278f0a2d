"""The last word on what a chair is told: range, speed, and rest when in doubt."""

import math
from dataclasses import dataclass, field

from engine.errors import ConfigError
from engine.streams import Output


@dataclass(slots=True)
class Governor:
    """Keeps one output within range and slew, and makes it safe when in doubt.

    When in doubt (wishes stop coming, make no sense, or the session is at its end) a strength
    such as vibration or warmth returns to rest; a position stops where it is, for nobody should
    be moved while nothing watches, not even back.

    Parameters
    ----------
    output
        What the device can do.
    low, high
        Limits of the session, within the output's own; its rest must lie within them.
    patience
        Seconds a wish stays good.

    Attributes
    ----------
    level
        What the device is told, in ``output.unit``.
    halted
        Whether an emergency stop is latched; only `reset`, a person's doing, ends it.
    still
        Whether nothing may move a person now; what does not move them goes on.
    """

    output: Output
    low: float
    high: float
    patience: float = 2.0
    level: float = field(init=False)
    halted: bool = field(default=False, init=False)
    still: bool = field(default=False, init=False)
    _wish: float = field(init=False)
    _wished_at: float = field(default=-math.inf, init=False)

    def __post_init__(self) -> None:
        """Start at rest."""
        output = self.output
        if not output.low <= self.low <= output.rest <= self.high <= output.high:
            raise ConfigError(
                f"limits {self.low:g} to {self.high:g} must lie within {output.low:g} to "
                f"{output.high:g} and include the rest, {output.rest:g}",
                where=output.name,
                hint="change the limits; the engine must be able to bring it to rest",
            )
        self.level = self._wish = output.rest

    @property
    def resting(self) -> bool:
        """Whether the output is at rest; a position is, wherever it stands still."""
        return self.output.places or self.level == self.output.rest

    def stops(self, t: float) -> bool:
        """Whether what moves a person has to stop as of ``t``, s."""
        late = t - self._wished_at > self.patience
        return self.still or self.halted or late or not math.isfinite(self._wish)

    def wish(self, level: float, t: float) -> None:
        """Note where the session would like the output to be, as of ``t``, s."""
        self._wish, self._wished_at = level, t

    def begin_at(self, level: float) -> None:
        """Take ``level`` as where the device already is; NaN tells nothing."""
        if math.isfinite(level):
            self.level = min(max(level, self.low), self.high)

    def step(self, t: float, dt: float) -> float:
        """Move for ``dt`` s towards the wish and return the level to send.

        ``t`` infinite means the end.
        """
        if self.halted:
            return self.level
        if self.output.places and self.stops(t):
            return self.level
        if self.still and self.output.moves:  # a key that is held down is let go at once
            self.level = self.output.rest
            return self.level
        if t - self._wished_at > self.patience or not math.isfinite(self._wish):
            goal = self.output.rest
        else:
            goal = min(max(self._wish, self.low), self.high)
        reach = self.output.slew * max(dt, 0.0)
        if abs(goal - self.level) <= reach:
            self.level = goal
        else:
            self.level += math.copysign(reach, goal - self.level)
        return self.level

    def halt(self) -> None:
        """Latch an emergency stop.

        What has a position stops where it is; what gives heat, vibration or anything
        else measured by its strength goes to rest at once.
        """
        self.halted = True
        if not self.output.places:
            self.level = self.output.rest

    def reset(self) -> None:
        """Release the emergency stop; earlier wishes are forgotten."""
        self.halted = False
        self._wished_at = -math.inf
