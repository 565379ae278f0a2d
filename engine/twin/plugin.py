"""Registers the simulated person and the simulated chair as devices."""

from engine.devices.source import Source
from engine.plugins import hookimpl
from engine.twin.chair import SimulatedChair
from engine.twin.simulated import SimulatedPerson

ANLAN_API = 1


@hookimpl
def register_drivers() -> list[type[Source]]:
    """Return the devices of the twin."""
    return [SimulatedPerson, SimulatedChair]
