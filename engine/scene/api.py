"""The contract between the engine and a scene."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from engine.pace import Pace
from engine.scene.stage import Stage


@dataclass(frozen=True, slots=True)
class Control:
    """One thing about a scene that a protocol may set or bind, as ``scene.<name>``.

    Controls run 0..1 and mean the same everywhere: 0 is the quiet end.
    """

    name: str
    zh: str
    en: str
    default: float = 0.0


@dataclass(frozen=True, slots=True)
class SoundBed:
    """A voice that sounds while the scene is shown.

    Attributes
    ----------
    voice
        Id of a registered voice.
    gain_db
        Level against the voice's own nominal loudness.
    drive
        Which control moves which parameter of the voice:
        ``{"size": ("swell", 0.1, 0.9)}`` sets the voice's ``size`` to 0.1 when the
        scene's ``swell`` is 0 and to 0.9 when it is 1.
    """

    voice: str
    gain_db: float = 0.0
    drive: Mapping[str, tuple[str, float, float]] = field(
        default_factory=dict[str, tuple[str, float, float]]
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment, the same for everything drawn in it.

    Attributes
    ----------
    t, dt
        When the photons will leave, and seconds since the last frame (session time).
    levels
        Every declared control by its bare name, smoothed, within 0..1.
    breath
        0..1..0 with the guided breath.
    guide
        How present the breathing light should be, 0..1.
    pace
        The breath's numbers, for whoever needs its phase.
    """

    t: float
    dt: float
    levels: Mapping[str, float]
    breath: float
    guide: float
    pace: Pace


class Scene(ABC):
    """A place. Knows nothing of sensors, people or time outside its `Frame`."""

    id: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    controls: ClassVar[tuple[Control, ...]] = ()
    sounds: ClassVar[tuple[SoundBed, ...]] = ()

    @abstractmethod
    def enter(self, stage: Stage) -> None:
        """Build everything; the only method that may load or be slow."""

    @abstractmethod
    def update(self, frame: Frame) -> None:
        """Show ``frame``; allocate nothing, load nothing, 1 ms at most."""
