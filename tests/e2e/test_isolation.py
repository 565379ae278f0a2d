"""One room, many drivers that misbehave at once: each takes down only itself."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from drivers.eda_puck import EdaPuck
from engine.clock import SystemClock
from engine.devices import live
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.events import Notice
from engine.streams import Chunk
from engine.testing.hosting import Terminal
from tests.e2e.device_sources import CLASSES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.quiet,
    pytest.mark.timeout(180),
    pytest.mark.skipif(os.name != "posix", reason="kills and counts processes the POSIX way"),
]

MIB = 2.0**20
TROUBLES: dict[str, dict[str, tuple[str, ...]]] = {
    "fails": {
        "raise": ("exception", "driver_faulty"), "exit": ("exit", "driver_faulty"),
        "segfault": ("killed", "driver_faulty"),
    },
    "takes": {"leak": ("memory", "driver_failed"), "quiet-exit": ("exit",), "fork": ("data",)},
    "floods": {"garbage": (), "chatter": ("data",)},
    "hangs": {
        "hang": ("silent", "driver_failed"), "spin": ("silent",), "blocked-hello": ("silent",),
    },
}  # fmt: skip
"""Groups of drivers that are in trouble together, and what has to be told of each."""
CLASSES_HERE: dict[str, Any] = {**CLASSES, "eda-puck": EdaPuck}


class Garbage(Terminal):
    """A serial device that sends a megabyte of noise a second."""

    RATE = 1e6

    def __init__(self) -> None:
        super().__init__(EdaPuck, ())
        self.sent = 0

    def _talk(self) -> None:
        noise = np.random.default_rng(1)
        while not self._ending.is_set():
            due = int(self.clock.now() * self.RATE) - self.sent
            if due > 0:
                data = noise.integers(0, 256, min(due, 65536), dtype=np.uint8).tobytes()
                try:
                    self.sent += os.write(self._master, data)
                except BlockingIOError:
                    self.sent += len(data)  # the line is full: it is lost, as on a wire
            self.clock.wait(0.002)


class Watched:
    """A room at 100 Hz that notes how late the healthy device's samples come."""

    def __init__(self, devices: list[DeviceSpec]) -> None:
        self.clock = SystemClock()
        self.manager = DeviceManager(devices, classes=CLASSES_HERE, clock=self.clock, live=True)
        self.chunks: list[Chunk] = []
        self.ages: list[float] = []
        self.notices: list[Notice] = []
        self.slowest = 0.0

    def turn(self) -> None:
        before = self.clock.now()
        came = self.manager.drain(before)
        self.notices += self.manager.notices()
        now = self.clock.now()
        self.slowest = max(self.slowest, now - before)
        healthy = [c for c in came if c.stream.name == "healthy.sine"]
        self.chunks += healthy
        self.ages += [now - float(c.t[0]) for c in healthy]
        self.clock.wait(0.01)

    def until(self, is_so: Callable[[], bool], within: float = 60.0) -> None:
        deadline = self.clock.now() + within
        while not is_so():
            assert self.clock.now() < deadline, [n.facts.get("code") for n in self.notices]
            self.turn()

    def codes(self, device: str) -> list[str]:
        return [
            str(n.facts.get("code"))
            for n in self.notices
            if device in {n.facts.get("device"), n.facts.get("part")}
        ]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_MEMORY", 250 * MIB)
    monkeypatch.setattr(live, "OPEN_WITHIN", 12.0)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("group", TROUBLES)
def test_whatever_a_driver_does_the_others_samples_keep_coming(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], group: str
) -> None:
    expected = TROUBLES[group]
    devices = [DeviceSpec("healthy", "metronome")]
    for trouble in expected:
        options = {"trouble": trouble, "folder": str(tmp_path), "after": 0.3}
        devices.append(DeviceSpec(trouble, "metronome", options))
    with ExitStack() as stack:
        garbage = stack.enter_context(Garbage())
        if "garbage" in expected:
            devices[1] = DeviceSpec("garbage", "eda-puck", garbage.options)
        room = Watched(devices)
        stack.enter_context(room.manager)
        room.until(lambda: "data" in room.codes("healthy"))
        began = room.clock.now()
        room.until(lambda: all(set(c) <= set(room.codes(t)) for t, c in expected.items()))
        room.until(lambda: room.clock.now() > began + 5.0)
        status = {s.name: s for s in room.manager.status()}
        forked = [int(p.name.rpartition("-")[2]) for p in tmp_path.glob("forked-*")]
    numbers = np.concatenate([c.x[:, 0] for c in room.chunks])
    p50, p99 = np.percentile(room.ages, [50, 99])
    told = (
        f"beside {', '.join(expected)}: age of healthy samples p50 {1e3 * p50:.1f} ms, p99 "
        f"{1e3 * p99:.1f} ms, worst {1e3 * max(room.ages):.0f} ms; "
        f"the room's slowest drain {1e3 * room.slowest:.1f} ms"
    )
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201

    assert np.all(np.diff(numbers) == 1.0), "not one sample is lost or comes twice"
    assert set(room.codes("healthy")) <= {"connecting", "data"}
    assert p99 < 0.25
    assert room.slowest < 0.25
    for trouble, codes in expected.items():
        if "driver_faulty" in codes:
            assert status[trouble].standing.zh.startswith("驱动程序反复出错")
    if "garbage" in expected:
        assert garbage.sent > 4e6
        assert not {"exception", "driver_faulty"} & set(room.codes("garbage"))
    assert "fork" not in expected or forked
    assert not any(map(is_running, forked)), "what a driver started goes with it"


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for mark in tmp_path.glob("forked-*"):
        pid = int(mark.name.rpartition("-")[2])
        if is_running(pid):
            psutil.Process(pid).kill()


def test_a_driver_that_crashes_leaves_nothing_it_started(family: Path) -> None:
    options = {"trouble": "fork", "then": "segfault", "folder": str(family), "after": 0.3}
    room = Watched([DeviceSpec("fork", "metronome", options)])
    with room.manager:
        deadline = room.clock.now() + 30.0
        while "killed" not in room.codes("fork"):
            assert room.clock.now() < deadline, room.codes("fork")
            room.turn()
        first = min(family.glob("forked-*"), key=lambda p: p.stat().st_mtime)
        while is_running(int(first.name.rpartition("-")[2])):
            assert room.clock.now() < deadline
            room.turn()
