"""Bytes that make no sense are told as such, with what to check."""

import random
from collections.abc import Iterator

import pytest

from drivers.eda_puck import EdaPuck
from drivers.gsr_line import GsrLine
from drivers.heart_rate_band import HeartRateBand
from engine.devices import ConfigError, Driver, SerialLink
from engine.devices.state import DeviceState
from engine.devices.transports.serial_port import SerialPort
from engine.testing import Heard, heard_of
from engine.testing.bench import Bench
from tests.shipped import SHIPPED

SERIAL = [d for d in SHIPPED if isinstance(d.link, SerialLink) and d.streams and heard_of(d)]


def bits(data: bytes) -> Iterator[int]:
    """Yield the line's level, bit by bit: start 0, eight bits, stop 1, and a pause of 1."""
    for byte in data:
        yield 0
        yield from ((byte >> n) & 1 for n in range(8))
        yield 1
    yield from [1] * 30


def read_at(data: bytes, sent: int, heard: int) -> bytes:
    """Return what a receiver set to ``heard`` baud makes of ``data`` sent at ``sent`` baud."""
    line = list(bits(data))

    def level(t: float) -> int:
        at = int(t * sent)
        return line[at] if at < len(line) else 1

    found = bytearray()
    t, end, step = 0.0, len(line) / sent, 1.0 / heard
    while t < end:
        if level(t):
            t += step / 16  # a receiver looks for the falling edge sixteen times a bit
            continue
        middle = t + step / 2
        byte = sum(level(middle + (n + 1) * step) << n for n in range(8))
        if level(middle + 9 * step):  # without its stop bit it is a framing error, and dropped
            found.append(byte)
        t = middle + 9 * step
    return bytes(found)


def test_a_receiver_at_the_right_rate_reads_what_was_sent() -> None:
    assert read_at(b"650 kohm\n", 9600, 9600) == b"650 kohm\n"
    assert read_at(b"650 kohm\n", 9600, 115_200) != b"650 kohm\n"


@pytest.mark.parametrize("driver", SERIAL, ids=lambda d: d.model)
@pytest.mark.parametrize("factor", [0.5, 1 / 3, 2, 6, 12])
def test_a_wrong_baud_rate_is_told_as_such(driver: type[Driver], factor: float) -> None:
    link = driver.link
    assert isinstance(link, SerialLink)
    said = [h.data for h in heard_of(driver)]
    noise = [
        Heard(read_at(b"".join(said[n:] + said[:n]) * 4, link.baud, int(link.baud * factor)), [])
        for n in range(len(said))
    ]
    bench = Bench(driver, noise)
    bench.run(8.0)
    standing = bench.keeper.standing

    assert bench.chunks == []
    assert standing.state == DeviceState.STALE
    if sum(len(h.data) for h in noise) >= 16:  # else nothing came through the receiver at all
        assert standing.code == "garbled"
        assert f"baud rate ({link.baud} now" in standing.en
        assert f"波特率（现为 {link.baud}" in standing.zh


def test_a_device_of_another_kind_is_told_as_such() -> None:
    chance = random.Random(1)  # noqa: S311 - noise, not secrets
    bench = Bench(HeartRateBand, [Heard(b"\x10" + chance.randbytes(2 * n), []) for n in range(9)])
    bench.run(8.0)

    assert bench.keeper.standing.code == "garbled"
    assert "its model" in bench.keeper.standing.en
    assert "baud" not in bench.keeper.standing.en


def test_a_device_that_makes_sense_now_and_then_is_no_garbage() -> None:
    bench = Bench(GsrLine, [Heard(b"\xff\xfe\xfd?\n" * 8, []), Heard(b"1.5\n", [])])
    bench.run(8.0)

    assert bench.counts_as() == DeviceState.LIVE


def test_a_silent_device_is_silent_and_not_garbled() -> None:
    bench = Bench(EdaPuck, heard_of(EdaPuck))
    bench.run(4.0)
    bench.run(4.0, talks=False)

    assert bench.keeper.standing.code == "silent"


@pytest.mark.parametrize("baud", [0, -9600, "fast", 9600.5, True])
def test_a_baud_rate_that_is_none_is_refused(baud: object) -> None:
    with pytest.raises(ConfigError, match="no baud rate"):
        SerialPort(SerialLink(GsrLine.link.framing), {"port": "COM1", "baud": baud})


def test_the_rig_may_name_another_baud_rate() -> None:
    assert SerialPort(GsrLine.link, {"port": "COM1", "baud": 57_600}).baud == 57_600
