"""Everything about a session that is decided before anyone sits down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.errors import ConfigError
from engine.plugins import Plugins
from engine.scene import Scene
from engine.session.format import SessionProtocol
from engine.session.reading import find_protocol, read_protocol


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run, where, with what, for whom.

    Attributes
    ----------
    virtual
        Time runs as fast as the computer can; otherwise a second is a second.
    window
        Whether to open a window; without one the stage renders off screen.
    attended
        Whether a person at the keyboard gives consent and ratings.
    stage, sound
        Whether those parts run at all (benchmarks leave them out).
    """

    protocol: SessionProtocol
    rig: Rig
    devices: tuple[DeviceSpec, ...]
    classes: Mapping[str, type[Any]]
    scenes: Mapping[str, type[Scene]]
    voices: Mapping[str, Any]
    plugins: Plugins
    folder: Path
    language: str = "zh"
    seed: int = 0
    virtual: bool = False
    window: bool = False
    attended: bool = False
    stage: bool = True
    sound: bool = True
    size: tuple[int, int] = (1280, 720)
    versions: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def nobody(self) -> bool:
        """Whether the officer is simulated, and so is every device: nobody could be moved."""
        kinds = [self.classes.get(d.model) for d in self.devices]
        someone = any(d.model == "simulated-person" for d in self.devices)
        return someone and all(getattr(kind, "simulated", False) for kind in kinds)


def uses_chair(protocol: SessionProtocol) -> bool:
    """Tell whether a phase asks something of a device called ``chair``."""
    return any(c.startswith("chair.") for phase in protocol.phase for c in phase.set)


def load_protocol(name: str, found: Plugins) -> SessionProtocol:
    """Read the protocol called ``name``, or the file ``name`` if there is one."""
    path = Path(name)
    if path.suffix != ".toml":
        path = find_protocol(name, found.protocols())
    elif not path.is_file():
        raise ConfigError(
            "there is no such protocol file", where=name,
            hint="`anlan plugins` lists the protocols by name",
        )  # fmt: skip
    return read_protocol(path, scenes=found.scenes())


def replayed(file: Path) -> DeviceSpec:
    """Return the device that plays a recording back."""
    return DeviceSpec("recording", "replayed-recording", {"file": str(file)})


def simulated(seed: int, **options: Any) -> DeviceSpec:  # noqa: ANN401 - rig values of any type
    """Return the device that is a simulated person."""
    return DeviceSpec("person", "simulated-person", {"seed": seed, "answers": True, **options})
