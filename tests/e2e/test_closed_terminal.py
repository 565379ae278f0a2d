"""A terminal that is closed while a session runs: it comes to rest, is kept, and says why."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from engine.cli import main
from engine.store.session_file import SessionFile
from tests.e2e.test_live_session import LiveDemo

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals"),
]

IN_A_TERMINAL = """
import fcntl, os, signal, sys, termios
# The tests themselves may run where a closed terminal is to be ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from engine.cli import main
sys.exit(main(sys.argv[1:]))
"""


class DemoInATerminal(LiveDemo):
    """`anlan demo` as somebody starts it in a window, with our hands on the window."""

    def begin(self) -> subprocess.Popen[str]:
        self.window, inside = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", IN_A_TERMINAL, "demo", "--headless", "--out", str(self.out)],
            stdin=inside, stdout=inside, stderr=inside, text=True,
        )  # fmt: skip
        os.close(inside)
        os.set_blocking(self.window, False)
        return process

    def entered(self, part: str) -> bool:
        """Look whether a part has begun; read what is shown, and agree when asked."""
        with suppress(BlockingIOError):
            os.read(self.window, 1 << 16)
        if not super().entered("fit") and super().entered("check"):
            os.write(self.window, b"\n")
        return super().entered(part)


def test_a_session_whose_terminal_is_closed_comes_to_rest_and_is_kept(tmp_path: Path) -> None:
    demo = DemoInATerminal(tmp_path / "session")
    assert demo.wait_until(lambda: demo.entered("baseline"), 90)
    children = demo.children()

    os.close(demo.window)
    status = demo.process.wait(90)
    _, alive = psutil.wait_procs(children, timeout=2.0)

    closed = demo.events()[-1]
    report = (demo.out / "report.html").read_text(encoding="utf-8")
    assert (status, alive) == (0, [])
    assert (closed["kind"], closed["reason"]) == ("session_closed", "the terminal was closed")
    assert closed["at_rest"] is True
    assert SessionFile.open(demo.out / "session.mcap").complete
    assert "终端窗口已关闭" in report
    assert "the terminal was closed" in report
    assert main(["replay", str(demo.out), "--verify"]) == 0
