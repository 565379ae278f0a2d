"""The pacer: leads the breath, changes only between breaths, and yields to the person."""

import math
from dataclasses import dataclass, field, replace

from engine.pace import Pace

SLOWEST, FASTEST = 4.0, 16.0
"""1/min. The floor is a safety rule; nobody is asked to breathe slower."""
STEP = 0.25
"""Largest change of rate from one breath to the next, 1/min."""
LEAD_DOWN = 0.10
"""Share of the rate by which it may fall within a minute when led from the own rate."""
FOLLOWING = 0.5
"""Phase locking below this counts as not following."""
PATIENCE = 3
"""Breaths without following after which the pacer comes to meet the person."""


@dataclass(frozen=True, slots=True)
class PaceChange:
    """One change of rate, with its reason."""

    old: float
    new: float
    rule: str
    signal: str
    value: float


@dataclass(slots=True)
class Pacer:
    """Keeps the guided breath.

    A breath that has begun is never altered: a new rate takes effect at the next
    turn, and by at most `STEP`. When the person does not follow for `PATIENCE` breaths
    the rate moves **toward the person**; it never tightens.
    """

    pace: Pace = field(default_factory=Pace)
    target: float = 6.0
    gentle: bool = False
    _missed: int = 0

    def begin(self, now: float, target: float, ratio: float, own: float | None) -> None:
        """Start to lead at ``now`` toward ``target`` 1/min.

        Parameters
        ----------
        own
            The person's own rate, 1/min, to begin at; None begins at ``target``.
        """
        self.target = min(max(target, SLOWEST), FASTEST)
        self.gentle = own is not None
        rate = self.target if own is None else min(max(own, self.target), FASTEST)
        self._missed = 0
        self.pace = Pace(now, rate, ratio, self.pace.guide)

    def aim(self, target: float, ratio: float) -> None:
        """Head for another rate and ratio from the next breath on."""
        self.target = min(max(target, SLOWEST), FASTEST)
        self.pace = replace(self.pace, ratio=ratio)

    def show(self, guide: float) -> None:
        """Set how present the guide is, 0..1."""
        if guide != self.pace.guide:
            self.pace = replace(self.pace, guide=guide)

    def turn_due(self, now: float) -> bool:
        """Tell whether the breath that was running has ended by ``now``."""
        return self.pace.cycles(now) >= 1.0

    def turn(self, now: float, *, plv: float, own: float, free: bool) -> PaceChange | None:
        """Begin the next breath; return the change of rate if there is one.

        Parameters
        ----------
        plv
            Phase locking with the person's breath, 0..1; NaN if unknown.
        own
            The person's breathing rate, 1/min; NaN if unknown.
        free
            Whether the rate may change now (the scene is not changing).
        """
        old = self.pace.rate
        start = self.pace.start + math.floor(self.pace.cycles(now)) * self.pace.period
        if not math.isnan(plv):
            self._missed = self._missed + 1 if plv < FOLLOWING else 0
        new, rule, signal, value = old, "", "", math.nan
        if free and self._missed >= PATIENCE and not math.isnan(own):
            new = old + min(max(own - old, -STEP), STEP)
            rule, signal, value = "toward_person", "pacing.plv", plv
            self._missed = 0
        elif free and self._missed == 0:
            reach = min(STEP, old * LEAD_DOWN * self.pace.period / 60.0) if self.gentle else STEP
            new = old + min(max(self.target - old, -reach), reach)
            rule, signal, value = "toward_target", "breath.rate", self.target
        new = min(max(new, SLOWEST), FASTEST)
        self.pace = replace(self.pace, start=start, rate=new)
        return PaceChange(old, new, rule, signal, value) if new != old else None
