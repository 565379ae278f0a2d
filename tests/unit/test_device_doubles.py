"""Two entries of a rig that mean one device are told before anyone sits down."""

from pathlib import Path
from typing import Any

import pytest

from drivers import register_drivers
from drivers.gsr_line import GsrLine
from engine.cli import main
from engine.devices.catalog import DeviceSpec, declare
from engine.errors import FaultyFileError
from engine.twin.plugin import register_drivers as simulated

KINDS: list[type[Any]] = [*register_drivers(), *simulated()]
CLASSES: dict[str, type[Any]] = {c.model: c for c in KINDS}


def fault(*devices: tuple[str, str, dict[str, Any]]) -> str:
    with pytest.raises(FaultyFileError) as caught:
        declare([DeviceSpec(*d) for d in devices], CLASSES, live=True)
    return str(caught.value)


def test_one_address_twice_is_refused_whatever_the_letters_and_the_model() -> None:
    said = fault(
        ("left", "heart-rate-band", {"address": "F0:F1:F2:F3:F4:F5"}),
        ("right", "polar-h10", {"address": "f0:f1:f2:f3:f4:f5"}),
    )

    assert "right: is the same device as 'left'" in said
    assert "both have address F0:F1:F2:F3:F4:F5" in said
    assert "leave one of the two out" in said


def test_one_port_twice_is_refused_under_any_of_its_names(tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    link = tmp_path / "by-id"
    link.symlink_to(port)
    said = fault(
        ("one", "gsr-line", {"port": str(port)}), ("two", "modbus-chair", {"port": str(link)})
    )

    assert "two: is the same device as 'one': both have port" in said


@pytest.mark.parametrize(
    ("model", "options", "key"),
    [
        ("heart-rate-band", {}, 'address = "..." (or name)'),
        ("eda-puck", {}, 'usb_serial = "..." (or port)'),
        ("eda-puck", {"usb_serial": "A10K3"}, 'usb_serial = "..." (or port)'),
    ],
)
def test_two_of_a_model_have_to_say_which_is_which(
    model: str, options: dict[str, Any], key: str
) -> None:
    said = fault(("a", model, options), ("b", model, {}))

    assert f"'a' and 'b' are both of the model {model}, and nothing tells which is which" in said
    assert key in said
    assert "anlan devices --scan" in said


def test_two_of_a_model_that_are_told_apart_are_fine() -> None:
    devices = [
        DeviceSpec("a", "eda-puck", {"usb_serial": "A10K3"}),
        DeviceSpec("b", "eda-puck", {"port": "/dev/ttyACM7"}),
        DeviceSpec("c", "heart-rate-band", {"address": "F0:F1:F2:F3:F4:F5"}),
        DeviceSpec("d", "heart-rate-band", {"name": "HRM Strap 2"}),
        DeviceSpec("e", "polar-h10", {}),
    ]

    assert len(declare(devices, CLASSES, live=True)) == 5


def test_two_simulated_people_are_two_people() -> None:
    devices = [DeviceSpec(n, "simulated-person", {"seed": 1}) for n in ("a", "b")]

    assert len(declare(devices, CLASSES, live=False)) == 2


def test_a_rig_is_checked_for_all_of_it_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = tmp_path / "rig.toml"
    rig.write_text(
        '[[devices]]\nname = "a"\nmodel = "eda-puk"\n'
        '[[devices]]\nname = "b"\nmodel = "heart-rate-band"\nadress = "F0:F1:F2:F3:F4:F5"\n'
        '[[devices]]\nname = "c"\nmodel = "heart-rate-band"\n'
        '[[devices]]\nname = "d"\nmodel = "gsr-line"\nport = "/dev/ttyUSB0"\nbaud = "fast"\n'
    )
    status = main(["check", str(rig)])
    said = capsys.readouterr().out

    assert status == 1
    assert "did you mean 'eda-puck'?" in said
    assert "b.adress: is no option of this device (did you mean 'address'?)" in said
    assert "nothing tells which is which" in said
    assert "d.baud: 'fast' is no baud rate" in said


TWICE = (
    '[[devices]]\nname = "one"\nmodel = "heart-rate-band"\naddress = "F0:F1:F2:F3:F4:F5"\n'
    '[[devices]]\nname = "two"\nmodel = "polar-h10"\naddress = "F0:F1:F2:F3:F4:F5"\n'
)


def test_a_rig_is_known_by_its_devices_whatever_the_file_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "capsule-3.toml"
    room.write_text(TWICE)
    status = main(["check", str(room)])
    said = capsys.readouterr().out

    assert status == 1
    assert said.startswith("FAULTY  ")
    assert "capsule-3.toml" in said.splitlines()[0]
    assert "two: is the same device as 'one'" in said
    assert "two：与 'one' 是同一台设备" in said
    assert "evidence" not in said  # that is what a protocol lacks


@pytest.mark.parametrize("text", ["[[devices", 'format = 1\ndevices = "none"\n', "\xff"])
def test_what_is_no_rig_is_checked_as_a_protocol(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "thing.toml"
    file.write_text(text, "latin-1")

    assert main(["check", str(file)]) == 1
    assert "thing.toml" in capsys.readouterr().out


def test_every_fault_of_a_rigs_devices_is_told_in_both_languages() -> None:
    devices = [
        ("a", "eda-puk", {}),
        ("b", "heart-rate-band", {}), ("c", "heart-rate-band", {}),
        ("d", "gsr-line", {"port": "/dev/x"}), ("d", "eda-puck", {"port": "/dev/x"}),
        ("E", "modbus-chair", {"port": "/dev/y"}),
        ("scene", "drift-chair", {"port": "/dev/z"}),
    ]  # fmt: skip
    with pytest.raises(FaultyFileError) as caught:
        declare([DeviceSpec(*d) for d in devices], CLASSES, live=True)

    assert len(caught.value.faults) >= 6
    assert [f for f in caught.value.faults if not f.zh] == []


def test_all_that_is_wrong_with_the_options_of_a_device_is_told_at_once() -> None:
    spec = DeviceSpec("p", "gsr-line", {"foo": 1, "prot": "x", "port": 5})

    with pytest.raises(FaultyFileError) as caught:
        declare([spec], {"gsr-line": GsrLine}, live=True)

    assert [f"{fault.where} {fault.what}" for fault in caught.value.faults] == [
        "p.foo is no option of this device",
        "p.prot is no option of this device",
        "p.port 5 is not a text",
    ]
