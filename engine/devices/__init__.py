"""Everything a driver author needs, and nothing else."""

from engine.devices.driver import Driver
from engine.devices.framing import Lines, Packets
from engine.devices.links import BleLink, SerialLink
from engine.devices.reading import Frame, Reading
from engine.devices.sequence import PacketNumbers
from engine.devices.source import Context, Source, StandIn
from engine.devices.timing import SampleClock
from engine.devices.transports.reasons import UnreachableError
from engine.errors import ConfigError, LinkError, WireError
from engine.plugins import hookimpl
from engine.streams import Chunk, Output, Stream
from engine.units import Kind, Unit

__all__ = [
    "BleLink",
    "Chunk",
    "ConfigError",
    "Context",
    "Driver",
    "Frame",
    "Kind",
    "Lines",
    "LinkError",
    "Output",
    "PacketNumbers",
    "Packets",
    "Reading",
    "SampleClock",
    "SerialLink",
    "Source",
    "StandIn",
    "Stream",
    "Unit",
    "UnreachableError",
    "WireError",
    "hookimpl",
]
