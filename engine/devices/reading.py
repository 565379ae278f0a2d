"""What a driver is given, and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
