"""How far, and how fast, arousal came back after it rose."""

import math
from dataclasses import dataclass

RISE = 0.8
"""A rise counts from so many standard deviations, and from as many of its own doubt."""
ENOUGH = 0.9
CALM_MEMORY = 120.0
"""Time constant with which the level before a rise follows, s."""


@dataclass(slots=True)
class Recovery:
    """Follow the index through a rise and back; call `push` or `wait` once a second.

    Attributes
    ----------
    index
        Share of the latest rise that is undone, 0..1; NaN while there was none.
    half_s
        Seconds from the peak to half way back; NaN until that happened.
    """

    index: float = math.nan
    half_s: float = math.nan
    _before: float = 0.0
    _peak: float = 0.0
    _since_peak: float = 0.0
    _risen: bool = False

    def wait(self) -> None:
        """Let a second go by in which nothing is known: a lost signal makes no one quicker."""
        if self._risen:
            self._since_peak += 1.0

    def push(self, value: float, sd: float) -> None:
        """Take the index and its standard deviation at the next second."""
        if not self._risen:
            if value < self._before:
                self._before = value
            else:
                self._before += (value - self._before) / CALM_MEMORY
            if value - self._before <= max(RISE, RISE * sd):
                return
            self._risen, self._peak = True, value
            self._since_peak, self.half_s = 0.0, math.nan
        self._since_peak += 1.0
        if value >= self._peak:
            self._peak, self._since_peak, self.half_s = value, 0.0, math.nan
        undone = (self._peak - value) / (self._peak - self._before)
        self.index = min(1.0, max(0.0, undone))
        if self.index < 0.5:
            self.half_s = math.nan
        elif math.isnan(self.half_s):
            self.half_s = self._since_peak
        if self.index >= ENOUGH:
            self._risen, self._before = False, value
