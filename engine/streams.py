"""Descriptions of what flows, and the chunks that flow."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.units import Kind, Unit

F64: TypeAlias = NDArray[np.float64]

ASTRAY = 5.0
"""Degrees beyond its range at which a device may say that a position is: it measures a little off,
or was put there by hand. What is farther out is no place, whatever the device says."""
AS_DECLARED = (0.8, 1.33)
"""Distances of samples, in those declared, at which the rate is still the one declared."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What one source of samples measures.

    Parameters
    ----------
    name
        ``snake_case``, unique within its device; qualified ``<device>.<stream>``
        once it is in the room.
    kind
        The quantity, from the shared vocabulary.
    unit
        Unit of every sample.
    rate
        Nominal samples per second; None for irregular streams (beats, events).
    latency
        Seconds between the body doing something and the device reporting it.
    axes
        One label per column; a scalar stream has one.
    """

    name: str
    kind: Kind
    unit: Unit
    rate: float | None = None
    latency: float = 0.0
    axes: tuple[str, ...] = ("value",)


@dataclass(frozen=True, slots=True)
class Output:
    """One thing a device can do to the person's surroundings.

    ``rest`` is where the engine leaves it when in doubt, ``slew`` the fastest it may
    move; both in ``unit`` (per second for ``slew``). A position (in degrees) is the
    exception: when in doubt it stops where it is.

    ``position`` names the device's stream that tells where a position really is.
    ``motion`` marks what moves a person without being a position: a key held down.
    ``zh`` and ``en`` are what people call it; common names (``recline``, ``vibration``) are
    known (`engine.vocabulary`).
    """

    name: str
    unit: Unit
    low: float
    high: float
    slew: float
    rest: float
    motion: bool = False
    position: str = ""
    zh: str = ""
    en: str = ""

    @property
    def places(self) -> bool:
        """Whether its level is a place a person is moved to."""
        return self.unit is Unit.DEGREE

    @property
    def moves(self) -> bool:
        """Whether it moves a person; the rest is felt without being moved."""
        return self.motion or self.places

    def can_be_at(self, place: float) -> bool:
        """Whether a position may be at ``place``; NaN and wild values are no place."""
        return self.low - ASTRAY <= place <= self.high + ASTRAY


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Consecutive samples of one stream.

    Attributes
    ----------
    t : (n,) float64
        Seconds on the session clock, when the BODY produced the sample; increasing.
    x : (n, len(stream.axes)) float64
        Samples in ``stream.unit``; NaN marks a sample known to be missing.
    """

    stream: Stream
    t: F64
    x: F64
