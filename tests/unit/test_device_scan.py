"""What `anlan devices --scan` makes of serial ports, and of everything in reach together."""

import errno
import re
from collections.abc import Callable
from typing import Any

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from engine.cli import main, scanning
from engine.devices import nearby
from engine.devices.nearby import Nearby
from engine.devices.transports import ble_reasons
from engine.vocabulary import is_chinese
from tests.shipped import SHIPPED

CLASSES: dict[str, type[Any]] = {d.model: d for d in SHIPPED}
STRAP = Nearby("HRM Strap 1", "F0:F1:F2:F3:F4:F5", -50, ("180d",), ("heart-rate-band",), 87)
OTHER = Nearby("HRM Strap 2", "F0:F1:F2:F3:F4:F6", -90, ("180d",), ("heart-rate-band",))
BED = Nearby("OKIN-56", "F0:F1:F2:F3:F4:B1", -70, (), ("okin-recliner",))


def usb(device: str, vid: int | None, pid: int | None, number: str | None) -> ListPortInfo:
    info = ListPortInfo(device)
    info.vid, info.pid, info.serial_number = vid, pid, number
    info.description = "Puck" if vid else "n/a"
    return info


PUCK = usb("/dev/ttyACM0", 0x2E8A, 0x10C1, "A10K3")
CHAIR = usb("/dev/ttyACM1", 0x0483, 0x5740, None)
BOARD = usb("/dev/ttyS0", None, None, None)


@pytest.fixture
def reach(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what puts ports and radios in reach."""

    def put(
        ports: list[ListPortInfo], air: list[Nearby] | Exception, *, usable: bool = True
    ) -> None:
        def look(*_: Any, **__: Any) -> list[Nearby]:
            if isinstance(air, Exception):
                raise air
            return air

        monkeypatch.setattr(list_ports, "comports", lambda: ports)
        monkeypatch.setattr(nearby, "may_open", lambda _port: usable)
        monkeypatch.setattr(nearby, "look", look)

    return put


def test_serial_ports_are_told_with_their_driver_and_their_number(
    reach: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    reach([BOARD, PUCK], [STRAP])
    status = main(["devices", "--scan", "--lang", "en"])
    said = capsys.readouterr().out
    lines = said.splitlines()

    assert status == 0
    assert lines[0].split() == ["Puck", "/dev/ttyACM0", "2e8a:10c1", "A10K3", "eda-puck"]
    assert "no driver fits" in lines[1]
    assert '[[devices]]\nname = "eda-puck"\nmodel = "eda-puck"\nusb_serial = "A10K3"\n' in said
    assert 'address = "F0:F1:F2:F3:F4:F5"' in said


def test_a_port_this_user_may_not_open_says_what_to_do(reach: Callable[..., None]) -> None:
    reach([PUCK], [], usable=False)
    (found,) = scanning.scan(1.0, CLASSES).devices

    assert "dialout" in found.line
    assert "dialout" in found.facts["fault_zh"]
    assert "请允许当前用户使用串口" in found.facts["fault_zh"]


def test_without_bluetooth_what_is_plugged_in_is_still_shown(
    reach: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    reach([PUCK], ble_reasons.NO_ADAPTER.error())
    status = main(["devices", "--scan"])
    said = capsys.readouterr()

    assert status == 0
    assert "eda-puck" in said.out
    assert "plug in a Bluetooth 4.0 adapter" in said.err
    assert "请插入蓝牙 4.0 适配器" in said.err
    assert "showed itself" not in said.out


def test_what_can_move_a_person_is_not_watched_unless_a_rig_names_it(
    reach: Callable[..., None],
) -> None:
    reach([PUCK, CHAIR], [STRAP, OTHER, BED])
    found = scanning.scan(1.0, CLASSES).devices
    watched, left_out = scanning.as_rig(found, CLASSES, moving=False)
    written, _ = scanning.as_rig(found, CLASSES, moving=True)

    assert [s.name for s in watched] == ["eda-puck", "heart-rate-band", "heart-rate-band-2"]
    assert left_out == ["drift-chair /dev/ttyACM1", "okin-recliner F0:F1:F2:F3:F4:B1"]
    assert {s.model for s in written} >= {"drift-chair", "okin-recliner"}


def test_nothing_to_watch_ends_with_3(
    reach: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    reach([BOARD], [BED])
    status = main(["devices", "--scan", "--watch", "--lang", "en"])
    said = capsys.readouterr().err

    assert status == 3
    assert "left alone, it can move a person" in said
    assert "nothing to watch" in said
    assert not is_chinese(said)


def test_a_scan_speaks_one_language(
    reach: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    reach([BOARD, PUCK], [STRAP, OTHER])
    said = {}
    for lang in ("zh", "en"):
        assert main(["devices", "--scan", "--lang", lang]) == 0
        said[lang] = capsys.readouterr().out

    assert "没有对应的驱动" in said["zh"]
    assert "写入 rig 文件" in said["zh"]
    assert "近" in said["zh"]
    assert "no driver fits" in said["en"]
    assert "near" in said["en"]
    assert not is_chinese(said["en"])
    assert not re.search("no driver|in the rig|near|weak", said["zh"])


def test_a_port_this_user_may_not_open_is_told_in_the_language_of_the_scan(
    reach: Callable[..., None],
) -> None:
    reach([PUCK], [], usable=False)
    (found,) = scanning.scan(1.0, CLASSES, "zh").devices

    assert "请允许当前用户使用串口" in found.line


def test_a_scan_opens_no_port(reach: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "a port was opened: many a device restarts by that")

    reach([PUCK], [])
    monkeypatch.setattr("serial.Serial", refuse)

    assert scanning.scan(1.0, CLASSES).devices[0].models == ("eda-puck",)
