"""The person at the keyboard: what a key means, and what becomes of a terminal that goes away."""

import os
import sys
import threading

import pytest

from engine.events import Command
from engine.runtime.attendants import Keyboard
from tests.rehearsal import rehearsal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo terminals")


def listener() -> threading.Thread | None:
    return next((t for t in threading.enumerate() if t.name == "keyboard"), None)


def test_a_key_is_a_command_and_a_terminal_that_is_gone_is_no_longer_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    conductor = rehearsal().conductor
    master, slave = os.openpty()
    with os.fdopen(slave, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with Keyboard() as keyboard:
            thread = listener()
            assert thread is not None
            os.write(master, b"e")
            wishes: list[Command] = []
            while not wishes:
                thread.join(0.01)
                wishes = keyboard.commands(conductor)
            os.close(master)
            thread.join(5.0)

            assert not thread.is_alive(), "it would ask for ever, as fast as it can"
    assert [(w.name, w.by) for w in wishes] == [("halt", "officer")]
    assert listener() is None
