"""How a device is reached, said as data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.devices.framing import Framing, Lines, Packets

_UUID = re.compile(r"[0-9a-f]{4}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

LONGEST_GAP = 0.02
"""A longer pause between two messages would hold up the process of the device."""


@dataclass(frozen=True, slots=True)
class SerialLink:
    """A serial port.

    Attributes
    ----------
    framing
        `Lines` or `Packets`, or anything with a ``framer()``.
    baud
        Bits a second.
    usb
        ``(vendor, product)`` numbers by which the device is found, never its port.
    gap
        Seconds kept between two messages to a device that takes one at a time and tells
        them apart by silence (Modbus RTU); long enough for its answer.
    """

    framing: Framing
    baud: int = 115_200
    usb: tuple[tuple[int, int], ...] = ()
    gap: float = 0.0

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with this declaration."""
        match self.framing:
            case Packets(sync, size, _):
                if not 1 <= len(sync) <= size:
                    yield "packets need a sync of at least one byte, within their size"
            case Lines(end, longest):
                if not end or longest < 1:
                    yield "lines need an end and a longest length"
            case _:
                pass
        if self.baud <= 0:
            yield f"baud rate {self.baud} is not positive"
        if not 0.0 <= self.gap <= LONGEST_GAP:
            yield f"keeps {self.gap:g} s between messages; {LONGEST_GAP:g} s is the most"
        if any(not 0 <= n <= 0xFFFF for pair in self.usb for n in pair):
            yield "usb numbers are 16 bit"


@dataclass(frozen=True, slots=True)
class BleLink:
    """A Bluetooth LE peripheral, found by ``service`` or by its name.

    Attributes
    ----------
    service
        UUID, 4 digits or whole.
    notify
        Characteristics to subscribe to, by the name that comes back in `Frame.source`.
    write
        Characteristic that commands go to.
    names
        Beginnings of the names such devices have, where several kinds share a service or
        none is advertised. With them the name decides and ``service`` need not be advertised.
    optional
        Which of ``notify`` a device may lack; it needs at least one of all.

    Notes
    -----
    The battery (service 180f) is read by the engine; no driver needs to ask for it.
    """

    service: str
    notify: Mapping[str, str] = field(default_factory=dict[str, str])
    write: str | None = None
    names: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with this declaration."""
        written = () if self.write is None else (self.write,)
        for uuid in (self.service, *self.notify.values(), *written):
            if not _UUID.fullmatch(uuid):
                yield f"{uuid!r} is not a UUID of 4 or 32 digits"
        for name in self.optional:
            if name not in self.notify:
                yield f"{name!r} is optional, but not among the characteristics to subscribe to"
        if not all(self.names):
            yield "an empty name would fit every device"


Link: TypeAlias = SerialLink | BleLink
