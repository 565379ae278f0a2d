"""The line that shows how far a session is: nobody who watches it may hold the session up."""

import os
import sys

import pytest

from engine.cli.progress import Bar, say, say_no_more

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")


@pytest.mark.timeout(20)
def test_a_terminal_that_is_held_does_not_hold_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    import termios  # noqa: PLC0415 - POSIX only

    window, inside = os.openpty()
    with os.fdopen(inside, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        with Bar("session", 90.0) as bar:
            termios.tcflow(inside, termios.TCOOFF)  # Ctrl-S
            for second in range(5):
                bar.at(second, "held")
            termios.tcflow(inside, termios.TCOON)
            bar.at(6, "goes on")
        shown = os.read(window, 1 << 12).decode()
    os.close(window)

    assert "goes on" in shown
    assert "held" not in shown


def test_whoever_has_left_ends_nothing_that_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    listening, said = os.pipe()
    os.close(listening)
    with os.fdopen(said, "w") as gone:
        monkeypatch.setattr(sys, "stderr", gone)
        monkeypatch.setattr(sys, "stdout", gone)
        with Bar("session") as bar:
            bar.at(1.0, "baseline")
            bar.share("report", 0.5)
        say("folder", err=False)
        say_no_more()  # or closing the file would raise
