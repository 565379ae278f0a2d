"""EDA puck: skin conductance from two finger electrodes, over USB serial."""

from collections.abc import Iterator
from struct import Struct

from engine.devices import (
    Driver,
    Frame,
    Kind,
    PacketNumbers,
    Packets,
    Reading,
    SerialLink,
    Stream,
    Unit,
)

PACKET = Struct("<2sB8HB")  # sync, sequence, eight samples, checksum
SAMPLES = 8
MICROSIEMENS_PER_COUNT = 60.0 / 0xFFFF
EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=32.0, latency=0.015)


def is_whole(packet: bytes) -> bool:
    """Whether the last byte is the sum of the others."""
    return sum(packet[:-1]) & 0xFF == packet[-1]


class EdaPuck(Driver):
    """Four packets a second with eight samples each."""

    model = "eda-puck"
    zh = "指尖皮电传感器"
    en = "EDA puck"
    link = SerialLink(Packets(b"\xa5\x5a", PACKET.size, is_whole), usb=((0x2E8A, 0x10C1),))
    streams = (EDA,)

    def __init__(self) -> None:
        self._numbers = PacketNumbers()

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the eight conductances of one packet, and how many went missing before."""
        _, sequence, *counts, _ = PACKET.unpack(frame.data)
        lost = self._numbers.lost_before(sequence)
        if lost is not None:  # else it is the same packet once more
            values = [n * MICROSIEMENS_PER_COUNT for n in counts]
            yield Reading(EDA, values, missing=lost * SAMPLES)
