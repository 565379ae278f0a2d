"""A live session: a Bluetooth strap, a serial sensor, a chair; cables are pulled by hand."""

import json
import os
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.eda_puck import PACKET
from engine.cli import main
from engine.cli.planning import make_plan
from engine.clock import SystemClock
from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.events import Command
from engine.plugins import load
from engine.runtime.core import Core
from engine.runtime.room import Room
from engine.session.conductor import Conductor
from engine.store.session_file import SessionFile
from tests.e2e.ble_sources import WornStrap
from tests.rehearsal import protocol_of
from tools.chair_simulator import Chair, SimulatedChair

pytestmark = [
    pytest.mark.slow,
    pytest.mark.quiet,
    pytest.mark.timeout(180),
    pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals"),
]

WORDS = {"zh": "字", "en": "words"}
EVERY = 0.4
PROTOCOL: dict[str, Any] = {
    "limits": {"chair.recline": [0, 20]},
    "wants": ["heart", "eda"],
    "phase": [
        {"id": "lean", "title": WORDS, "scene": "dusk-ocean", "lasts": 14.0,
         "set": {"chair.recline": 8.0}},
    ],
    "envelope": {"check": 3.0, "rating": 1.0, "fit": 2.0, "fit_held": 1.0, "fit_quality": 0.1,
                 "baseline": 4.0, "recovery": 2.0, "closing": 1.0, "upright": 2.0},
}  # fmt: skip


class Officer:
    """Consents, and answers nothing."""

    def commands(self, conductor: Conductor) -> list[Command]:
        _, elapsed = conductor.progress
        if conductor.section.part == "check" and not conductor.consented and elapsed >= 1.0:
            return [Command("consent", "officer")]
        return []


class Socket:
    """Where a serial device is plugged in: a path that a rig names, whatever hangs behind it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def plug(self, port: str) -> None:
        self.unplug()
        self.path.symlink_to(port)

    def unplug(self) -> None:
        with suppress(FileNotFoundError):
            self.path.unlink()


class Puck:
    """Sends eight counted conductances four times a second while it is plugged in."""

    def __init__(self, socket: Socket) -> None:
        self.sent: dict[int, float] = {}
        self._socket, self._clock = socket, SystemClock()
        self._ends: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="puck", daemon=True)
        self.plug()
        self._thread.start()

    def plug(self) -> None:
        with self._lock:
            master, slave = os.openpty()
            for end in (master, slave):
                tty.setraw(end)
            os.set_blocking(master, False)
            self._ends = (master, slave)
            self._socket.plug(os.ttyname(slave))

    def unplug(self) -> None:
        with self._lock:
            self._socket.unplug()
            for end in self._ends or ():
                os.close(end)
            self._ends = None

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(2.0)
        self.unplug()

    def _talk(self) -> None:
        n = 0
        while not self._ending.is_set():
            self._clock.wait((n + 1) * 0.25 - self._clock.now())
            counts = [2000 + 8 * n + i for i in range(8)]
            head = PACKET.pack(b"\xa5\x5a", n % 256, *counts, 0)[:-1]
            with self._lock:
                if self._ends is not None:
                    with suppress(OSError):
                        os.write(self._ends[0], head + bytes([sum(head) & 0xFF]))
                    # When they were made by the device's own clock, not when this busy process
                    # came to send them.
                    made = (n + 1) * 0.25
                    self.sent |= {c: made - (7 - i) / 32 for i, c in enumerate(counts)}
            n += 1


class Seat:
    """The simulated chair behind a socket; one chair, however often it is plugged in."""

    def __init__(self, socket: Socket) -> None:
        self.chair, self.clock = Chair(), SystemClock()
        self._socket = socket
        self._plugged: SimulatedChair | None = None

    def plug(self) -> None:
        self._plugged = SimulatedChair(self.clock, self.chair)
        self._plugged.__enter__()
        self._socket.plug(self._plugged.port)

    def unplug(self) -> float:
        assert self._plugged is not None
        self._socket.unplug()
        pulled = self.clock.now()
        self._plugged.unplug()
        return pulled

    def stop(self) -> None:
        if self._plugged is not None:
            self._plugged.__exit__(None, None, None)


def test_a_live_room_whose_cables_are_pulled_and_put_back(tmp_path: Path) -> None:
    puck, seat = Puck(Socket(tmp_path / "puck")), Seat(Socket(tmp_path / "chair"))
    seat.plug()
    found = load()
    plan = make_plan(
        protocol_of(scene="dusk-ocean", **PROTOCOL), Rig(), found,
        devices=(
            DeviceSpec("strap", "worn-strap", {"every": EVERY, "slips": 25}),
            DeviceSpec("puck", "eda-puck", {"port": str(tmp_path / "puck")}),
            DeviceSpec("chair", "modbus-chair", {"port": str(tmp_path / "chair")}),
        ),
        folder=tmp_path / "session", lang="zh", seed=1, headless=True, virtual=False,
        stage=False, sound=False,
    )  # fmt: skip
    plan = replace(plan, classes={**plan.classes, "worn-strap": WornStrap})
    pulled: list[float] = []
    at_pull: list[float] = []
    hands: list[threading.Thread] = []

    def pull() -> None:
        at_pull.append(seat.chair.angles[0])
        pulled.append(seat.unplug())

    def swap() -> None:
        seat.stop()
        seat.plug()

    deeds: list[tuple[str, float, Callable[[], None]]] = [
        ("baseline", 1.0, puck.unplug), ("baseline", 3.0, puck.plug),
        ("training", 3.0, pull), ("training", 6.0, swap),
        ("training", 8.0, puck.unplug), ("training", 10.0, puck.plug),
    ]  # fmt: skip

    def watch(core: Core) -> None:
        _, elapsed = core.conductor.progress
        while deeds and core.conductor.section.part == deeds[0][0] and elapsed >= deeds[0][1]:
            hands.append(threading.Thread(target=deeds.pop(0)[2], name="hand"))
            hands[-1].start()

    try:
        outcome = Room(plan, Officer(), watch).run()
    finally:
        for hand in hands:
            hand.join(10.0)
        puck.stop()
        seat.stop()
    folder = tmp_path / "session"
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    file = SessionFile.open(folder / "session.mcap")
    told = [e for e in events if e["kind"] == "device_state"]
    states = {
        device: [e["state"] for e in told if e["device"] == device]
        for device in ("strap", "puck", "chair")
    }
    reasons = [e["because"]["rule"] for e in events if e["kind"] == "level_changed"]

    assert outcome.reason == "complete"
    assert not deeds
    for device, losses in (("strap", 1), ("puck", 2), ("chair", 1)):
        assert states[device].count("lost") >= losses, states
        assert states[device][-1] == "live", states
    # The chair moved, stopped where it was pulled, waited, and came up in the end.
    assert 1.0 < at_pull[0] < 7.0
    angle_t, angle = file.series("chair.recline_angle")
    assert angle.max() < at_pull[0] + 2.5, "1 s at 2 deg/s, and a reading"
    assert reasons.count("device lost") == 1
    assert seat.chair.angles[0] < 1.0
    assert np.all(np.diff(angle_t) > 0)
    # On the session's clock, though the room's ran for a while before it began.
    ages = [step.step / 100 - c.t[-1] for step in file.steps() for c in step.chunks]
    assert min(ages) > -0.1
    assert np.percentile(ages, 99) < 1.0
    # Every conductance once, in order, and with the time it was made.
    t, x = file.series("puck.eda")
    counts = np.round(x[:, 0] / (60.0 / 0xFFFF)).astype(int)
    late = t - np.array([puck.sent[c] for c in counts])
    assert np.all(np.diff(counts) > 0)
    assert np.abs(late - np.median(late)).max() < 0.1
    # Every beat once: the interval tells its number.
    beat_t, rri = file.series("strap.rri")
    number = np.round(rri[:, 0] - 1000.0 * EVERY) % 7
    assert np.all(np.diff(beat_t) > 0)
    assert np.all(np.diff(number) != 0)
    assert len(beat_t) > 20
    assert main(["replay", str(folder), "--verify"]) == 0
