"""Any finger oximeter that speaks the Bluetooth Pulse Oximeter Service."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from engine.devices import BleLink, Driver, Frame, Kind, Reading, Stream, Unit, WireError

SPO2 = Stream("spo2", Kind.SPO2, Unit.PERCENT, latency=3.0)
"""Oximeters average over several beats; the latency is half of a usual six seconds."""

NO_NUMBERS = {0x07FF, 0x0800, 0x0801, 0x07FE, 0x0802}
"""SFLOATs that are no numbers: not a number, not at this resolution, reserved, infinities."""
CONTINUOUS = ((0x01, 4), (0x02, 4), (0x04, 2), (0x08, 3), (0x10, 2))
"""Flags of 0x2A5F and the bytes each adds: fast, slow, measurement, device status, amplitude."""
SPOT = ((0x01, 7), (0x02, 2), (0x04, 3), (0x08, 2))
"""Flags of 0x2A5E: time stamp, measurement status, device status, amplitude."""
UNUSABLE = 0b1111_1001_1000_1010
"""Device states in which the number is none: malfunction, inadequate or no pulse, questionable,
sensor off the finger, unknown, displaced, broken or unplugged."""


class Saturation(NamedTuple):
    """What one message says; NaN where it says that it does not know.

    Attributes
    ----------
    spo2
        Oxygen saturation, %.
    rate
        Pulses a minute.
    status
        Bits of the device's state; 0 if it does not tell.
    """

    spo2: float
    rate: float
    status: int


def sfloat(raw: int) -> float:
    """Return the IEEE-11073 16-bit float: 4 bits of decimal exponent, 12 of mantissa."""
    if raw in NO_NUMBERS:
        return math.nan
    mantissa, exponent = raw & 0x0FFF, raw >> 12
    mantissa -= (mantissa & 0x0800) << 1
    exponent -= (exponent & 0x08) << 1
    # Dividing keeps 36.6 what it is; multiplying by 0.1 would not.
    return float(mantissa * 10**exponent if exponent >= 0 else mantissa / 10**-exponent)


def read_saturation(data: bytes, *, spot: bool) -> Saturation:
    """Return what a measurement says; raise `WireError` if it makes no sense."""
    flags = data[0] if data else 0
    parts, status_flag = (SPOT, 0x04) if spot else (CONTINUOUS, 0x08)
    status, at = 0, 5
    for flag, size in parts:
        if flags & flag:
            if flag == status_flag:
                status = int.from_bytes(data[at : at + size], "little")
            at += size
    if len(data) != at:
        raise WireError(f"{len(data)} bytes do not fit flags {flags:#04x}")
    spo2, rate = (sfloat(int.from_bytes(data[i : i + 2], "little")) for i in (1, 3))
    if not math.isnan(spo2) and not 0.0 <= spo2 <= 100.0:
        raise WireError(f"a saturation of {spo2:g} % does not exist")
    return Saturation(spo2, rate, status)


class PulseOximeter(Driver):
    """Oxygen saturation, about once a second."""

    model = "pulse-oximeter"
    zh = "指夹式血氧仪"
    en = "Finger pulse oximeter"
    link = BleLink(
        "1822",
        notify={"continuous": "2a5f", "spot": "2a5e"},
        optional=("continuous", "spot"),
    )
    streams = (SPO2,)

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the saturation; NaN when the device says that it cannot know it."""
        said = read_saturation(frame.data, spot=frame.source == "spot")
        yield Reading(SPO2, [math.nan if said.status & UNUSABLE else said.spo2])
