"""What a frame costs the processor before the graphics card has its turn."""

from dataclasses import dataclass, field

import numpy as np

from engine.streams import F64

KEPT = 600


@dataclass(slots=True)
class Cost:
    """Seconds of Python spent on each of the last frames."""

    _ring: F64 = field(default_factory=lambda: np.zeros(KEPT))
    _count: int = 0

    def add(self, seconds: float) -> None:
        """Note the cost of a frame."""
        self._ring[self._count % KEPT] = seconds
        self._count += 1

    def forget(self) -> None:
        """Begin anew, after the frames that load things."""
        self._count = 0

    def ms(self, percent: float) -> float:
        """Return the cost in ms that ``percent`` of the frames kept below; NaN if none."""
        kept = self._ring[: min(self._count, KEPT)]
        return float(np.percentile(kept, percent)) * 1e3 if kept.size else float("nan")
