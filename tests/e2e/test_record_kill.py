"""A room killed at any moment loses less than a second and never a true value."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.store.recovery import recover
from engine.store.session_file import SessionFile

pytestmark = pytest.mark.slow

CHILD = """
import sys
from pathlib import Path
from engine.clock import SystemClock
from engine.events import Event
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
import numpy as np

streams = tuple(Stream(f"d.s{i}", Kind.EDA, Unit.RAW, 100.0) for i in range(4))
header = Header("s", "2026", "p", "", Script(("a",), ()), streams)
recorder = Recorder(Path(sys.argv[1]), header)
clock = SystemClock()
step = 0
while True:
    clock.wait(step / 100 - clock.now())
    for i, stream in enumerate(streams):
        value = np.sin(step * (i + 1.0))
        recorder.chunk(step, Chunk(stream, np.array([step / 100]), np.array([[value]])))
    if step % 10 == 0:
        recorder.event(step, Event(step / 100, "note_taken", {"step": step}))
    print(step, recorder.acknowledged, flush=True)
    step += 1
"""


def kill_after(path: Path, lines: int) -> tuple[int, int]:
    """Run a recording room, kill -9 it; return its last step and what it acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        told += child.stdout.readlines()
    whole = [line for line in told if line.endswith("\n")]
    step, acknowledged = whole[-1].split()
    return int(step), int(acknowledged)


def check(path: Path, step: int, acknowledged: int) -> float:
    """Recover, verify every value, and return how much session time was lost, s."""
    recover(path)
    session = SessionFile.open(path)
    steps = list(session.steps())
    assert [s.step for s in steps] == list(range(len(steps)))
    for s in steps:
        assert [c.t[0] for c in s.chunks] == [s.step / 100] * 4
        assert [c.x[0, 0] for c in s.chunks] == [np.sin(s.step * (i + 1.0)) for i in range(4)]
    assert len(steps) > acknowledged
    noted = [e.facts["step"] for e in (*session.events(), *session.later_events)]
    assert noted == list(range(0, 10 * len(noted), 10))
    # Events are on the operating system's side at once, whatever the blocks do.
    assert 10 * len(noted) > step - 25
    return (step + 1 - len(steps)) / 100


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize("lines", [3, 49, 133])
def test_a_killed_room_loses_less_than_a_second(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "session.mcap"
    step, acknowledged = kill_after(path, lines)

    assert check(path, step, acknowledged) < 1.0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_twenty_rooms_killed_at_random_lose_less_than_a_second_each(tmp_path: Path) -> None:
    rng = np.random.default_rng(20)
    lost: list[float] = []
    for n in range(20):
        path = tmp_path / str(n) / "session.mcap"
        lost.append(check(path, *kill_after(path, int(rng.integers(1, 400)))))

    assert max(lost) < 1.0, lost
