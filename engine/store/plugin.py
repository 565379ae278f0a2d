"""Registers replayed recordings as a device, by the same door as a vendor's driver."""

from engine.devices.source import Source
from engine.plugins import hookimpl
from engine.store.replayed import ReplayedRecording

ANLAN_API = 1


@hookimpl
def register_drivers() -> tuple[type[Source], ...]:
    """Return the device that plays a file."""
    return (ReplayedRecording,)
