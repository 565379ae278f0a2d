"""How a device is reached, said as data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.devices.framing import Framing, Lines, Packets
from engine.devices.written import written

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
                if not isinstance(written(sync), bytes):
                    yield f'the sync of packets is {sync!r}, not bytes: b"..."'
                elif not 1 <= len(sync) <= size:
                    yield "packets need a sync of at least one byte, within their size"
            case Lines(end, longest):
                if not isinstance(written(end), bytes):
                    yield f'the end of lines is {end!r}, not bytes: b"\\n"'
                elif not end or longest < 1:
                    yield "lines need an end and a longest length"
            case framing:
                if isinstance(framing, type) or not hasattr(framing, "framer"):
                    yield f"framing is {framing!r}; give Lines(...), Packets(...) or your own"
        if self.baud <= 0:
            yield f"baud rate {self.baud} is not positive"
        if not 0.0 <= self.gap <= LONGEST_GAP:
            yield f"keeps {self.gap:g} s between messages; {LONGEST_GAP:g} s is the most"
        yield from _usb_faults(self.usb)


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
        if not isinstance(written(self.notify), Mapping):
            yield f'notify is {self.notify!r}; write {{"name": "UUID"}}'
            return
        for word, words in (("names", self.names), ("optional", self.optional)):
            if isinstance(written(words), str):
                yield f"{word} is one text; write a tuple: {word} = ({words!r},)"
                return
        command = () if self.write is None else (self.write,)
        for uuid in (self.service, *self.notify.values(), *command):
            if not isinstance(written(uuid), str) or not _UUID.fullmatch(uuid):
                yield f"{uuid!r} is not a UUID of 4 or 32 digits"
        uuids = [uuid.lower() for uuid in self.notify.values() if isinstance(written(uuid), str)]
        for uuid in sorted({uuid for uuid in uuids if uuids.count(uuid) > 1}):
            yield f"{uuid!r} has several names in notify; one characteristic, one name"
        for name in self.optional:
            if name not in self.notify:
                yield f"{name!r} is optional, but not among the characteristics to subscribe to"
        if not all(self.names):
            yield "an empty name would fit every device"


def _usb_faults(usb: object) -> Iterator[str]:
    pairs = written(usb if isinstance(usb, tuple | list) else (usb,))
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        yield f"usb is {usb!r}; write pairs of numbers: usb = ((0x1234, 0x5678),)"
    elif any(not isinstance(n, int) for pair in pairs for n in pair):
        yield f"usb is {usb!r}; write numbers: usb = ((0x1234, 0x5678),)"
    elif any(not 0 <= n <= 0xFFFF for pair in pairs for n in pair):
        yield "usb numbers are 16 bit"


Link: TypeAlias = SerialLink | BleLink
