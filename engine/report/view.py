"""What a report is written from: one session as plain values, wherever they came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from engine.events import Event
from engine.show import Caption
from engine.streams import F64
from engine.units import Kind, Unit

Source: TypeAlias = Literal["person", "simulated", "replayed"]
"""Whose values a device's are: a person's, nobody's, or those of an older recording."""
Origin: TypeAlias = Literal["person", "simulated", "replayed", "mixed"]
"""Whose values those of a session are; ``mixed`` where its devices differ in that."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A signal over the session.

    Attributes
    ----------
    t : (n,) float64
        Session time, s.
    value : (n,) float64
        In the signal's unit; NaN where there was nothing to show.
    quality : (n,) float64
        0..1.
    corrected : (n,) float64
        Share of corrected beats, 0..1.
    stands
        How long a value stands for the signal, s; after that nothing is known.
    """

    t: F64
    value: F64
    quality: F64
    corrected: F64
    stands: float = 5.0

    @classmethod
    def of(cls, t: F64, x: F64) -> "Track":
        """Return the track of a derived stream ``x``, ``(n, axes)``."""
        n, axes = x.shape
        return cls(
            t,
            x[:, 0],
            np.nan_to_num(x[:, 1]) if axes > 1 else np.ones(n),
            np.nan_to_num(x[:, 2]) if axes > 2 else np.zeros(n),
        )

    @property
    def any(self) -> bool:
        """Whether there is a single value."""
        return bool(np.isfinite(self.value).any())


@dataclass(frozen=True, slots=True)
class Device:
    """A device that measured: what it is, and whose values it gave.

    Attributes
    ----------
    measures
        What its streams are.
    """

    name: str
    model: str
    source: Source
    measures: tuple[Kind, ...] = ()


class Gaps(NamedTuple):
    """How often a sensor that was there gave no value, and for how long altogether, s.

    ``times`` is 0 where only the sum is known; ``whole``: it never gave one.
    """

    kind: Kind
    times: int
    seconds: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the session as it was: ``start`` to ``end``, s."""

    id: str
    part: str
    title: Caption
    start: float
    end: float

    @property
    def lasted(self) -> float:
        """How long it was, s."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the officer was given, ten times a second: all arrays ``(n,)``."""

    t: F64
    rate: F64
    guide: F64
    levels: Mapping[str, F64]


@dataclass(frozen=True, slots=True, eq=False)
class SessionView:
    """One session.

    Attributes
    ----------
    session
        Its id; a pseudonym, never a name.
    started
        Wall time of the start, ISO 8601.
    duration
        s.
    tracks
        By the names of `engine.signals`.
    responses : (n,) float64
        Onsets of skin conductance responses, s.
    arousal_sd
        The uncertainty of ``arousal``, standard deviations, at the times of `Track.t`; None
        where it was not recorded.
    doubts
        How far values of other signals may be off, one standard deviation in the signal's own
        unit, by the signal's name; only those of which it was recorded.
    temperatures
        The skin's temperature as each sensor told it, by the stream's name (``band.skin``).
    gaps
        Where slow sensors gave no value, by the stream's name; only those that did so.
    measured
        Sensor groups that were connected.
    outputs
        What the room's devices could do, with its unit, by qualified name (``chair.recline``).
    places
        Where a chair said its parts were, by the same names.
    complete
        Whether the recording was closed properly.
    damage
        Stretches of the recording that are lost, s.
    """

    session: str
    started: str
    duration: float
    protocol: str
    title: Caption
    about: Caption
    language: str
    devices: Sequence[Device]
    demonstration: bool
    bands: Sequence[Band]
    events: Sequence[Event]
    tracks: Mapping[str, Track]
    shown: Shown
    responses: F64 = field(default_factory=lambda: np.empty(0))
    arousal_sd: Track | None = None
    doubts: Mapping[str, Track] = field(default_factory=dict[str, Track])
    temperatures: Mapping[str, Track] = field(default_factory=dict[str, Track])
    gaps: Mapping[str, Gaps] = field(default_factory=dict[str, Gaps])
    measured: Sequence[str] = ()
    controls: Mapping[str, Caption] = field(default_factory=dict[str, Caption])
    outputs: Mapping[str, Unit] = field(default_factory=dict[str, Unit])
    places: Mapping[str, Track] = field(default_factory=dict[str, Track])
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    seed: int = 0
    complete: bool = True
    damage: Sequence[tuple[float, float]] = ()

    @property
    def origin(self) -> Origin:
        """Whose values these are; without any sensor they would be a person's."""
        sources: set[Origin] = {device.source for device in self.devices}
        return "mixed" if len(sources) > 1 else sources.pop() if sources else "person"

    def of_kind(self, *kinds: str) -> list[Event]:
        """Return the events of these kinds, in order."""
        return [e for e in self.events if e.kind in kinds]

    def band_at(self, t: float) -> Band | None:
        """Return the part the session was in at ``t``."""
        for band in reversed(self.bands):
            if band.start <= t:
                return band
        return None

    def stretch(self, *parts: str) -> tuple[float, float] | None:
        """Return from when to when these parts lasted together, s; None if they were not."""
        found = [b for b in self.bands if b.part in parts and b.lasted > 0]
        return (found[0].start, found[-1].end) if found else None
