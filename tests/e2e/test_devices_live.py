import os
import signal
import subprocess
import sys
import textwrap
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from drivers.eda_puck import PACKET, EdaPuck
from drivers.heart_rate_band import HeartRateBand
from engine.clock import SystemClock
from engine.devices.live import PATIENCE
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.events import Notice
from engine.streams import Chunk
from tests.e2e.device_sources import CLASSES

pytestmark = [pytest.mark.slow, pytest.mark.quiet]

SHM = Path("/dev/shm")  # noqa: S108
ALL = CLASSES | {"eda-puck": EdaPuck, "heart-rate-band": HeartRateBand}


class Room:
    """Drives a manager at 100 Hz the way the room does, against a deadline."""

    def __init__(self, *devices: DeviceSpec) -> None:
        self.clock = SystemClock()
        self.manager = DeviceManager(devices, classes=ALL, clock=self.clock, live=True)
        self.chunks: list[Chunk] = []
        self.notices: list[tuple[float, Notice]] = []
        self.slowest = 0.0

    def until(self, is_so: Callable[[], bool], within: float = 15.0) -> None:
        deadline = self.clock.now() + within
        while not is_so():
            now = self.clock.now()
            assert now < deadline, self.told()
            self.chunks += self.manager.drain(now)
            self.slowest = max(self.slowest, self.clock.now() - now)
            self.notices += [(now, n) for n in self.manager.notices()]
            self.clock.wait(0.01)

    def for_seconds(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        self.until(lambda: self.clock.now() >= until)

    def told(self) -> list[str]:
        return [str(n.facts.get("code", "contained")) for _, n in self.notices]

    def knows(self, code: str) -> bool:
        return code in self.told()

    def numbers(self) -> Any:
        return np.concatenate([c.x[:, 0] for c in self.chunks] or [np.zeros(0)])


@pytest.fixture
def start() -> Iterator[Callable[..., Room]]:
    threads, children = set(threading.enumerate()), live_children()
    memory = segments_of(os.getpid())
    rooms: list[Room] = []

    def begin(*devices: DeviceSpec) -> Room:
        room = Room(*devices)
        rooms.append(room)
        room.manager.start()
        return room

    yield begin
    for room in rooms:
        before = room.clock.now()
        room.manager.stop()
        assert room.clock.now() - before < 3.0
    assert set(threading.enumerate()) <= threads
    assert live_children() <= children
    assert segments_of(os.getpid()) <= memory


def segments_of(pid: int) -> set[str]:
    return {p.name for p in SHM.glob(f"anlan-{pid:x}-*")}


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def live_children() -> set[int]:
    """Return our running children, without the one Python keeps to track resources."""
    return {
        p.pid
        for p in psutil.Process().children(recursive=True)
        if "resource_tracker" not in " ".join(p.cmdline())
    }


def metronome(trouble: str, folder: Path, **more: Any) -> DeviceSpec:
    return DeviceSpec("it", "metronome", {"trouble": trouble, "folder": str(folder), **more})


def test_samples_of_a_process_arrive_once_in_order_and_soon(start: Callable[..., Room]) -> None:
    room = start(DeviceSpec("it", "metronome"))
    room.until(lambda: room.knows("data"))
    room.for_seconds(1.0)
    numbers = room.numbers()
    (status,) = room.manager.status()

    assert np.all(np.diff(numbers) == 1.0)
    assert status.age is not None
    assert status.age < 0.1
    assert status.rss > 1e6
    assert room.told() == ["connecting", "data"]
    assert room.manager.memory() == {"it": pytest.approx(status.rss, rel=0.2)}


@pytest.mark.parametrize(
    ("trouble", "words", "limit"),
    [
        ("segfault", "was killed by SIGSEGV", 0.5),
        ("raise", "ValueError: a mistake", 0.5),
        ("hang", "did not answer for", PATIENCE + 0.5),
        ("spin", "did not answer for", PATIENCE + 0.5),
    ],
)
def test_a_driver_that_fails_is_restarted_and_no_sample_comes_twice(
    start: Callable[..., Room], tmp_path: Path, trouble: str, words: str, limit: float
) -> None:
    room = start(metronome(trouble, tmp_path, times=1), DeviceSpec("other", "metronome"))
    room.until(lambda: room.knows("driver_failed"))
    last = max(float(c.t[-1]) for c in room.chunks if c.stream.name == "it.sine")
    noticed = next(t for t, n in room.notices if n.facts.get("code") == "driver_failed")
    room.until(lambda: room.told().count("data") == 3)
    room.for_seconds(0.3)
    it = np.concatenate([c.x[:, 0] for c in room.chunks if c.stream.name == "it.sine"])
    other = np.concatenate([c.x[:, 0] for c in room.chunks if c.stream.name == "other.sine"])
    contained = [n.facts for _, n in room.notices if n.kind == "fault_contained"]

    assert noticed - last < limit
    assert len(contained) == 1
    assert words in contained[0]["reason"]
    assert np.all(np.diff(it) >= 1.0)
    assert np.all(np.diff(other) == 1.0)
    assert room.manager.status()[0].restarts == 1


def test_what_a_device_mutters_is_counted_across_its_process(
    start: Callable[..., Room], tmp_path: Path
) -> None:
    room = start(metronome("mutter", tmp_path))
    room.until(lambda: any(n.kind == "data_refused" for _, n in room.notices))
    (facts,) = (n.facts for _, n in room.notices if n.kind == "data_refused")

    assert facts["device"] == "it"
    assert facts["messages"] > 0
    assert facts["heard"] == 3 * facts["messages"]
    assert room.manager.status()[0].refused >= facts["messages"]


def test_a_link_that_breaks_costs_no_process(start: Callable[..., Room], tmp_path: Path) -> None:
    room = start(metronome("link", tmp_path))
    room.until(lambda: room.told().count("data") == 2)

    assert room.told() == ["connecting", "data", "link_lost", "connecting", "data"] or (
        room.told() == ["connecting", "data", "link_lost", "data"]
    )
    assert room.manager.status()[0].restarts == 0


def test_a_device_that_is_not_there_says_what_to_do(
    start: Callable[..., Room], tmp_path: Path
) -> None:
    room = start(metronome("unreachable", tmp_path))
    room.until(lambda: room.knows("unreachable"))

    assert "is not plugged in (plug it in)" in room.notices[-1][1].facts["reason"]


def test_a_slow_connect_is_no_hang(start: Callable[..., Room], tmp_path: Path) -> None:
    room = start(metronome("slow_open", tmp_path, after=100.0))
    room.until(lambda: room.knows("data"))

    assert room.told() == ["connecting", "data"]


def test_the_end_of_a_source_ends_its_process(start: Callable[..., Room], tmp_path: Path) -> None:
    room = start(metronome("end", tmp_path))
    room.until(lambda: room.knows("end"))
    room.for_seconds(0.3)

    assert room.told() == ["connecting", "data", "end"]
    assert room.manager.status()[0].rss == 0


def test_silence_is_noticed_while_the_process_lives(
    start: Callable[..., Room], tmp_path: Path
) -> None:
    room = start(metronome("silence", tmp_path))
    room.until(lambda: room.knows("silent"))

    assert room.manager.status()[0].restarts == 0


@pytest.mark.slow
def test_what_a_driver_prints_does_not_reach_the_output(tmp_path: Path) -> None:
    code = f"""
        from tests.e2e.test_devices_live import Room, metronome
        from pathlib import Path
        import logging, structlog
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
        if __name__ == "__main__":
            room = Room(metronome("print", Path({str(tmp_path)!r}), after=0.0))
            room.manager.start()
            room.until(lambda: room.knows("data"))
            room.for_seconds(0.2)
            room.manager.stop()
            print("the room's own words")
    """
    done = run(code, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == "the room's own words\n"
    assert "noise" in done.stderr
    assert "leaked" not in done.stderr


def test_a_flood_is_bounded_and_the_room_stays_quick(start: Callable[..., Room]) -> None:
    room = start(DeviceSpec("it", "flood"))
    room.until(lambda: room.knows("data"))
    room.for_seconds(0.5)
    (status,) = room.manager.status()

    assert status.dropped > 0
    assert room.slowest < 0.1
    assert np.all(np.diff(np.concatenate([c.t for c in room.chunks])) > 0)


@pytest.mark.slow
def test_a_driver_that_keeps_failing_is_given_up_and_the_rest_goes_on(
    start: Callable[..., Room], tmp_path: Path
) -> None:
    room = start(metronome("bad_open", tmp_path), DeviceSpec("other", "metronome"))
    room.until(lambda: room.knows("driver_faulty"), within=60.0)
    it, other = room.manager.status()

    assert "session.mcap: is empty" in it.standing.en
    assert other.standing.code == "data"


@pytest.mark.slow
def test_outputs_follow_within_their_slew_and_rest_when_the_room_falls_silent(
    start: Callable[..., Room], tmp_path: Path
) -> None:
    room = start(metronome("", tmp_path, warm=True))
    room.until(lambda: room.knows("data"))
    for _ in range(20):
        room.manager.write({"it.warmth": 0.5})
        room.for_seconds(0.05)
    room.for_seconds(2.6)
    levels = written(tmp_path)
    room.manager.write({"it.warmth": 0.5})
    room.for_seconds(0.4)
    room.manager.stop()

    assert max(levels) == 0.5
    assert levels[-1] == 0.0
    assert written(tmp_path)[-1] == 0.0
    assert (tmp_path / "closed").exists()
    assert np.max(np.abs(np.diff(written(tmp_path)))) <= 0.2 + 1e-9


def written(folder: Path) -> list[float]:
    return [float(line) for line in (folder / "levels").read_text().split()]


def run(code: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    script = folder / "room.py"
    script.write_text(textwrap.dedent(code))
    return subprocess.run(
        [sys.executable, str(script)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_a_room_killed_outright_leaves_nothing_behind(tmp_path: Path) -> None:
    """Children end within a second, outputs on their way to rest, and memory is freed."""
    code = f"""
        from tests.e2e.test_devices_live import Room, metronome, live_children
        from engine.devices.manager import DeviceSpec
        from pathlib import Path
        import structlog
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
        if __name__ == "__main__":
            folder = Path({str(tmp_path)!r})
            room = Room(
                metronome("", folder, warm=True),
                DeviceSpec("deaf", "metronome", {{"trouble": "deaf", "folder": str(folder)}}),
            )
            room.manager.start()
            room.until(lambda: room.told().count("data") == 2)
            room.manager.write({{"it.warmth": 0.5}})
            room.for_seconds(0.25)
            print(*sorted(live_children()), flush=True)
            room.for_seconds(30.0)
    """
    script = tmp_path / "room.py"
    script.write_text(textwrap.dedent(code))
    clock = SystemClock()
    with subprocess.Popen(
        [sys.executable, str(script)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as room:
        assert room.stdout is not None
        pids = [int(n) for n in room.stdout.readline().split()]
        memory = segments_of(room.pid)
        room.send_signal(signal.SIGKILL)
        killed = clock.now()
        while any(map(is_running, pids)) and clock.now() - killed < 5.0:
            clock.wait(0.01)
        took = clock.now() - killed
    while segments_of(room.pid) and clock.now() - killed < 5.0:
        clock.wait(0.02)

    assert len(pids) == 2
    assert took < 1.0
    assert written(tmp_path)[-1] == 0.0
    assert (tmp_path / "closed").exists()
    assert memory
    assert not segments_of(room.pid)


def test_a_band_is_reported_as_unreachable_without_bluetooth_and_the_session_goes_on(
    start: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.devices.transports.find_spec", lambda _name: None)
    room = start(DeviceSpec("band", "heart-rate-band"), DeviceSpec("it", "metronome"))
    room.until(lambda: room.knows("data"))

    assert [s.name for s in room.manager.streams] == ["it.sine"]
    first = room.notices[0][1].facts
    assert first["state"] == "fault"
    assert first["reason"] == (
        "cannot be reached: bleak is not installed, so there is no Bluetooth"
    )
    assert first["reason_zh"] == "无法连接：没有安装 bleak，此版本不支持蓝牙"


class Puck:
    """The device's end of a serial line, over a pseudo terminal."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(self.master)
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self._slave = slave
        self.sequence = 0

    def send(self, counts: int, *, spoil: bool = False, lose: bool = False) -> None:
        head = PACKET.pack(b"\xa5\x5a", self.sequence % 256, *[counts] * 8, 0)[:-1]
        self.sequence += 1
        packet = head + bytes([(sum(head) + spoil) & 0xFF])
        if not lose:
            for i in range(0, len(packet), 7):  # cut as a wire cuts
                os.write(self.master, packet[i : i + 7])

    def unplug(self) -> None:
        os.close(self.master)
        os.close(self._slave)


@pytest.mark.slow
def test_a_serial_device_is_read_from_end_to_end(start: Callable[..., Room]) -> None:
    puck = Puck()
    room = start(DeviceSpec("puck", "eda-puck", {"port": puck.port}))
    clock, sent, due = room.clock, 0, 0.0

    def wake() -> bool:
        nonlocal due
        if clock.now() >= due:  # at its own rate, however long the room takes to start
            puck.send(0)
            due = clock.now() + 0.25
        return room.knows("data")

    def play() -> bool:
        nonlocal sent
        if clock.now() >= started + sent * 0.25:
            puck.send(0x1000 + sent, spoil=sent == 4, lose=sent == 5)
            sent += 1
        return sent >= 10

    room.until(wake)
    room.for_seconds(0.5)
    room.chunks.clear()
    started = clock.now()
    room.until(play)
    room.for_seconds(0.3)
    puck.unplug()
    room.until(lambda: room.knows("link_lost"))
    t = np.concatenate([c.t for c in room.chunks])
    x = np.concatenate([c.x[:, 0] for c in room.chunks])

    packets = sorted({round(v / (60.0 / 0xFFFF)) - 0x1000 for v in x})
    assert packets == [0, 1, 2, 3, 6, 7, 8, 9]
    assert len(x) == 64
    assert np.all(np.diff(t) > 0)
    # 32 a second, but for the two packets that were lost and are a gap of 0.5 s.
    assert np.max(np.diff(t)) == pytest.approx(0.5 + 1 / 32, abs=0.05)
    assert t[-1] == pytest.approx(started + 9 * 0.25 - 0.015, abs=0.1)
    assert "unplugged or switched off" in room.notices[-1][1].facts["reason"]
