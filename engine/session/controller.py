"""The loop that lets the scene follow the person: slow, bounded, and able to explain itself.

A proportional-integral rule without derivative on a smoothed signal. It decides at
most once in `DWELL` seconds, only when the signal moved by more than its dead band since
the last decision, and every decision names the signal, its value and its quality.
"""

import math
from dataclasses import dataclass, field

from engine.events import Facts
from engine.session.board import Reading
from engine.session.format import Binding

ENTER, LEAVE, DEAD = 0.5, 0.2, 0.25
"""In baseline SD (for other units: quarters of the binding's range, 0.5 -> 1/4): the move
that begins a change, the move that continues it, and the band in which nothing adds up."""
DWELL = 20.0
"""s between two decisions about one control."""
INTEGRAL = 1.0 / 400.0
"""Share of the range added each second and SD of standing deviation (our choice)."""
INTEGRAL_LIMIT = 0.25
USABLE = 0.3
"""Quality below which a reading counts as lost."""
HOLD, RELAX = 5.0, 30.0
"""s a level is held after a loss, and s it then takes to relax to rest."""
TOO_MANY_CORRECTED = 0.20
"""Share of corrected beats above which heart signals steer nothing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A new target for the binding's control, in the control's own unit."""

    target: float
    because: Facts
    within: float | None = None


@dataclass(slots=True)
class BindingLoop:
    """One binding at work, stepped once a second."""

    binding: Binding
    rest: float
    """Where the control relaxes to when the signal is lost."""
    _smooth: float = field(default=math.nan, init=False)
    _anchor: float = field(default=math.nan, init=False)
    _decided: float = field(default=-math.inf, init=False)
    _direction: int = field(default=0, init=False)
    _integral: float = field(default=0.0, init=False)
    _lost_since: float | None = field(default=None, init=False)
    _relaxed: bool = field(default=False, init=False)

    def usable(self, reading: Reading) -> bool:
        """Tell whether the reading may steer at all."""
        heart = self.binding.signal.startswith("heart.")
        return (
            reading.valid
            and reading.quality >= USABLE
            and not (heart and reading.corrected > TOO_MANY_CORRECTED)
        )

    @property
    def lost(self) -> bool:
        """Whether the signal is lost for long enough to have been given up."""
        return self._relaxed

    def step(
        self, now: float, reading: Reading, *, free: bool, slow: bool = False
    ) -> Decision | None:
        """Take the signal as it stands at ``now``; return a decision if one is due.

        Parameters
        ----------
        free
            Whether the control may change now (the pacer is not changing).
        slow
            Whether to follow half as fast: one of the person's sensors is missing.
        """
        pace = 0.5 if slow else 1.0
        if not self.usable(reading):
            return self._without(now, reading)
        self._lost_since = None
        if self._relaxed:
            self._relaxed = False
            self._smooth = self._anchor = math.nan
            self._decided = now
        gain = 1.0 - math.exp(-pace / self.binding.smooth)
        fresh = math.isnan(self._smooth)
        self._smooth = (
            reading.value if fresh else self._smooth + gain * (reading.value - self._smooth)
        )
        low, high = self.binding.over
        place = self._integrate(low, high)
        moved = self._moved(high - low)
        direction = 1 if moved > 0 else -1
        needed = LEAVE if direction == self._direction else ENTER
        first = math.isnan(self._anchor)
        rested = now - self._decided >= DWELL / pace
        if not first and (abs(moved) < needed or not rested):
            if abs(moved) < LEAVE and rested:
                self._direction = 0
            return None
        if not free:
            return None
        self._decided, self._anchor = now, self._smooth
        self._direction = 0 if first else direction
        a, b = self.binding.to
        return Decision(a + (b - a) * place, self._because("follow", reading))

    def _integrate(self, low: float, high: float) -> float:
        """Return where in the range the signal stands, 0..1, with its standing error."""
        span = high - low
        place = (self._smooth - low) / span
        error = self._in_sd(self._smooth - 0.5 * (low + high), span)
        if abs(error) > DEAD:
            wanted = place + self._integral
            winding_up = (wanted >= 1.0 and error > 0) or (wanted <= 0.0 and error < 0)
            if not winding_up:
                step = INTEGRAL * error
                self._integral = min(max(self._integral + step, -INTEGRAL_LIMIT), INTEGRAL_LIMIT)
        return min(max(place + self._integral, 0.0), 1.0)

    def _moved(self, span: float) -> float:
        if math.isnan(self._anchor):
            return math.inf
        return self._in_sd(self._smooth - self._anchor, span)

    @staticmethod
    def _in_sd(difference: float, span: float) -> float:
        """Scale a difference so that the usual range of 2 SD counts as 2."""
        return difference * 2.0 / span

    def _without(self, now: float, reading: Reading) -> Decision | None:
        """Hold for a while, then let go: missing data is never read as tension or calm."""
        if self._lost_since is None:
            self._lost_since = now
        if self._relaxed or self.binding.lost == "hold" or now - self._lost_since < HOLD:
            return None
        self._relaxed = True
        self._integral, self._direction = 0.0, 0
        return Decision(self.rest, self._because("signal_lost", reading), within=RELAX)

    def _because(self, rule: str, reading: Reading) -> Facts:
        return {
            "rule": rule,
            "signal": self.binding.signal,
            "value": reading.value,
            "smoothed": self._smooth,
            "baseline": list(self.binding.over),
            "quality": reading.quality,
        }
