"""What is written down of a session before its first step: its setup and its recording's header."""

import platform
from collections.abc import Collection
from importlib.metadata import version

from engine.clock import wall_time
from engine.devices.manager import DeviceManager
from engine.errors import ConfigError
from engine.runtime.plan import Plan
from engine.session.actuators import check_bindings
from engine.session.reading import normalised
from engine.session.setup import Setup
from engine.session.stop_rules import Officer
from engine.signals import SENSOR_GROUPS
from engine.store.header import Header


def session_setup(plan: Plan, devices: DeviceManager, groups: Collection[str]) -> Setup:
    """Return what the session is run with.

    Parameters
    ----------
    plan
        What to run.
    devices
        Whose outputs the protocol may move.
    groups
        The signals that are made of what the devices measure.

    Raises
    ------
    ConfigError
        If the protocol needs a sensor nothing measures, or moves an output that is not there.
    """
    missing = [g for g in plan.protocol.needs if g not in groups]
    if missing:
        raise ConfigError(
            f"needs a {' and a '.join(missing)} sensor, and no device measures that",
            where=f"protocol {plan.protocol.id}",
            hint="add the sensor to the rig, or choose a protocol that does without",
        )
    check_bindings(plan.protocol, devices.outputs)
    names = [plan.protocol.scene, *(p.scene for p in plan.protocol.phase)]
    scenes = {name: plan.scenes[name] for name in dict.fromkeys(names)}
    return Setup(
        plan.protocol,
        {name: {c.name: c.default for c in scene.controls} for name, scene in scenes.items()},
        outputs=devices.outputs,
        groups=tuple(g for g in SENSOR_GROUPS if g in groups),
        sources=tuple(d.name for d in plan.devices),
        officer=Officer(plan.rig.officer.age, plan.rig.officer.athlete),
        language=plan.language,
        seed=plan.seed,
        simulated=devices.simulated,
    )


def recording_header(plan: Plan, setup: Setup, devices: DeviceManager, session: str) -> Header:
    """Return what the recording says of itself; ``session`` is its folder's name."""
    return Header(
        session=session,
        started=wall_time().isoformat(timespec="seconds"),
        protocol=plan.protocol.id,
        protocol_text=normalised(plan.protocol),
        setup=setup.facts(),
        rig={**plan.rig.facts(), "devices": [d.facts() for d in plan.devices]},
        language=plan.language,
        seed=plan.seed,
        simulated=setup.simulated,
        script=setup.script(),
        streams=devices.streams,
        versions={
            "anlan": version("anlan"), "python": platform.python_version(),
            "numpy": version("numpy"), "numba": version("numba"),
        },
    )  # fmt: skip
