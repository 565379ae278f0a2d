"""Ctrl-C before a command has begun: one line and 130, however early, and never a traceback."""

import os
import signal
import subprocess
import sys

import pytest

from engine.cli.interrupted import LINE, LeavingAtOnce

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

AT_IMPORT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:  # as an import of a stranger's may do
                pass

sys.meta_path.insert(0, Interrupts())
from engine.cli import main
sys.exit(main(["plugins"]))
"""


@pytest.mark.parametrize("name", ["engine.cli.entry", "click", "engine.cli.plugins", "drivers"])
def test_a_command_interrupted_while_it_is_loaded_ends_with_a_line(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_IMPORT.format(name=name)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr, done.stdout) == (130, f"{LINE}\n", "")


def test_whoever_took_ctrl_c_before_keeps_it() -> None:
    before = signal.getsignal(signal.SIGINT)

    def mine(_number: int, _frame: object) -> None:
        """Do nothing."""

    signal.signal(signal.SIGINT, mine)
    try:
        with LeavingAtOnce():
            assert signal.getsignal(signal.SIGINT) is mine
        assert signal.getsignal(signal.SIGINT) is mine

        signal.signal(signal.SIGINT, signal.default_int_handler)
        with LeavingAtOnce():
            assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
