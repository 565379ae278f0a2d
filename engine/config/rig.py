"""The room's file: which devices stand here, how picture and sound come out."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

Name = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9_-]{0,39}$",
        description="a short name of small letters, digits, - and _ (it begins with a letter)",
    ),
]
Pixels = Annotated[int, Field(ge=64, le=8192)]


class Settings(BaseModel):
    """What every table of the file has in common: no unknown keys, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Device(BaseModel):
    """One device of the room.

    Every key besides ``name`` and ``model`` is an option of the device's own, and is
    checked by its driver.
    """

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    name: Name
    model: Annotated[str, Field(min_length=1)]

    @property
    def options(self) -> dict[str, Any]:
        """What else the file says about the device."""
        return dict(self.model_extra or {})


class StageSettings(Settings):
    """The picture: its size in pixels, and whether it comes in a window."""

    size: tuple[Pixels, Pixels] = (1280, 720)
    window: bool = True


class SoundSettings(Settings):
    """The sound: which output (None is the computer's own choice), how loud at most."""

    device: str | None = None
    volume: Annotated[float, Field(ge=0, le=1)] = 0.8


class OfficerFacts(Settings):
    """The two facts the stop rules can use; both may stay unsaid."""

    age: Annotated[int, Field(ge=14, le=110)] | None = None
    athlete: bool = False


class Rig(Settings):
    """A room: its devices and how it shows itself. ``out`` is where sessions are kept."""

    room: Annotated[str, Field(min_length=1, max_length=80)] = "room"
    language: Literal["zh", "en"] = "zh"
    devices: tuple[Device, ...] = ()
    stage: StageSettings = StageSettings()
    sound: SoundSettings = SoundSettings()
    officer: OfficerFacts = OfficerFacts()
    out: Annotated[Path, Field(strict=False)] = Path("sessions")

    @field_validator("devices")
    @classmethod
    def _names_differ(cls, devices: tuple[Device, ...]) -> tuple[Device, ...]:
        twice = sorted(n for n, count in Counter(d.name for d in devices).items() if count > 1)
        if twice:
            raise ValueError(
                f"two devices are called {', '.join(map(repr, twice))}; give each its own name"
            )
        return devices

    @classmethod
    def default(cls) -> Self:
        """Return a room with no devices, a window and the computer's own sound."""
        return cls()

    def facts(self) -> dict[str, Any]:
        """Return the rig as plain JSON values: for a recording's header."""
        facts: dict[str, Any] = self.model_dump(mode="json")
        return facts
