"""How a device is doing, for whoever looks after the room."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.devices.state import Standing


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """One device at one moment.

    Attributes
    ----------
    age
        Seconds since its newest sample; None before the first.
    rates
        Samples per second of each stream over the last seconds, by qualified name.
    restarts
        How often its process was restarted.
    rss
        Memory of its process, bytes; 0 where it has none.
    refused
        Messages of the device that made no sense, and samples with impossible times.
    dropped
        Samples the room was too slow to take.
    """

    name: str
    model: str
    simulated: bool
    standing: Standing
    age: float | None
    rates: Mapping[str, float]
    restarts: int = 0
    rss: int = 0
    refused: int = 0
    dropped: int = 0
