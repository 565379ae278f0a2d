"""A Bluetooth strap in a room: in a process of its own, and through a whole session."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cli import main
from engine.clock import SystemClock
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.graph.standard import standard_graph
from engine.plugins import Plugins
from engine.store.session_file import SessionFile
from engine.streams import Chunk
from tests.e2e.ble_sources import BEAT, WornStrap
from tests.short_protocol import write_short

pytestmark = pytest.mark.slow

CLASSES = {"worn-strap": WornStrap}


def test_a_strap_in_its_own_process_slips_and_comes_back_without_a_double_beat() -> None:
    clock = SystemClock()
    devices = [DeviceSpec("band", "worn-strap", {"every": 0.25, "slips": 5})]
    chunks: list[Chunk] = []
    codes: list[str] = []
    with DeviceManager(devices, classes=CLASSES, clock=clock, live=True) as manager:
        wired = standard_graph(manager.streams)
        derived: set[str] = set()
        deadline = clock.now() + 25.0
        beats = 0
        while beats < 15:
            assert clock.now() < deadline, codes
            for chunk in manager.drain(clock.now()):
                chunks.append(chunk)
                derived |= {c.stream.name for c in wired.graph.push(chunk)}
            codes += [str(n.facts.get("code")) for n in manager.notices()]
            beats = sum(len(c.t) for c in chunks if c.stream.name == "band.rri")
            clock.wait(0.01)
    t = np.concatenate([c.t for c in chunks if c.stream.name == "band.rri"])
    x = np.concatenate([c.x[:, 0] for c in chunks if c.stream.name == "band.rri"])
    order = [c for i, c in enumerate(codes) if i == 0 or c != codes[i - 1]]

    assert wired.groups == ("heart",)
    assert order[:5] == ["connecting", "data", "link_lost", "connecting", "data"]
    assert np.all(np.diff(t) > 0.0)
    assert np.all(np.diff(np.round(x - 250.0) % 7) != 0)  # the next beat, never the same again
    assert any(c.stream.name == "band.battery" and c.x[0, 0] == 87.0 for c in chunks)
    assert derived


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.skipif(os.name != "posix", reason="counts processes the POSIX way")
def test_a_whole_session_is_measured_by_a_bluetooth_strap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = Plugins.drivers

    def drivers(self: Plugins) -> Mapping[str, type[Any]]:
        return {**installed(self), **CLASSES}

    monkeypatch.setattr(Plugins, "drivers", drivers)
    protocol, rig, out = tmp_path / "strap.toml", tmp_path / "rig.toml", tmp_path / "session"
    write_short(protocol, lasts=6.0, needs='wants = ["heart"]')
    rig.write_text('[[devices]]\nname = "band"\nmodel = "worn-strap"\n', "utf-8")
    status = main(
        ["run", str(protocol), "--rig", str(rig), "--headless", "--no-stage", "--no-sound",
         "--lang", "en", "--out", str(out)]
    )  # fmt: skip
    lines = (out / "events.jsonl").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    t, rri = SessionFile.open(out / "session.mcap").series("band.rri")
    states = [e["code"] for e in events if e["kind"] == "device_state" and e["device"] == "band"]

    assert status == 0
    assert events[-1]["kind"] == "session_closed"
    assert events[-1]["reason"] == "complete"
    assert states[:2] == ["connecting", "data"]
    assert "link_lost" not in states
    assert len(t) > 0.8 * (t[-1] - t[0]) / BEAT
    assert np.all(np.abs(rri[:, 0] - 1000.0 * BEAT) < 10.0)
