"""The guided breath within a session: when it appears, when it leaves, and every change told."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.session.board import SignalBoard
from engine.session.pacer import Pacer

GUIDE_FADE = 8.0
"""s the breathing light takes to appear or to leave."""
OWN_RATE_QUALITY = 0.5
"""Quality the person's own rate needs before the guide begins at it."""

Say = Callable[..., None]
"""Takes the kind of an event and its facts."""


@dataclass(slots=True)
class Guidance:
    """Keeps the pacer in step with the session.

    Attributes
    ----------
    goal
        How present the guide shall be, 0..1.
    changed
        When the rate last changed, s: the scene keeps its distance from that.
    """

    board: SignalBoard
    say: Say
    pacer: Pacer = field(default_factory=Pacer)
    goal: float = 0.0
    changed: float = -math.inf
    plv: float = math.nan
    _begun: bool = False

    def apply(self, wanted: Mapping[str, float], now: float, *, from_own_rate: bool) -> None:
        """Put the ``breath.*`` settings of a phase into effect."""
        if "breath.rate" in wanted:
            ratio = wanted.get("breath.ratio", self.pacer.pace.ratio)
            if self._begun and self.goal > 0:
                self.pacer.aim(wanted["breath.rate"], ratio)
            else:
                self._begin(wanted["breath.rate"], ratio, now, from_own_rate=from_own_rate)
        self.goal = wanted.get("breath.guide", 1.0 if self._begun else 0.0)

    def fade(self, dt: float, *, hidden: bool) -> None:
        """Let the light come or go for ``dt`` seconds."""
        goal = 0.0 if hidden else self.goal
        guide, reach = self.pacer.pace.guide, dt / GUIDE_FADE
        self.pacer.show(guide + min(max(goal - guide, -reach), reach))

    def turn(self, now: float, *, free: bool, free_breath: bool) -> None:
        """Begin the next breath if the running one has ended.

        Parameters
        ----------
        free
            Whether the rate may change now (nothing else is changing).
        free_breath
            Whether the person breathes without the guide.
        """
        if not self._begun or not self.pacer.turn_due(now):
            return
        own = self.board.get("resp.rate", now)
        plv = math.nan if free_breath else self.plv
        change = self.pacer.turn(now, plv=plv, own=own.value, free=free and self.goal > 0)
        if change is None:
            return
        self.changed = now
        because = {
            "rule": change.rule, "signal": change.signal, "value": change.value,
            "quality": own.quality,
        }  # fmt: skip
        self.say("pacer_changed", old=change.old, new=change.new, because=because)

    def _begin(self, target: float, ratio: float, now: float, *, from_own_rate: bool) -> None:
        reading = self.board.get("resp.rate", now)
        known = reading.valid and reading.quality >= OWN_RATE_QUALITY
        own = reading.value if from_own_rate and known else None
        self.pacer.begin(now, target, ratio, own)
        self._begun, self.changed = True, now
        because = {
            "rule": "protocol" if own is None else "begin_at_own_rate", "signal": "resp.rate",
            "value": reading.value, "quality": reading.quality,
        }  # fmt: skip
        self.say("pacer_changed", old=None, new=self.pacer.pace.rate, because=because)
