"""How long a transducer may work: it warms up, and it has to rest."""

import math
from dataclasses import dataclass

WARMS_IN = 120.0
"""Time constant of a coil in its housing, s; full strength is its heat 1."""
NEAR = 0.8
"""Share of the allowed heat from which the strength is taken back."""
REST = 60.0
"""Seconds of silence that make up for a run."""


@dataclass(slots=True)
class Endurance:
    """Keeps the mean power of one transducer, and the length of its runs, in bounds.

    Parameters
    ----------
    duty
        Share of full power it stands for ever, 0..1.
    longest
        Seconds it may run without a rest.
    """

    duty: float
    longest: float
    heat: float = 0.0
    _ran: float = 0.0
    _rested: float = 0.0

    @property
    def tired(self) -> bool:
        """Whether it has to rest before it works again."""
        return self._ran >= self.longest

    @property
    def most(self) -> float:
        """The strength it may have now, 0..1; never so much that it gets warmer than allowed."""
        if self.tired:
            return 0.0
        near = NEAR * self.duty
        share = min(max((self.heat - near) / (self.duty - near), 0.0), 1.0)
        return 1.0 + (math.sqrt(self.duty) - 1.0) * share

    def work(self, power: float, dt: float) -> None:
        """Take note of ``dt`` s at mean ``power``, full strength being 1."""
        self.heat += (power - self.heat) * (1.0 - math.exp(-dt / WARMS_IN))
        if power > 1e-4:
            self._ran, self._rested = self._ran + dt, 0.0
            return
        self._rested += dt
        if self._rested >= REST:
            self._ran = 0.0
