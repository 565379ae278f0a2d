import os
import tty
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from serial.tools import list_ports

from engine.clock import SystemClock
from engine.devices import ConfigError, Lines, LinkError, SerialLink
from engine.devices.transports.serial_port import SerialPort

LINK = SerialLink(Lines(b"\n"), usb=((0x2E8A, 0x10C1),))


def plugged(device: str, serial_number: str, vid: int = 0x2E8A) -> Any:
    return SimpleNamespace(device=device, vid=vid, pid=0x10C1, serial_number=serial_number)


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(list_ports, "comports", lambda: found)
    return found


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """Return the device's end of a pseudo terminal and the name of ours."""
    master, slave = os.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


def test_a_device_is_found_by_its_usb_numbers(ports: list[Any], line: tuple[int, str]) -> None:
    ports += [plugged("/dev/none", "A", vid=1), plugged(line[1], "B")]
    port = SerialPort(LINK, {})
    port.open(SystemClock())
    port.write(b"hello")

    assert os.read(line[0], 5) == b"hello"
    port.close()
    port.close()


def test_a_device_that_is_not_plugged_in_is_named(ports: list[Any]) -> None:
    with pytest.raises(LinkError, match=r"is plugged in: 2e8a:10c1 \(plug it in"):
        SerialPort(LINK, {}).open(SystemClock())


def test_of_two_alike_the_rig_has_to_say_which(ports: list[Any], line: tuple[int, str]) -> None:
    ports += [plugged("/dev/a", "A"), plugged(line[1], "B")]

    with pytest.raises(LinkError, match=r"several such devices .*/dev/a \(A\).*usb_serial = "):
        SerialPort(LINK, {}).open(SystemClock())

    chosen = SerialPort(LINK, {"usb_serial": "B"})
    chosen.open(SystemClock())
    chosen.close()


def test_a_serial_number_that_is_not_there_is_told_with_those_that_are(ports: list[Any]) -> None:
    ports.append(plugged("/dev/a", "A"))

    with pytest.raises(LinkError, match=r"'Z'; plugged in: A \("):
        SerialPort(LINK, {"usb_serial": "Z"}).open(SystemClock())


def test_a_port_that_cannot_be_opened_says_why() -> None:
    with pytest.raises(LinkError, match=r"No such file or directory \(plug it in"):
        SerialPort(LINK, {"port": "/dev/nothing-here"}).open(SystemClock())


def test_a_port_in_use_is_refused(line: tuple[int, str]) -> None:
    first = SerialPort(LINK, {"port": line[1]})
    first.open(SystemClock())

    with pytest.raises(LinkError, match="close the other program"):
        SerialPort(LINK, {"port": line[1]}).open(SystemClock())
    first.close()


@pytest.mark.parametrize("options", [{"port": 3}, {"port": ""}, {"usb_serial": 1.5}])
def test_options_that_are_no_text_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="is not a text"):
        SerialPort(LINK, options)


def test_a_driver_without_usb_numbers_needs_a_port() -> None:
    with pytest.raises(ConfigError, match="give the port in the rig"):
        SerialPort(SerialLink(Lines()), {})


def test_bytes_carry_the_time_they_came_and_not_the_time_of_asking(
    line: tuple[int, str],
) -> None:
    clock = SystemClock()
    port = SerialPort(LINK, {"port": line[1]})
    port.open(clock)
    sent = clock.now()
    os.write(line[0], b"12345\n")
    clock.wait(0.3)
    pieces = port.received()
    port.close()

    assert b"".join(p.data for p in pieces) == b"12345\n"
    assert pieces[-1].t - sent < 0.2


def test_a_closed_port_refuses_to_write() -> None:
    with pytest.raises(LinkError, match="is not open"):
        SerialPort(LINK, {"port": "COM3"}).write(b"x")
