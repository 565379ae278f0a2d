"""What a driver is given, and what it gives back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.devices.written import written
from engine.errors import DriverError
from engine.streams import Stream


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole message from the device.

    Attributes
    ----------
    t
        When its last byte arrived, s.
    data
        The message; for a serial link as its framing cut it.
    source
        For a BLE link the name under which its characteristic is declared in ``notify``.
    """

    t: float
    data: bytes
    source: str = ""


class Reading(NamedTuple):
    """Samples a frame carried, oldest first.

    Attributes
    ----------
    stream
        One of the driver's.
    values
        Numbers in ``stream.unit``; one list for each sample when it has several axes.
    times
        Session seconds of each sample, for a device that knows them. Leave it None for a
        stream with a rate or of beat intervals: the engine sees every arrival and works
        the times out better than one frame can.
    missing
        Samples known to be lost just before these (a gap in the sequence numbers).
    """

    stream: Stream
    values: Sequence[float] | Sequence[Sequence[float]]
    times: Sequence[float] | None = None
    missing: int = 0


def readings_of(said: Iterable[Reading]) -> list[Reading]:
    """Return what a driver's ``decode`` gave back.

    Raises
    ------
    DriverError
        If that are no readings: mistakes that would show as an odd error somewhere else.
    """
    given = written(said)
    if isinstance(given, Reading) or not hasattr(given, "__iter__"):
        what = "one Reading" if isinstance(given, Reading) else repr(given)
        raise DriverError(f"decode() returns {what}; yield each Reading, or return a list of them")
    readings = list(given)
    for reading in readings:
        if not isinstance(reading, Reading):
            raise DriverError(f"decode() gives {reading!r}, which is no Reading")
        if not hasattr(reading.values, "__len__"):
            value = repr(reading.values)
            raise DriverError(f"the values of a Reading are {value}; write a list: [{value}]")
    return readings
