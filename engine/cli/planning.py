"""From the words on the command line to a plan."""

import itertools
import os
import sys
from pathlib import Path

from engine.clock import wall_time
from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.plugins import Plugins
from engine.runtime.plan import Plan
from engine.session.format import SessionProtocol


def session_folder(given: Path | None, protocol: str) -> Path:
    """Return the folder of a new session: the one given, or a fresh one by date."""
    if given is not None:
        return given
    fresh = Path("sessions") / f"{wall_time().astimezone():%Y-%m-%d-%H%M%S}-{protocol}"
    # Two begun in one second, or a clock that was set back: neither is refused its session.
    others = (fresh.with_name(f"{fresh.name}-{n}") for n in itertools.count(2))
    return next(path for path in itertools.chain([fresh], others) if not path.exists())


def make_plan(
    protocol: SessionProtocol, rig: Rig, found: Plugins, *, devices: tuple[DeviceSpec, ...] | None,
    folder: Path, lang: str | None, seed: int, headless: bool, virtual: bool, stage: bool = True,
    sound: bool = True,
) -> Plan:  # fmt: skip
    """Return the plan of a session; ``devices`` None takes the rig's own."""
    own = tuple(DeviceSpec(d.name, d.model, d.options) for d in rig.devices)
    return Plan(
        protocol=protocol,
        rig=rig,
        devices=own if devices is None else devices,
        classes=found.drivers(),
        scenes=found.scenes(),
        voices=found.voices(),
        plugins=found,
        folder=folder,
        language=lang or rig.language,
        seed=seed,
        virtual=virtual,
        window=not headless and not virtual and has_display(),
        attended=not headless and not virtual,
        stage=stage,
        sound=sound,
        size=rig.stage.size,
    )


def has_display() -> bool:
    """Tell whether a window could be opened."""
    return sys.platform == "win32" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
