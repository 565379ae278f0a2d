"""Children that misbehave in every way the room must survive."""

import os
import signal
from pathlib import Path

import numpy as np

from engine.errors import LinkError
from engine.processes.block import SharedBlock
from engine.processes.child import ChildLink
from engine.processes.ring import SampleRing


def echo(spec: str, link: ChildLink) -> None:
    """Answer every message until asked to end."""
    link.send("hello", spec=spec)
    while not link.stopping:
        link.beat()
        for verb, facts in link.received():
            link.send("echo", verb=verb, **facts)
        link.clock.wait(0.002)
    link.send("goodbye")


def finish(spec: int, link: ChildLink) -> None:
    """End by itself with the exit code ``spec``."""
    link.beat()
    link.send("finished", n=spec)
    if spec:
        os._exit(spec)


def raise_error(spec: str, link: ChildLink) -> None:
    """Fail as a careless author's code does."""
    link.beat()
    if spec == "ours":
        raise LinkError("went away", where="chair", hint="plug it in")
    raise KeyError(spec)


def kill_itself(spec: int, link: ChildLink) -> None:
    """Die as native code does, by the signal ``spec``."""
    beat_for(0.05, link)
    os.kill(os.getpid(), spec)


def hang(spec: float, link: ChildLink) -> None:
    """Beat for ``spec`` seconds, then never again, deaf to the room."""
    beat_for(spec, link)
    while True:
        link.clock.wait(1.0)


def never_ready(spec: None, link: ChildLink) -> None:
    """Take forever to get ready."""
    while True:
        link.clock.wait(1.0)


def spin(spec: None, link: ChildLink) -> None:
    """Keep the interpreter busy without end."""
    beat_for(0.05, link)
    while True:
        pass


def think(spec: float, link: ChildLink) -> None:
    """Announce a slow step of ``spec`` seconds, then go on."""
    link.allow(spec)
    link.clock.wait(spec)
    echo("", link)


def fail_once(spec: str, link: ChildLink) -> None:
    """Fail the first time, work the second."""
    mark = Path(spec)
    if not mark.exists():
        mark.touch()
        raise ValueError("not today")
    echo(spec, link)


def flood(spec: int, link: ChildLink) -> None:
    """Send far more than anyone reads."""
    for n in range(spec):
        link.send("drop", n=n)
        if n % 100 == 0:
            link.beat()
    echo("", link)


def send_nonsense(spec: None, link: ChildLink) -> None:
    """Send what cannot be sent."""
    link.send("bad", fact=lambda: None)
    echo("", link)


def talk(spec: None, link: ChildLink) -> None:
    """Print where a driver should not."""
    print("noise on stdout", flush=True)  # noqa: T201 - that is the point
    echo("", link)


def write_rows(spec: tuple[str, int, str, int], link: ChildLink) -> None:
    """Write rows of equal numbers to a block, and three rows each to a ring, until killed."""
    block_name, width, ring_name, capacity = spec
    block = SharedBlock.attach(block_name, width)
    ring = SampleRing.attach(ring_name, 1, capacity)
    row = np.zeros(width)
    block.read(row)  # how far a predecessor came
    n = int(row[0]) + 3
    while not link.stopping:
        link.beat()
        for _ in range(50):
            block.write(np.full(width, float(n)))
            if ring.capacity - ring.waiting >= 3:
                t = np.arange(n, n + 3, dtype=np.float64)
                ring.write(t, -t[:, None])
            n += 3
    block.close()
    ring.close()


def report_signals(spec: None, link: ChildLink) -> None:
    """Tell which signals are kept out."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    link.send("signals", ignored=ignored)
    echo("", link)


def beat_for(seconds: float, link: ChildLink) -> None:
    """Work normally for a while."""
    until = link.clock.now() + seconds
    while link.clock.now() < until:
        link.beat()
        link.clock.wait(0.005)
