"""The BrainFlow bridge against BrainFlow's own synthetic and playback boards."""

import ctypes
import os
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from drivers.brainflow_board import DESCRIBED, BrainFlowBoard
from drivers.brainflow_library import library
from engine.clock import SystemClock
from engine.devices import UnreachableError
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.source import Context
from engine.errors import ConfigError, FaultyFileError
from engine.streams import F64, Chunk

pytest.importorskip("brainflow", reason="brainflow is not installed")
pytestmark = pytest.mark.slow
RATE, ROWS, STAMP, ECG = 250, 32, 30, 1
"""Of BrainFlow's synthetic board."""


def recorded(file: Path, seconds: float, lost: slice = slice(0, 0)) -> Path:
    """Write a file as BrainFlow does; its ECG in microvolts is the number of the sample."""
    n = np.delete(np.arange(round(seconds * RATE)), lost)
    rows = np.zeros((ROWS, len(n)))
    rows[0], rows[ECG], rows[STAMP] = n % 256, n, 1.7e9 + n / RATE
    np.savetxt(file, rows.T, delimiter="\t", fmt="%.6f")
    return file


def playback(file: Path) -> dict[str, Any]:
    return {
        "board": "playback", "recorded_with": "synthetic", "file": str(file),
        "channels": {"ecg": ECG},
    }  # fmt: skip


def opened(options: Mapping[str, Any], clock: SystemClock) -> BrainFlowBoard:
    board = BrainFlowBoard(BrainFlowBoard.look_up(options))
    board.open(Context("board", clock))
    return board


def listen(
    board: BrainFlowBoard, clock: SystemClock, seconds: float, ages: list[float] | None = None
) -> dict[str, list[Chunk]]:
    heard: dict[str, list[Chunk]] = {}
    took: list[float] = []
    until = clock.now() + seconds
    while clock.now() < until:
        before = clock.now()
        for chunk in board.read(before):
            heard.setdefault(chunk.stream.name, []).append(chunk)
            if ages is not None and "battery" not in chunk.stream.name:
                ages.append(clock.now() - float(chunk.t[-1]))
        took.append(clock.now() - before)
        clock.wait(0.01)
    # Not the slowest: that one waited for a busy computer, not for the device.
    assert np.percentile(took, 95) < 0.05
    return heard


def joined(chunks: list[Chunk]) -> tuple[F64, F64]:
    return np.concatenate([c.t for c in chunks]), np.concatenate([c.x for c in chunks])


@pytest.mark.quiet
def test_every_stream_of_the_synthetic_board_comes_at_its_rate() -> None:
    clock = SystemClock()
    board = opened({"board": "synthetic", "channels": {"ecg": 1, "eeg": [2, 3]}}, clock)
    ages: list[float] = []
    heard = listen(board, clock, 3.0, ages)
    board.close()
    board.close()

    assert {"ecg", "eeg", "eda", "ppg_1", "skin_temp", "acc", "battery"} <= set(heard)
    for name, chunks in heard.items():
        t, _ = joined(chunks)
        assert (np.diff(t) > 0.0).all()
        if "battery" not in name:
            assert (len(t) - 1) / (t[-1] - t[0]) == pytest.approx(RATE, rel=0.02)
    assert 0.0 <= np.median(ages) < 0.1  # when it came, as a rule
    assert heard["eeg"][0].stream.axes == ("C3", "Cz")
    assert 0.5 < float(np.median(joined(heard["eda"])[1])) < 2.0


@pytest.mark.quiet
def test_a_recording_is_played_sample_by_sample_in_millivolts(tmp_path: Path) -> None:
    clock = SystemClock()
    board = opened(playback(recorded(tmp_path / "a.csv", 20.0)), clock)
    t, x = joined(listen(board, clock, 3.0)["ecg"])
    board.close()

    assert np.allclose(np.diff(x[:, 0]), 1e-3)
    assert (np.diff(t) > 0.0).all()


@pytest.mark.quiet
def test_samples_the_board_lost_leave_their_place_empty(tmp_path: Path) -> None:
    clock = SystemClock()
    # The board plays what it has without a pause: only the package numbers tell of the loss.
    lost = slice(400, 420)
    board = opened(playback(recorded(tmp_path / "a.csv", 20.0, lost)), clock)
    t, x = joined(listen(board, clock, 3.0)["ecg"])
    board.close()

    at = int(np.argmax(np.diff(x[:, 0])))
    assert round(x[at + 1, 0] * 1e3) == 420
    assert t[at + 1] - t[at] > 10 / RATE


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"board": "cyton", "serial_port": "/dev/nope", "channels": {"ecg": 1}}, "port"),
        (playback(Path("/nope.csv")), "failed to open file"),
        ({"board": "muse-2-bled"}, "dongle port"),
    ],
)
def test_what_brainflow_cannot_do_is_told_in_words(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UnreachableError, match=says) as told:
        opened(options, SystemClock())

    assert re.search(r"[\u4e00-\u9fff]{4}", told.value.zh)


def test_a_board_of_no_known_name_is_refused_before_anyone_sits_down() -> None:
    with pytest.raises(ConfigError, match="did you mean 'muse-2'"):
        BrainFlowBoard.look_up({"board": "muse2"})


class Crashing(BrainFlowBoard):
    """Hands BrainFlow's library a board's parameters that are none."""

    model = "crashing-board"

    def open(self, context: Context) -> None:
        dll = library().BoardControllerDLL.get_instance().lib
        dll.prepare_session.argtypes = [ctypes.c_int, ctypes.c_void_p]
        dll.prepare_session(int(self.options[DESCRIBED]["number"]), ctypes.c_void_p(8))


class Room:
    """Devices as a room keeps them."""

    def __init__(self, *specs: DeviceSpec) -> None:
        self.clock = SystemClock()
        classes = {c.model: c for c in (BrainFlowBoard, Crashing)}
        self.manager = DeviceManager(specs, classes=classes, clock=self.clock, live=True)
        self.told: list[tuple[str, str, str]] = []
        self.chunks: list[Chunk] = []

    def until(self, device: str, state: str, seconds: float = 60.0) -> None:
        deadline = self.clock.now() + seconds
        self.turn()
        while not any(t[:2] == (device, state) for t in self.told):
            assert self.clock.now() < deadline, self.told
            self.turn()

    def turn(self) -> None:
        self.chunks += self.manager.drain(self.clock.now())
        for notice in self.manager.notices():
            if notice.kind == "device_state":
                facts = notice.facts
                self.told.append((str(facts["device"]), str(facts["state"]), str(facts["reason"])))
        self.clock.wait(0.01)


def test_a_crash_inside_the_native_library_costs_its_own_device_only() -> None:
    board = DeviceSpec("board", "crashing-board", {"board": "synthetic", "channels": {"ecg": 1}})
    room = Room(board, DeviceSpec("other", "brainflow", board.options))
    with room.manager:
        room.until("other", "live")
        room.until("board", "lost")
        room.chunks.clear()
        for _ in range(100):
            room.turn()
        states = {s.name: str(s.standing.state) for s in room.manager.status()}

    assert any("SIGSEGV" in reason or "SIGABRT" in reason for _, _, reason in room.told), room.told
    assert states["other"] == "live"
    assert any(c.stream.name.startswith("other.") for c in room.chunks)


def test_a_killed_bridge_is_back_and_repeats_nothing(tmp_path: Path) -> None:
    room = Room(DeviceSpec("board", "brainflow", playback(recorded(tmp_path / "a.csv", 60.0))))
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    with room.manager:
        room.until("board", "live")
        pids = {p.pid for p in psutil.Process().children(recursive=True)} - before
        bridge = next(p for p in pids if "resource_tracker" not in _command(p))
        os.kill(bridge, signal.SIGKILL)
        room.told.clear()
        room.until("board", "live")
        for _ in range(50):
            room.turn()

    t, x = joined([c for c in room.chunks if c.stream.name == "board.ecg"])
    assert (np.diff(t) > 0.0).all()
    assert np.count_nonzero(np.diff(x[:, 0]) < 0.0) == 1  # the recording began anew, once


def _command(pid: int) -> str:
    return " ".join(psutil.Process(pid).cmdline())


def test_a_rig_with_two_faults_tells_both() -> None:
    with pytest.raises(FaultyFileError) as told:
        Room(
            DeviceSpec("a", "brainflow", {"board": "cyton"}),
            DeviceSpec("b", "brainflow", {"board": "synthetic", "channels": {"gaze": 1}}),
        )

    assert "electrodes" in str(told.value)
    assert "'gaze'" in str(told.value)
