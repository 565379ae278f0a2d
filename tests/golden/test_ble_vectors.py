"""Messages of Bluetooth devices, from makers' tests and public captures, and what they mean."""

import math
import struct
from collections.abc import Sequence

import pytest

from drivers import polar_pmd as pmd
from drivers import register_drivers
from drivers.heart_rate_band import Measurement, read_measurement
from drivers.linak import Linak
from drivers.nectar import Nectar
from drivers.okin import Okin
from drivers.polar_pmd_sensors import PolarOptical
from drivers.pulse_oximeter import Saturation, read_saturation, sfloat
from drivers.recliner import Recliner
from drivers.serta import Serta
from engine.devices import BleLink, Driver, Frame, WireError
from engine.testing.conformance import examine
from engine.testing.heard import heard_of
from engine.testing.verdict import Tier

H = bytes.fromhex
KEYS = ("back_up", "back_down", "legs_up", "legs_down")

ACC_TYPE_0 = H(
    "7107F06A9E8D0A38BE5CBEBA2F96B3EE4BE5ADFB42B9EBBE4CFEBA2F92BFEE4BE4B1FB12B9ECBD3C3EBB2F8FD3DE4BE3"
    "B5F7D2B8EDBD307E7B2F8BE3CE8BE2BAF7A2B8EEBC20BE7B2F88F3CECBE1BDEF52F8EFBC18FE3B2F8403BFCBE0C2EF32"
    "B8F0BB044EBC2E8113AF0BE0C6EFF2F7F1B9FC7DBC2E7D279F4BDFCAEBC2F7F2B8ECCD7C2E7B378F4BDECEE392F7F3B8"
    "E00DFD2D774B7FCBDDD2DF6237F5B7D44DBD2D745B6FCBDCD7D73237F6B5C88D7D2D716B4F4BDCDCD3F236F7B4BCDDFD"
    "2C6F7B3F4BDBE0CFD236F8B2B02DBE2C6C8F1FCBDAE3C7A276F9"
)
"""Polar's AccDataTest, compressed type 0."""

MEASUREMENTS = [
    ("16485401EC02", Measurement(72, True, None, (332.03125, 730.46875))),  # SmartGattLib
    ("164D1603", Measurement(77, True, None, (790 * 1000 / 1024,))),  # a Polar H7
    ("103B5304", Measurement(59, None, None, (1107 * 1000 / 1024,))),  # a Polar H10
    ("018080", Measurement(32896, None, None, ())),  # Polar's BleHrClientTest, as are these
    ("0600", Measurement(0, True, None, ())),
    ("0400", Measurement(0, False, None, ())),
    ("0200", Measurement(0, None, None, ())),
    ("1848100000040002", Measurement(72, None, 16, (1000.0, 500.0))),
    ("1F2C0110000004", Measurement(300, True, 16, (1000.0,))),
]


@pytest.mark.parametrize(("message", "meaning"), MEASUREMENTS)
def test_a_heart_rate_measurement_says(message: str, meaning: Measurement) -> None:
    assert read_measurement(H(message)) == meaning


@pytest.mark.parametrize(
    ("raw", "number"),
    [(0x0061, 97.0), (0x0048, 72.0), (0xF16E, 36.6), (0x1009, 90.0), (0x0FFF, -1.0)],
)
def test_a_medical_float_is(raw: int, number: float) -> None:
    assert sfloat(raw) == number


@pytest.mark.parametrize("raw", [0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801])
def test_what_is_no_number_is_none(raw: int) -> None:
    assert math.isnan(sfloat(raw))


def test_a_saturation_has_everything_a_device_may_add() -> None:
    whole = H("1F 6100 4800 6000 4900 6200 4700 2000 008000 1000")
    spot = H("0F 6100 4800 E807 01 02 03 04 05 2000 000800 1000")

    assert read_saturation(H("0061004800"), spot=False) == Saturation(97.0, 72.0, 0)
    assert read_saturation(whole, spot=False) == Saturation(97.0, 72.0, 0x8000)
    assert read_saturation(spot, spot=True) == Saturation(97.0, 72.0, 0x0800)


def test_a_frame_of_ecg_has_the_time_of_its_last_sample() -> None:
    frame = pmd.read_frame(H("00 0094357700000000 00 0280FF 028000"))

    assert frame.time == 2_000_000_000
    assert pmd.read_whole(frame.body, 1, 3) == [[-32766], [32770]]


def test_differences_are_added_up() -> None:
    rows = pmd.read_differences(H("F1FF1400F003 06 01 7B0F08"), 3, 16)

    assert rows == [[-15, 20, 1008], [-20, 17, 1008]]


def test_differences_of_many_samples_are_added_up() -> None:
    rows = pmd.read_differences(ACC_TYPE_0, 3, 16)
    last = [v * 2.44e-4 for v in rows[-1]]

    assert rows[0] == [1905, 27376, 0x8D9E - 0x10000]
    assert len(rows) == 1 + sum(_counts(ACC_TYPE_0))
    assert all(abs(v) < 8.0 for v in last)


def _counts(body: bytes) -> Sequence[int]:
    at, counts = 6, []
    while at < len(body):
        width, n = body[at], body[at + 1]
        counts.append(n)
        at += 2 + -(-width * n * 3 // 8)
    return counts


def test_an_acceleration_in_a_sensors_own_units_needs_the_factor_it_told() -> None:
    band = PolarOptical()
    frame = Frame(0.0, H("02 0094357700000000 80") + ACC_TYPE_0, "data")
    with pytest.raises(WireError, match="factor"):
        list(band.decode(frame))
    factor = struct.pack("<f", 2.44e-4)
    list(band.decode(Frame(0.0, H("F0 02 02 00 00 05 01") + factor, "control")))
    (reading,) = band.decode(frame)
    first = reading.values[0]

    assert isinstance(first, list)
    assert first == pytest.approx([0.464, 6.679, -7.144], abs=1e-3)


def test_settings_are_what_a_sensor_offers() -> None:
    settings = pmd.read_settings(H("00 01 3400 01 01 1000 02 04 F500 F401 E803 D007 04 01 03"))

    assert settings == {
        pmd.RATE: (52,),
        pmd.RESOLUTION: (16,),
        pmd.RANGE: (245, 500, 1000, 2000),
        pmd.CHANNELS: (3,),
    }


def test_an_ecg_is_started_with_what_the_strap_offers() -> None:
    start = b"\x02\x00" + pmd.write_settings({pmd.RATE: 130, pmd.RESOLUTION: 14})

    assert start == H("02 00 00 01 82 00 01 01 0E 00")


MOTIONS = [
    (Okin, "back_up", "040200000001"),
    (Okin, "back_down", "040200000002"),
    (Okin, "legs_up", "040200000004"),
    (Okin, "legs_down", "040200000008"),
    (Okin, "back_up legs_down", "040200000009"),
    (Okin, "", "040200000000"),
    (Nectar, "back_up", "5A0103103000A5"),
    (Nectar, "back_down", "5A0103103001A5"),
    (Nectar, "legs_up", "5A0103103002A5"),
    (Nectar, "legs_down", "5A0103103003A5"),
    (Nectar, "back_down legs_up", "5A0103103001A5"),
    (Nectar, "", "5A010310300FA5"),
    (Serta, "back_up", "E5FE160100000005"),
    (Serta, "back_down", "E5FE160200000004"),
    (Serta, "legs_up", "E5FE160400000002"),
    (Serta, "legs_down", "E5FE1608000000FE"),
    (Serta, "", "E5FE160000000006"),
    (Linak, "back_up", "0B00"),
    (Linak, "back_down", "0A00"),
    (Linak, "legs_up", "0900"),
    (Linak, "legs_down", "0800"),
    (Linak, "back_up back_down", "FF00"),
    (Linak, "", "FF00"),
]


@pytest.mark.parametrize(("driver", "held", "message"), MOTIONS)
def test_held_keys_give(driver: type[Recliner], held: str, message: str) -> None:
    levels = {key: float(key in held.split()) for key in KEYS}

    assert driver().encode(levels) == H(message)


PRESETS = ["0402000000AA", "0402100000AA", "5A0103103010A5", "5A0103103013A5", "E5FE1600000008FE"]
"""Flat and zero gravity: they go on by themselves."""


@pytest.mark.parametrize("driver", [Okin, Nectar, Serta, Linak])
def test_no_levels_ever_give_a_preset(driver: type[Recliner]) -> None:
    said = {
        driver().encode(dict(zip(KEYS, (a, b, c, d), strict=True)))
        for a in (0.0, 1.0)
        for b in (0.0, 1.0)
        for c in (0.0, 1.0)
        for d in (0.0, 1.0)
    }

    assert not said & {H(p) for p in PRESETS}
    assert driver().halt() in said


BLUETOOTH = [c for c in register_drivers() if issubclass(c, Driver) and isinstance(c.link, BleLink)]


@pytest.mark.usefixtures("short_soak")
@pytest.mark.parametrize("driver", BLUETOOTH, ids=lambda d: d.model)
def test_every_bluetooth_driver_lacks_nothing_of_silver_but_real_processes(
    driver: type[Driver],
) -> None:
    assert heard_of(driver) or not driver.streams

    verdict = examine(driver, processes=False)
    faults = [f for c in verdict.checks if c.tier is not Tier.GOLD for f in c.faults]

    assert faults == ["was not tried with real processes"], verdict.text()
