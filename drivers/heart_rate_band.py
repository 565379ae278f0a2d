"""Any band that speaks the Bluetooth Heart Rate Service."""

from collections.abc import Iterator
from struct import iter_unpack

from engine.devices import BleLink, Driver, Frame, Kind, Reading, Stream, Unit, WireError

RRI = Stream("rri", Kind.RRI, Unit.MILLISECOND, latency=0.2)
BATTERY = Stream("battery", Kind.BATTERY, Unit.PERCENT)

WIDE_RATE, CONTACT, CONTACT_KNOWN, ENERGY, INTERVALS = 0x01, 0x02, 0x04, 0x08, 0x10
"""Flags of a Heart Rate Measurement, characteristic 0x2A37."""


class HeartRateBand(Driver):
    """Beat-to-beat intervals and battery; the heart rate itself is made of the intervals."""

    model = "heart-rate-band"
    zh = "心率带"
    en = "Heart rate band"
    link = BleLink(service="180d", notify={"measurement": "2a37", "battery": "2a19"})
    streams = (RRI, BATTERY)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the intervals since the last notification, oldest first."""
        if not frame.data:
            raise WireError("is empty")
        if frame.source == "battery":
            yield Reading(BATTERY, [_percent(frame.data[0])])
            return
        flags = frame.data[0]
        start = 2 + bool(flags & WIDE_RATE) + 2 * bool(flags & ENERGY)
        body = frame.data[start:]
        if len(frame.data) < start or len(body) % 2:
            raise WireError(f"{len(frame.data)} bytes do not fit flags {flags:#04x}")
        off = flags & CONTACT_KNOWN and not flags & CONTACT
        if flags & INTERVALS and body and not off:
            yield Reading(RRI, [n * 1000 / 1024 for (n,) in iter_unpack("<H", body)])


def _percent(level: int) -> int:
    if level > 100:
        raise WireError(f"a battery cannot hold {level} %")
    return level
