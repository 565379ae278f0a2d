"""Live sessions with real processes: parts killed in the middle, Ctrl-C, the room itself killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.cli import main
from engine.clock import SystemClock
from engine.store.session_file import SessionFile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(os.name != "posix", reason="kills processes by POSIX signals"),
]


class LiveDemo:
    """`anlan demo`, live, with our hands on its processes."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.clock = SystemClock()
        self.process = self.begin()

    def begin(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", "import sys; from engine.cli import main; sys.exit(main())",
             "demo", "--headless", "--lang", "en", "--out", str(self.out)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_until(self, holds: Callable[[], bool], within: float) -> bool:
        """Look again and again, for at most ``within`` seconds of real time."""
        deadline = self.clock.now() + within
        while not holds():
            if self.clock.now() > deadline or self.process.poll() is not None:
                return holds()
            self.clock.wait(0.05)
        return True

    def events(self) -> list[dict[str, Any]]:
        file = self.out / "events.jsonl"
        lines = file.read_text().splitlines() if file.is_file() else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def entered(self, part: str) -> bool:
        return any(e["kind"] == "phase_entered" and e["part"] == part for e in self.events())

    def log(self) -> list[dict[str, Any]]:
        file = self.out / "room.log"
        lines = file.read_text().splitlines() if file.is_file() else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def pid_of(self, part: str) -> int | None:
        """Return the newest process number of a part, from the room's log."""
        found = [
            r["pid"]
            for r in self.log()
            if r["event"] == "part_changed" and r["part"] == part and r["state"] == "running"
        ]
        return int(found[-1]) if found else None

    def faults(self, part: str, state: str) -> int:
        return sum(
            e["kind"] == "fault_contained" and e["part"] == part and e["state"] == state
            for e in self.events()
        )

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def finish(self, within: float = 200.0) -> tuple[int, str, str]:
        said, warned = self.process.communicate(timeout=within)
        return self.process.returncode, said, warned


def test_parts_killed_in_the_middle_come_back_and_the_session_goes_on(tmp_path: Path) -> None:
    demo = LiveDemo(tmp_path / "session")
    victims = ("stage", "sound", "person")
    assert demo.wait_until(lambda: demo.entered("baseline"), 90), demo.process.stderr
    for victim in victims:
        assert demo.wait_until(lambda v=victim: demo.pid_of(v) is not None, 60), victim  # type: ignore[misc]
        pid = demo.pid_of(victim)
        assert pid is not None

        os.kill(pid, signal.SIGKILL)

        came_back = demo.wait_until(
            lambda v=victim, p=pid: demo.pid_of(v) not in {None, p},  # type: ignore[misc]
            30,
        )
        assert came_back, f"{victim} did not come back"
    status, _, warned = demo.finish()

    events = demo.events()
    assert status == 0, warned
    assert events[-1]["kind"] == "session_closed"
    assert events[-1]["reason"] == "complete"
    for part in ("stage", "sound"):
        assert demo.faults(part, "restarting") >= 1
        assert demo.faults(part, "back") >= 1
    states = [e["state"] for e in events if e["kind"] == "device_state"]
    assert states.count("live") >= 2, states
    report = (demo.out / "report.html").read_text(encoding="utf-8")
    for told in ("The picture: back", "The sound: back"):
        assert told in report
    assert len(list(demo.out.glob("stage-*.png"))) >= 8
    assert (demo.out / "sound.wav").stat().st_size > 48_000 * 4 * 60
    assert main(["replay", str(demo.out), "--verify"]) == 0


def test_ctrl_c_ends_gently_and_everything_is_readable(tmp_path: Path) -> None:
    demo = LiveDemo(tmp_path / "session")
    assert demo.wait_until(lambda: demo.entered("baseline"), 90)

    demo.process.send_signal(signal.SIGINT)
    status, said, warned = demo.finish(90)

    events = demo.events()
    assert status == 0, warned
    assert "Ctrl-C" in said
    assert events[-1]["kind"] == "session_closed"
    assert events[-1]["at_rest"] is True
    file = SessionFile.open(demo.out / "session.mcap")
    assert file.complete
    # Samples are told by the session's clock, however long everyone took to get ready.
    ages = [step.step / 100 - c.t[-1] for step in file.steps() for c in step.chunks]
    assert ages
    assert max(map(abs, ages)) < 1.5
    assert (demo.out / "report.html").is_file()
    assert "Traceback" not in warned


def test_a_killed_room_takes_its_children_with_it_and_loses_at_most_a_second(
    tmp_path: Path,
) -> None:
    demo = LiveDemo(tmp_path / "session")
    assert demo.wait_until(lambda: demo.entered("baseline"), 90)
    children = demo.children()
    entered_at = next(e["t"] for e in demo.events() if e.get("part") == "baseline")
    began = demo.clock.now()
    demo.wait_until(lambda: demo.clock.now() - began > 4.0, 6)
    lived = entered_at + (demo.clock.now() - began)

    demo.process.kill()
    demo.process.communicate(timeout=10)
    _, alive = psutil.wait_procs(children, timeout=2.0)

    status = main(
        ["run", "demo", "--simulate", "--seed", "3", "--headless", "--virtual-time", "--no-stage",
         "--no-sound", "--out", str(tmp_path / "next")]
    )  # fmt: skip
    file = SessionFile.open(demo.out / "session.mcap")
    assert alive == []
    assert status == 0
    assert file.recovered
    assert file.duration >= lived - 1.5, "one second, and the half that starting to look may take"
    assert main(["report", str(demo.out)]) == 0
    assert main(["replay", str(demo.out), "--verify"]) == 0
