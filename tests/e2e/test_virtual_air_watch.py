"""`anlan devices --scan --watch` from end to end, and a vendor's belt without a radio."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from drivers.heart_rate_band import HeartRateBand
from engine.cli import devices, main, watching
from engine.devices import Chunk, Kind, nearby
from engine.devices.catalog import DeviceSpec
from engine.devices.manager import DeviceManager
from tests.e2e.ble_sources import WornStrap
from tools import try_ble, virtual_serial
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Strap

pytestmark = pytest.mark.slow


@pytest.fixture
def air(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualAir]:
    air = VirtualAir()
    monkeypatch.setattr(nearby, "look", partial(nearby.look, radio=air.radio()))
    monkeypatch.setattr(nearby, "plugged", lambda _classes: [])
    yield air
    air.close()


class Impatient(DeviceManager):
    """Presses Ctrl-C once three beats were heard; a device's process has an air of its own."""

    wanted: ClassVar[list[DeviceSpec]] = []

    def __init__(
        self, devices: Sequence[DeviceSpec], classes: Mapping[str, Any], **more: Any
    ) -> None:
        self.wanted[:] = devices
        self._beats = 0
        super().__init__(devices, classes={**classes, HeartRateBand.model: WornStrap}, **more)

    def drain(self, now: float) -> list[Chunk]:
        chunks = super().drain(now)
        if self._beats >= 3:
            raise KeyboardInterrupt
        self._beats += sum(len(c.t) for c in chunks if c.stream.kind is Kind.RRI)
        return chunks


def test_a_strap_that_is_scanned_is_connected_to_and_watched_live(
    air: VirtualAir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Strap(air)
    monkeypatch.setattr(devices, "DeviceManager", Impatient)
    monkeypatch.setattr(watching, "warmup", lambda _tell: None)  # seconds, and proved elsewhere
    status = main(["devices", "--scan", "--watch", "--seconds", "1", "--for", "60", "--lang", "zh"])
    said = capsys.readouterr().out

    assert status == 0, said
    assert [(s.model, dict(s.options)) for s in Impatient.wanted] == [
        ("heart-rate-band", {"address": "F0:F1:F2:F3:F4:F5"})
    ]
    assert re.search(r"heart-rate-band  正常  数据正常", said)


def test_a_new_belt_is_heard_in_virtual_air_with_the_values_of_its_transcript(
    tmp_path: Path,
) -> None:
    main(["driver", "new", "air-belt", "--ble", "--out", str(tmp_path / "it")])
    heard = CliRunner().invoke(
        try_ble.main, ["air-belt", "--package", str(tmp_path / "it"), "--seconds", "1.5"]
    )

    assert heard.exit_code == 0, heard.output
    assert "fits air-belt" in heard.output
    assert "eda       1.5 uS" in heard.output
    assert "eda       1.54 uS" in heard.output
    times = re.findall(r"^ *([0-9.]+) s  eda", heard.output, re.MULTILINE)
    assert max(map(float, times)) < 10.0  # a transcript said again and again loses nothing


def test_each_of_the_two_tools_sends_to_the_other_for_what_it_is_not(tmp_path: Path) -> None:
    port = ["--port", str(tmp_path / "port")]
    radio = CliRunner().invoke(virtual_serial.main, ["heart-rate-band", *port])
    cable = CliRunner().invoke(try_ble.main, ["gsr-line"])

    assert (radio.exit_code, cable.exit_code) == (2, 2)
    assert "'heart-rate-band' is a Bluetooth device" in radio.output
    assert "tools/try_ble.py" in radio.output
    assert "tools/virtual_serial.py" in cable.output
    assert not (tmp_path / "port").exists()
