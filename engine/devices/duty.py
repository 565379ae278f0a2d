"""What shakes or presses a person needs a pause now and then."""

from dataclasses import dataclass

from engine.streams import Output

LONGEST = 1200.0
"""Seconds a strength may be on without a pause."""
PAUSE = 300.0
"""Seconds of rest after which one that was on for too long may be on again."""


@dataclass(slots=True)
class Duty:
    """Counts how long one strength is on; a pause counts back, four times as fast.

    Attributes
    ----------
    spent
        Whether it has been on for `LONGEST` and has not had its `PAUSE` yet.
    """

    output: Output
    spent: bool = False
    on: float = 0.0
    """Seconds it has been on, less what its pauses count back."""

    def take(self, level: float, dt: float) -> None:
        """Take note that the output was at ``level`` for ``dt`` s."""
        if level != self.output.rest:
            self.on += dt
        else:
            self.on = max(self.on - dt * LONGEST / PAUSE, 0.0)
        if self.on >= LONGEST:
            self.spent = True
        elif self.on == 0.0:
            self.spent = False
