"""LSL streams for tests: real outlets in processes of their own, on loopback only."""

import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOOPBACK = """
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
AddressesOverride = {127.0.0.1}
ListenAddress = 127.0.0.1
[lab]
KnownPeers = {127.0.0.1}
SessionID = anlan-test-%d
[log]
level = -3
"""
"""Nothing leaves this machine, and no other test's stream is seen."""


@pytest.fixture(scope="session")
def loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Confine liblsl, here and in every child, to loopback; before it is used at all."""
    file = tmp_path_factory.mktemp("lsl") / "lsl_api.cfg"
    file.write_text(LOOPBACK % os.getpid(), "ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSLAPICFG", str(file))
        yield


class Sender:
    """One running outlet."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "tools/lsl_outlet.py", *arguments],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.wait(10.0)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def outlet(*arguments: str) -> Generator[Sender]:
    """Send a stream (`tools/lsl_outlet.py` tells the arguments) while the block runs."""
    sender = Sender(*arguments)
    try:
        yield sender
    finally:
        sender.kill()
