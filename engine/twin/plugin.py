"""Registers the simulated person as a device."""

from engine.plugins import hookimpl
from engine.twin.simulated import SimulatedPerson

ANLAN_API = 1


@hookimpl
def register_drivers() -> list[type[SimulatedPerson]]:
    """Return the one device of the twin."""
    return [SimulatedPerson]
