"""However a room ends, or fails to begin, nothing it started goes on and nothing is lost."""

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from engine import plugins
from engine.cli import main, replay
from engine.cli.planning import make_plan
from engine.config import Rig
from engine.devices.manager import DeviceManager
from engine.errors import ConfigError, DriverError
from engine.events import Command
from engine.runtime.plan import Plan, load_protocol, simulated
from engine.runtime.room import Room
from engine.session.conductor import Conductor
from engine.store.session_file import SessionFile


class Impatient:
    """Ends the session at once."""

    def commands(self, conductor: Conductor) -> list[Command]:
        return [Command("stop", "operator", {"reason": "enough", "at_once": True})]


def plan_in(folder: Path, found: plugins.Plugins | None = None) -> Plan:
    found = plugins.load() if found is None else found
    return make_plan(
        load_protocol("demo", found), Rig.default(), found, devices=(simulated(1),), folder=folder,
        lang="zh", seed=1, headless=True, virtual=True, stage=False, sound=False,
    )  # fmt: skip


def with_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> plugins.Plugins:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "room_vendor.py").write_text(f"from engine.plugins import hookimpl\n\n{code}")
    sys.modules.pop("room_vendor", None)
    own = entry_points(group=plugins.GROUP)
    return plugins.load([EntryPoint("room-vendor", "room_vendor", plugins.GROUP), *own])


def test_a_room_whose_devices_cannot_be_started_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(self: DeviceManager) -> None:
        raise DriverError("cannot be sent to a process of its own", where="chair")

    monkeypatch.setattr(DeviceManager, "start", start)
    with pytest.raises(DriverError):
        Room(plan_in(tmp_path / "s"), Impatient()).run()

    file = SessionFile.open(tmp_path / "s" / "session.mcap")
    assert file.complete  # and the fixture that watches threads and processes is content
    assert file.reason == "the room could not be built"


def test_a_device_that_cannot_be_stopped_costs_no_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = DeviceManager.stop

    def stop(self: DeviceManager) -> None:
        really(self)
        raise OSError("no")

    monkeypatch.setattr(DeviceManager, "stop", stop)
    with pytest.raises(OSError, match="no"):
        Room(plan_in(tmp_path / "s"), Impatient()).run()

    assert SessionFile.open(tmp_path / "s" / "session.mcap").complete


def test_a_plugin_that_cannot_add_its_nodes_is_named_before_anyone_sits_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = with_vendor(
        tmp_path, monkeypatch, "@hookimpl\ndef register_nodes(graph):\n    raise KeyError('ecg')\n"
    )
    with pytest.raises(
        ConfigError, match="room-vendor: its nodes cannot be added: KeyError: 'ecg'"
    ):
        Room(plan_in(tmp_path / "s", found), Impatient()).run()

    assert not (tmp_path / "s").exists()


def test_a_replay_is_proved_with_the_nodes_that_plugins_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "asked = []\n\n\n@hookimpl\ndef register_nodes(graph, streams):\n"
        "    asked.append((type(graph).__name__, [s.name for s in streams]))\n"
    )
    found = with_vendor(tmp_path, monkeypatch, code)
    Room(plan_in(tmp_path / "s", found), Impatient()).run()
    monkeypatch.setattr(replay, "installed", lambda: found)

    assert main(["replay", str(tmp_path / "s"), "--verify"]) == 0
    first, again = sys.modules["room_vendor"].asked
    assert first == again
    assert "person.ecg" in first[1]


def test_a_plugin_that_fails_at_the_ends_of_a_session_ends_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "".join(
        f"@hookimpl\ndef session_{when}(protocol):\n    raise ValueError(protocol)\n\n"
        for when in ("started", "ended")
    )
    found = with_vendor(tmp_path, monkeypatch, code)
    outcome = Room(plan_in(tmp_path / "s", found), Impatient()).run()

    log = (tmp_path / "s" / "room.log").read_text(encoding="utf-8")
    assert outcome.reason == "enough"
    assert SessionFile.open(tmp_path / "s" / "session.mcap").complete
    assert log.count('"event": "plugin_failed"') == 2
    assert '"plugin": "room-vendor"' in log
