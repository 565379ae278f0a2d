"""What Bluetooth devices say comes back as it was written; recliners stop and stay stopped."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import polar_pmd as pmd
from drivers import register_drivers
from drivers.heart_rate_band import read_measurement
from drivers.pulse_oximeter import sfloat
from drivers.recliner import Recliner
from engine.devices import BleLink, Driver

DRIVERS = [c for c in register_drivers() if issubclass(c, Driver) and isinstance(c.link, BleLink)]


@given(
    rate=st.integers(0, 0xFFFF),
    wide=st.booleans(),
    contact=st.sampled_from([None, True, False]),
    energy=st.none() | st.integers(0, 0xFFFF),
    rr=st.lists(st.integers(1, 0xFFFF), max_size=9),
)
def test_a_heart_rate_measurement_comes_back_as_it_was_written(
    rate: int,
    wide: bool,  # noqa: FBT001 - hypothesis gives it
    contact: bool | None,  # noqa: FBT001
    energy: int | None,
    rr: list[int],
) -> None:
    wide = wide or rate > 0xFF
    flags = wide | (0 if contact is None else 4 | 2 * contact) | 8 * (energy is not None)
    data = bytes([flags | 16 * bool(rr)]) + rate.to_bytes(1 + wide, "little")
    data += b"" if energy is None else energy.to_bytes(2, "little")
    data += b"".join(n.to_bytes(2, "little") for n in rr)
    said = read_measurement(data)

    assert (said.rate, said.contact, said.energy) == (rate, contact, energy)
    assert [round(ms * 1.024) for ms in said.rr_ms] == rr


@given(mantissa=st.integers(-2045, 2045), exponent=st.integers(-8, 7))
def test_a_medical_float_is_its_mantissa_and_exponent(mantissa: int, exponent: int) -> None:
    number = sfloat((mantissa & 0xFFF) | (exponent & 0xF) << 12)

    assert number == pytest.approx(mantissa * 10.0**exponent, rel=1e-12)


def pack(rows: list[list[int]], width: int) -> bytes:
    """Store samples as one block of differences of ``width`` bits: the naive reference."""
    body = b"".join(v.to_bytes(3, "little", signed=True) for v in rows[0])
    bits = "".join(
        format((b - a) & ((1 << width) - 1), f"0{width}b")[::-1]
        for before, after in pairwise(rows)
        for a, b in zip(before, after, strict=True)
    )
    bits += "0" * (-len(bits) % 8)
    packed = bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))
    return body + bytes([width, len(rows) - 1]) + packed


@given(
    st.integers(1, 4).flatmap(
        lambda channels: st.lists(
            st.lists(st.integers(-2000, 2000), min_size=channels, max_size=channels),
            min_size=2,
            max_size=40,
        )
    )
)
def test_differences_come_back_as_they_were_stored(rows: list[list[int]]) -> None:
    assert pmd.read_differences(pack(rows, 13), len(rows[0]), 24) == rows


@given(st.dictionaries(st.sampled_from(sorted(pmd.SIZES)), st.integers(0, 255), min_size=1))
def test_settings_come_back_as_they_were_written(settings_: dict[int, int]) -> None:
    read = pmd.read_settings(pmd.write_settings(settings_))

    assert read == {setting: (value,) for setting, value in settings_.items()}


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["back_up", "back_down", "legs_up", "legs_down"]),
            st.floats(0.0, 1.0),
        ),
        max_size=30,
    )
)
@pytest.mark.parametrize(
    "driver", [c for c in DRIVERS if issubclass(c, Recliner)], ids=lambda d: d.model
)
def test_after_a_stop_a_recliner_moves_only_when_all_keys_were_released(
    driver: type[Recliner], wishes: list[dict[str, float]]
) -> None:
    box = driver()
    stop = box.halt()
    rest = dict.fromkeys(("back_up", "back_down", "legs_up", "legs_down"), 0.0)
    released = False
    for wish in wishes:
        levels = rest | wish
        message = box.encode(levels)
        released = released or driver.keys.held(levels) == driver.keys.stop
        asked = list(box.ask())

        assert released or (message == stop and not asked)


def test_a_key_held_too_long_is_released() -> None:
    driver = next(c for c in DRIVERS if issubclass(c, Recliner))
    box = driver()
    up = {"back_up": 1.0, "back_down": 0.0, "legs_up": 0.0, "legs_down": 0.0}
    said = [m for _ in range(1000) for m in (box.encode(up), *box.ask())]
    moving = box.message(box.keys.back_up)

    assert moving in said
    assert box.message(box.keys.stop) in said
    assert moving not in said[-500:]
