"""A real sound server without a sound card, and who listens to it."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil

from engine.sound.voice import RATE

ROOT = Path(__file__).parents[1]
BLOCK = 256
JACK = ("jackd", "-r", "-d", "dummy", "-r", str(RATE), "-p", str(BLOCK), "-m")
BESIDE = "beside"
"""The name of a second server, on which nothing of ours plays."""
Program = subprocess.Popen[str]


@contextmanager
def program(*command: str, says: str = "", server: str = "default") -> Generator[Program]:
    """Run a program that says a line when it is ready; end it and its children afterwards."""
    running = subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={**os.environ, "JACK_DEFAULT_SERVER": server},
    )  # fmt: skip
    try:
        assert running.stdout is not None
        if says:
            assert running.stdout.readline() == f"{says}\n"
        yield running
    finally:
        if running.poll() is None:
            for child in psutil.Process(running.pid).children(recursive=True):
                child.kill()
            running.kill()
        running.wait(10.0)
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def ear(heard: Path, server: str = "default") -> Generator[Program]:
    """Listen, and keep what is heard in a file once told that it is enough."""
    listens = (sys.executable, "-m", "tests.e2e.vibro_ear", str(heard))
    with program(*listens, says="hears", server=server) as running:
        yield running


def tell(running: Program, line: str) -> None:
    assert running.stdin is not None
    running.stdin.write(f"{line}\n")
    running.stdin.flush()
