"""What a person is told when a serial device cannot be reached."""

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from drivers.cms50d import Cms50d
from engine.clock import SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.keeper import Keeper
from engine.devices.links import SerialLink
from engine.devices.source import Context
from engine.devices.transports import serial_reasons as why
from engine.devices.transports.reasons import Reason, UnreachableError
from engine.devices.transports.serial_port import SerialPort
from tools.virtual_serial import VirtualPort

REASONS = [r for r in vars(why).values() if isinstance(r, Reason)]
LINK = SerialLink(Cms50d.link.framing)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[VirtualPort]:
    made = VirtualPort(tmp_path / "oximeter")
    made.plug()
    yield made
    made.pull()


def refusal(path: object) -> UnreachableError:
    with pytest.raises(UnreachableError) as caught:
        SerialPort(LINK, {"port": str(path)}).open(SystemClock())
    return caught.value


@pytest.mark.parametrize("reason", REASONS, ids=lambda r: r.code)
def test_each_reason_has_a_remedy_in_both_languages(reason: Reason) -> None:
    error = reason.error("/dev/ttyUSB0", "detail")

    assert str(error).startswith("/dev/ttyUSB0: ")
    assert error.zh.startswith("/dev/ttyUSB0：")
    assert all((reason.en, reason.remedy, reason.zh, reason.remedy_zh))
    assert not any(ord(c) > 0x7F for c in reason.en + reason.remedy)
    assert any(ord(c) > 0x7F for c in reason.zh)


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        (errno.EACCES, "port_denied", "dialout"),
        (errno.EBUSY, "port_busy", "close the other program"),
        (errno.ENOENT, "no_port", "plug it in"),
        (errno.EIO, "port_failed", "plug it in again"),
    ],
)
def test_an_error_of_the_system_becomes_a_reason(
    monkeypatch: pytest.MonkeyPatch, number: int, code: str, told: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise serial.SerialException(number, "could not open port")

    monkeypatch.setattr(serial, "Serial", fail)
    said = refusal("/dev/ttyUSB0")

    assert said.code == code
    assert told in said.hint
    assert os.strerror(number) in said.what
    assert os.strerror(number) not in said.zh


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("could not open port 'COM9': FileNotFoundError(2, 'No such file', None, 2)", "no_port"),
        ("could not open port 'COM3': PermissionError(13, 'Access denied', None, 5)", "port_busy"),
    ],
)
def test_windows_tells_the_error_only_in_words(text: str, code: str) -> None:
    assert why.explain(serial.SerialException(text), why.FAILED, "COM3").code == code


def test_what_is_no_port_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no port")

    codes = {refusal(path).code for path in ("/dev/null", tmp_path / "file", tmp_path)}
    assert codes == {"not_a_port"}


def test_a_port_that_another_program_holds_is_told_as_such(port: VirtualPort) -> None:
    other = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    said = refusal(port.path)
    os.close(other)

    assert said.code == "port_busy"
    assert "占用" in said.zh


def test_a_cable_pulled_in_the_middle_of_connecting_is_a_state_and_comes_back(
    port: VirtualPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Torn(serial.Serial):
        def reset_input_buffer(self) -> None:
            super().reset_input_buffer()
            port.pull()  # open, and gone before it can be greeted

    clock = SystemClock()
    keeper = Keeper(DrivenSource(Cms50d, {"port": str(port.path)}), Context("it", clock))
    with monkeypatch.context() as torn:
        torn.setattr(serial, "Serial", Torn)
        keeper.turn(clock.now())
        clock.wait(0.15)
        keeper.turn(clock.now())
    lost = keeper.standing
    port.plug()
    deadline = clock.now() + 5.0
    while keeper.standing.code != "data" and clock.now() < deadline:
        port.say(bytes.fromhex("01E085B396C1E1FFFF"))
        keeper.turn(clock.now())
        clock.wait(0.01)
    back = keeper.standing.code
    keeper.close()

    assert lost.state == "lost"
    assert "正在重" in lost.zh
    assert back == "data"


@pytest.mark.parametrize(
    "error",
    [
        serial.SerialException(25, "Could not configure port: (25, 'Inappropriate ioctl')"),
        serial.SerialException("device reports readiness to read but returned no data"),
        OSError(errno.EREMOTEIO, "Remote I/O error"),
    ],
)
def test_no_english_words_of_a_library_stand_in_the_chinese_reason(error: Exception) -> None:
    said = why.explain(error, why.FAILED, "/dev/ttyUSB0").zh.replace("/dev/ttyUSB0", "")

    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", said.replace("anlan devices --scan", ""))
