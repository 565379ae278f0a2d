"""What `anlan devices --scan` tells of the Bluetooth devices around."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from drivers import register_drivers
from drivers.okin import COMMAND, SERVICE
from engine.cli import main
from engine.devices import nearby
from engine.devices.transports import ble_search
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Oximeter, PolarH10, Recliner, Strap

pytestmark = pytest.mark.slow

CLASSES = {c.model: c for c in register_drivers()}


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualAir]:
    air = VirtualAir()
    monkeypatch.setattr(nearby, "look", partial(nearby.look, radio=air.radio()))
    monkeypatch.setattr(nearby, "plugged", lambda _classes: [])
    yield air
    air.close()


def test_each_device_is_told_with_the_drivers_that_fit_and_its_battery(air: VirtualAir) -> None:
    Strap(air)
    Strap(air, "Bare strap", "F0:F1:F2:F3:F4:F6", battery=False)
    Oximeter(air)
    PolarH10(air)
    box = Recliner(air, "OKIN-56", SERVICE, COMMAND)

    found = {n.name: n for n in nearby.look(1.0, CLASSES)}

    assert found["HRM Strap 1"].models == ("heart-rate-band",)
    assert found["HRM Strap 1"].battery == 87
    assert found["HRM Strap 1"].address == "F0:F1:F2:F3:F4:F5"
    assert found["Bare strap"].battery is None
    assert found["Oximeter"].models == ("pulse-oximeter",)
    assert found["Polar H10 SIM0001"].models == ("polar-h10", "heart-rate-band")
    assert found["OKIN-56"].models == ("okin-recliner",)
    assert found["OKIN-56"].battery is None
    assert not box.commands
    assert all(-100 <= n.rssi <= 0 for n in found.values())


def test_the_command_prints_a_line_for_each_device_and_what_to_write(
    air: VirtualAir, capsys: pytest.CaptureFixture[str]
) -> None:
    Strap(air)
    status = main(["devices", "--scan", "--seconds", "1"])
    said = capsys.readouterr().out

    assert status == 0
    assert "87 %   heart-rate-band" in said
    assert 'address = "F0:F1:F2:F3:F4:F5"' in said


def test_the_command_prints_json(air: VirtualAir, capsys: pytest.CaptureFixture[str]) -> None:
    Strap(air)
    status = main(["devices", "--scan", "--seconds", "1", "--json"])
    (row,) = json.loads(capsys.readouterr().out)

    assert status == 0
    assert row["models"] == ["heart-rate-band"]
    assert row["battery"] == 87
    assert row["rssi_dbm"] <= 0


def test_nothing_around_is_no_fault(air: VirtualAir, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["devices", "--scan", "--seconds", "1", "--lang", "zh"])

    assert status == 0
    assert "附近没有蓝牙设备" in capsys.readouterr().out


def test_without_bluetooth_the_command_says_so_and_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_args: object) -> None:
        raise BleakBluetoothNotAvailableError("none", BleakBluetoothNotAvailableReason.NO_BLUETOOTH)

    monkeypatch.setattr(ble_search, "_scanner", fail)
    status = main(["devices", "--scan", "--seconds", "1"])
    warned = capsys.readouterr().err

    assert status == 3
    assert "plug in a Bluetooth 4.0 adapter" in warned
    assert "请插入蓝牙 4.0 适配器" in warned


def test_a_rig_of_real_devices_is_listed_without_opening_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text('[[devices]]\nname = "strap"\nmodel = "heart-rate-band"\n')
    status = main(["devices", "--rig", str(rig)])
    said = capsys.readouterr().out

    assert status == 0
    assert "rri" in said
    assert "battery" in said
