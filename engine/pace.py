"""The guided breath: a pure function of time that every process computes alike.

Stage and sound are given the few numbers of a `Pace` and work out the breath at the
very moment a photon or a sample leaves, so the guide is exact whatever the load.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How the person is invited to breathe.

    Attributes
    ----------
    start
        Session time at which a breath in began, s.
    rate
        Breaths a minute.
    ratio
        Share of a breath spent breathing in, 0..1 (0.4 is 40:60).
    guide
        How present the guide is, 0 (hidden) .. 1.
    """

    start: float = 0.0
    rate: float = 6.0
    ratio: float = 0.4
    guide: float = 0.0

    @property
    def period(self) -> float:
        """Seconds a breath takes."""
        return 60.0 / self.rate

    def cycles(self, t: float) -> float:
        """Return breaths since ``start`` at time ``t`` (with its fraction)."""
        return (t - self.start) * self.rate / 60.0

    def phase(self, t: float) -> float:
        """Return the place within the breath at ``t``: 0 begins the breath in, < 1."""
        cycles = self.cycles(t)
        return cycles - math.floor(cycles)

    def inhaling(self, t: float) -> bool:
        """Tell whether the guide breathes in at ``t``."""
        return self.phase(t) < self.ratio

    def breath(self, t: float) -> float:
        """Return how full the guided breath is at ``t``, 0..1, smooth at the turns."""
        phase = self.phase(t)
        if phase < self.ratio:
            return 0.5 - 0.5 * math.cos(math.pi * phase / self.ratio)
        return 0.5 + 0.5 * math.cos(math.pi * (phase - self.ratio) / (1.0 - self.ratio))

    def next_breath(self, t: float) -> float:
        """Return when the breath running at ``t`` ends and the next one begins, s."""
        return self.start + (math.floor(self.cycles(t)) + 1.0) * self.period
