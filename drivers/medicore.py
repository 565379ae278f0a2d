"""Pulse wave boards of the Medicore kind: 16-byte packets that begin with 0xCF.

Public pages tell the packet's size, its first byte, speeds and rates, but not where in it the
wave stands; that is in the board's manual. So this is a family: a vendor with the manual states
the place in a subclass of five lines (drivers/README.md).
"""

from collections.abc import Iterator
from typing import ClassVar

from engine.devices import Driver, Frame, PacketNumbers, Packets, Reading, WireError

SIZE = 16
SYNC = b"\xcf"


def checked_packets(checksum_at: int | None = None) -> Packets:
    """Return the framing; with ``checksum_at`` that byte is the sum of all before it."""
    if checksum_at is None:
        return Packets(SYNC, SIZE)
    return Packets(SYNC, SIZE, lambda p: sum(p[:checksum_at]) & 0xFF == p[checksum_at])


class MedicoreFamily(Driver, abstract=True):
    """A pulse wave of one sample a packet; the first of ``streams`` is the wave."""

    wave_at: ClassVar[int]
    """First byte of the sample in the packet."""
    wave_bytes: ClassVar[int] = 2
    sequence_at: ClassVar[int | None] = None
    """Where a counter of packets stands, if there is one."""
    order: ClassVar[str] = "big"

    def __init__(self) -> None:
        self._numbers = PacketNumbers()

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the sample, and how many packets were lost before it."""
        if len(frame.data) != SIZE or frame.data[:1] != SYNC:
            raise WireError(f"{frame.data.hex(' ')} is no packet")
        raw = frame.data[self.wave_at : self.wave_at + self.wave_bytes]
        at = self.sequence_at
        lost = 0 if at is None else self._numbers.lost_before(frame.data[at])
        if lost is None:
            return  # the same packet once more
        value = int.from_bytes(raw, "little" if self.order == "little" else "big")
        yield Reading(self.streams[0], [value], missing=lost)
