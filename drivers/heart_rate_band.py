"""Any band that speaks the Bluetooth Heart Rate Service."""

from collections.abc import Iterator
from struct import iter_unpack
from typing import NamedTuple

from engine.devices import BleLink, Driver, Frame, Kind, Reading, Stream, Unit, WireError

SERVICE, MEASUREMENT = "180d", "2a37"
RRI = Stream("rri", Kind.RRI, Unit.MILLISECOND, latency=0.2)

WIDE_RATE, CONTACT, CONTACT_KNOWN, ENERGY, INTERVALS = 0x01, 0x02, 0x04, 0x08, 0x10
"""Flags of a Heart Rate Measurement, characteristic 0x2A37."""


class Measurement(NamedTuple):
    """What one notification says.

    Attributes
    ----------
    rate
        Beats a minute, averaged by the band.
    contact
        Whether it touches the skin; None for a band that cannot tell.
    energy
        Kilojoules since the band was reset; None if it does not count them.
    rr_ms
        Intervals between beats since the last notification, oldest first, ms.
    """

    rate: int
    contact: bool | None
    energy: int | None
    rr_ms: tuple[float, ...]


def read_measurement(data: bytes) -> Measurement:
    """Return what a Heart Rate Measurement says; raise `WireError` if it makes no sense."""
    flags = data[0] if data else 0
    wide, counts = bool(flags & WIDE_RATE), bool(flags & ENERGY)
    start = 2 + wide + 2 * counts
    body = data[start:]
    if len(data) < start or len(body) % 2:
        raise WireError(f"{len(data)} bytes do not fit flags {flags:#04x}")
    rr_ms = tuple(n * 1000 / 1024 for (n,) in iter_unpack("<H", body)) if flags & INTERVALS else ()
    if 0.0 in rr_ms:
        raise WireError("two beats at the same time")
    return Measurement(
        rate=int.from_bytes(data[1 : 2 + wide], "little"),
        contact=bool(flags & CONTACT) if flags & CONTACT_KNOWN else None,
        energy=int.from_bytes(data[start - 2 : start], "little") if counts else None,
        rr_ms=rr_ms,
    )


def intervals(data: bytes) -> Iterator[Reading]:
    """Return the intervals of a Heart Rate Measurement, unless the band is off the skin."""
    said = read_measurement(data)
    if said.rr_ms and said.contact is not False:
        yield Reading(RRI, list(said.rr_ms))


class HeartRateBand(Driver):
    """Beat-to-beat intervals; the heart rate itself is made of the intervals."""

    model = "heart-rate-band"
    zh = "心率带"
    en = "Heart rate band"
    link = BleLink(SERVICE, notify={"measurement": MEASUREMENT})
    streams = (RRI,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the intervals since the last notification, oldest first."""
        yield from intervals(frame.data)
