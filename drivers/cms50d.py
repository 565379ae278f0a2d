"""CMS50D+ finger oximeter: pulse wave and oxygen saturation over its serial cable."""

import math
from collections.abc import Iterator

from engine.devices import Driver, Frame, Kind, Packets, Reading, SerialLink, Stream, Unit

PPG = Stream("ppg", Kind.PPG, Unit.RAW, rate=60.0, latency=0.05)
SPO2 = Stream("spo2", Kind.SPO2, Unit.PERCENT, latency=2.0)
SIZE = 9
START, KEEP_ALIVE = 0xA1, 0xAF
NO_FINGER, SEARCHING = 0x01, 0x02
"""Of the second byte, which holds the eighth bits of the seven after it."""
SPO2_EVERY = 60
"""Packets between two saturations: they change slowly and every packet repeats them."""


def command(number: int) -> bytes:
    """Return a command; unused places are 0x80."""
    return bytes((0x7D, 0x81, number)).ljust(SIZE, b"\x80")


def is_whole(packet: bytes) -> bool:
    """Whether all bytes but the first have their highest bit set."""
    return min(packet[1:]) >= 0x80


class Cms50d(Driver):
    """Sixty packets a second; without a finger the wave is missing, not zero."""

    model = "cms50d"
    zh = "指夹式血氧仪 CMS50D+"
    en = "Finger oximeter CMS50D+"
    link = SerialLink(Packets(b"\x01", SIZE, is_whole), usb=((0x10C4, 0xEA60),))
    streams = (PPG, SPO2)
    ask_every = 1.0

    def __init__(self) -> None:
        self._until_spo2 = 0

    def hello(self) -> tuple[bytes, ...]:
        """Ask for live data."""
        return (command(START),)

    def ask(self) -> tuple[bytes, ...]:
        """Keep it awake."""
        return (command(KEEP_ALIVE),)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return one sample of the wave, and once a second the saturation."""
        flags, wave, spo2 = frame.data[1], frame.data[3] & 0x7F, frame.data[6] & 0x7F
        steady = not flags & (NO_FINGER | SEARCHING)
        yield Reading(PPG, [wave if steady else math.nan])
        self._until_spo2 = max(self._until_spo2 - 1, 0)
        if steady and not self._until_spo2 and spo2 <= 100:
            self._until_spo2 = SPO2_EVERY
            yield Reading(SPO2, [spo2])
