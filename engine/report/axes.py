"""Where things stand in the picture: round numbers on the axes, and the way from value to place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.streams import F64

LEFT, RIGHT, WIDTH = 224.0, 946.0, 960.0
"""Edges of the plots, and the width of the whole picture, in its own units."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Session time from 0 to ``duration`` s along the picture."""

    duration: float

    def x(self, t: float) -> float:
        """Return where ``t`` stands."""
        return LEFT + (RIGHT - LEFT) * min(max(t / self.duration, 0.0), 1.0)

    @property
    def ticks(self) -> list[float]:
        """Round times, at most about ten."""
        ladder = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
        step = next((s for s in ladder if self.duration / s <= 11), 3600)
        return [float(t) for t in range(0, math.floor(self.duration) + 1, step)]


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """Values from ``low`` to ``high`` up a plot."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int = 0


def fitted(
    lines: Sequence[F64], *, least: float, floor: float | None = None, marks: int = 4
) -> ValueAxis:
    """Return an axis that shows all of ``lines``.

    Parameters
    ----------
    least
        Smallest span, so that noise never fills the plot.
    floor
        The axis never goes below it.
    """
    values = np.concatenate([line[np.isfinite(line)] for line in lines] or [np.empty(0)])
    low, high = (0.0, least) if not values.size else (float(values.min()), float(values.max()))
    spare = max(least - (high - low), 0.12 * (high - low)) / 2.0
    low, high = low - spare, high + spare
    if floor is not None and low < floor:
        low, high = floor, max(high, floor + least)
    step = round_step((high - low) / marks)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return ValueAxis(low, high, tuple(i * step for i in range(first, last + 1)), decimals)


def round_step(rough: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least ``rough``."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next((power * m for m in (1.0, 2.0, 5.0) if power * m >= rough - 1e-12), 10.0 * power)
