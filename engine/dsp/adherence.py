"""How closely a person breathes with the guide."""

import cmath
import math
from dataclasses import dataclass, field
from functools import lru_cache

TURN = 2.0 * math.pi
BREATHS = 3.0
"""The memory, in breaths of the guide."""
EVIDENCE = 1.0 - math.exp(-2.0 / BREATHS)
"""What two breaths weigh: with less than that seen, nobody is said to follow fully."""


@lru_cache(maxsize=64)
def guide_offset(ratio: float) -> float:
    """Return by how much the middle of the guided breath lies off its phase, 0..1.

    The phase of a belt is that of a breath with equal halves; the guide breathes in for
    ``ratio`` of a breath. Someone who follows a 40:60 guide exactly would seem to run a
    twentieth of a breath ahead; this is that share, to be taken off.
    """
    steps = 240
    total = 0j
    for i in range(steps):
        phase = (i + 0.5) / steps
        if phase < ratio:
            full = 0.5 - 0.5 * math.cos(math.pi * phase / ratio)
        else:
            full = 0.5 + 0.5 * math.cos(math.pi * (phase - ratio) / (1.0 - ratio))
        total += full * cmath.exp(1j * TURN * phase)
    # The fundamental is fullest at this phase; a breath with equal halves at 0.5.
    return 0.5 - (cmath.phase(total) / TURN) % 1.0


@dataclass(slots=True)
class Adherence:
    """Phase locking between a person's breath and the guide, over about three breaths.

    ``plv`` is the length of the mean difference of phase: 1 when the person keeps one
    distance to the guide, near 0 when the two have nothing to do with each other. It
    takes two breaths before it can reach 1, and missing phases let it fade: not knowing
    never counts as following.

    Attributes
    ----------
    plv
        0..1; 0 until something was seen.
    lag
        How far the person's breath is behind the guide, in breaths, -0.5..0.5; NaN
        while ``plv`` is 0.
    """

    plv: float = 0.0
    lag: float = math.nan
    _mean: complex = field(default=0j, init=False)
    _weight: float = field(default=0.0, init=False)

    def push(
        self, dt: float, phase: float, pace_phase: float, rate: float, ratio: float = 0.5
    ) -> float:
        """Take in one moment and return ``plv``.

        Parameters
        ----------
        dt
            Seconds since the previous call.
        phase
            Of the person, 0..1 (`resp.phase`); NaN if it is not known.
        pace_phase
            Of the guide, 0..1 (`Pace.phase`).
        rate
            Of the guide, breaths a minute.
        ratio
            Of the guide; used for the lag only.
        """
        breaths = dt * rate / 60.0 / BREATHS
        if not (math.isfinite(breaths) and breaths > 0.0):
            return self.plv
        gain = 1.0 - math.exp(-breaths)
        here = 0j
        if math.isfinite(phase) and math.isfinite(pace_phase):
            here = cmath.exp(1j * TURN * (phase - pace_phase))
        self._mean += gain * (here - self._mean)
        self._weight += gain * (1.0 - self._weight)
        self.plv = min(1.0, abs(self._mean) / max(self._weight, EVIDENCE))
        if self.plv > 0.0:
            lag = guide_offset(ratio) - cmath.phase(self._mean) / TURN
            self.lag = lag - round(lag)
        return self.plv

    def reset(self) -> None:
        """Forget the past, as when a new guide begins."""
        self.plv, self.lag = 0.0, math.nan
        self._mean, self._weight = 0j, 0.0
