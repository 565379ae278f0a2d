"""Levels that never jump: what is shown follows what is asked, gently."""

import math
from collections.abc import Mapping, Sequence

from engine.scene.api import Control

SETTLES = 1.6  # s: time constant
SLEW = 0.12  # 1/s: from one end to the other takes at least eight seconds


class Easing:
    """The levels of a scene's controls on their way to where they should be.

    Parameters
    ----------
    controls
        The scene's controls; one no protocol sets stays at its default.
    """

    def __init__(self, controls: Sequence[Control]) -> None:
        self._names = tuple((c.name, f"scene.{c.name}", c.default) for c in controls)
        self.levels = {c.name: c.default for c in controls}
        """By bare name, 0..1; the same dictionary always, changed in place."""

    def follow(self, asked: Mapping[str, float], dt: float) -> None:
        """Move on by ``dt`` seconds toward ``asked``; 0 is there at once."""
        share = 1.0 - math.exp(-dt / SETTLES)
        most = SLEW * dt
        for name, qualified, default in self._names:
            wanted = asked.get(qualified, default)
            if not math.isfinite(wanted):
                wanted = default
            wanted = min(max(wanted, 0.0), 1.0)
            if dt <= 0.0:
                self.levels[name] = wanted
            else:
                step = (wanted - self.levels[name]) * share
                self.levels[name] += min(max(step, -most), most)
