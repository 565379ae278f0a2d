"""What happens to a moving chair when its computer dies, freezes or sleeps: again and again.

    python -m tests.e2e.chair_kills --rounds 100

Rooms are forks of one process that has everything loaded, a few at a time, so that a hundred take
minutes. Each really moves a chair of its own that lags behind what it is told, and each is killed.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import click
import psutil

from engine.clock import SystemClock
from engine.processes.memory import PREFIX
from tools.chair_simulator import WATCHDOG_TRIPPED, Chair, SimulatedChair

ROOT = Path(__file__).parents[2]
AT_ONCE = 4
"""Rooms that are prepared together."""
SEEN = 0.3
"""Seconds a chair is looked at after it stopped."""


class Stopped(NamedTuple):
    """How long after the blow the chair still moved, and shook or warmed, s."""

    motion: float
    all: float


@dataclass
class Doomed:
    """A chair that moves, the room that moves it, and the process that holds its device."""

    simulated: SimulatedChair
    room: int
    hosts: list[int]

    @property
    def chair(self) -> Chair:
        return self.simulated.chair

    @property
    def moves(self) -> bool:
        """Whether the chair has got going and still is."""
        return self.chair.angles[0] > 0.5 and self.simulated.clock.now() - self.chair.moved < 0.1

    def until(self, is_so: Callable[[], bool], within: float = 10.0) -> None:
        clock = self.simulated.clock
        deadline = clock.now() + within
        while not is_so():
            assert clock.now() < deadline, self.chair
            clock.wait(0.002)

    def after(self, blow: Callable[[], None], *, motion_only: bool = False) -> Stopped:
        """Strike, and return how long anything still moved or was on."""
        chair, clock = self.chair, self.simulated.clock
        struck = clock.now()
        blow()
        # A frozen room leaves a process that brings warmth to rest at half a degree a second.
        self.until(
            lambda: not chair.moving and (motion_only or not any(chair.strengths)), within=45.0
        )
        at = chair.angles[0]
        clock.wait(SEEN)
        assert chair.angles[0] == at
        assert motion_only or not any(chair.strengths)
        return Stopped(chair.moved - struck, chair.acted - struck)

    def kill_room(self) -> None:
        os.kill(self.room, signal.SIGKILL)

    def kill_device(self) -> None:
        for pid in self.hosts:
            os.kill(pid, signal.SIGKILL)

    def kill_both(self) -> None:
        """Leave nothing but the chair itself: the room is frozen, its device's process dead."""
        os.kill(self.room, signal.SIGSTOP)
        self.kill_device()

    def freeze_room(self) -> None:
        os.kill(self.room, signal.SIGSTOP)

    def freeze_device(self) -> None:
        for pid in self.hosts:
            os.kill(pid, signal.SIGSTOP)

    def suspend(self) -> None:
        """Stop everything at once, as a computer that goes to sleep."""
        self.freeze_device()
        self.freeze_room()

    def wake(self) -> None:
        for pid in (self.room, *self.hosts):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


BLOWS: Mapping[str, Callable[[Doomed], None]] = {
    "room killed": Doomed.kill_room,
    "device process killed": Doomed.kill_device,
    "both gone": Doomed.kill_both,
    "room frozen": Doomed.freeze_room,
    "device process frozen": Doomed.freeze_device,
    "computer asleep": Doomed.suspend,
}


GOES_ON = frozenset({"device process killed", "device process frozen"})
"""The room lives and starts the process anew, often before the chair notices: motion never goes on
by itself, strengths do as the session wishes."""


class Yard:
    """Makes rooms with moving chairs."""

    def __init__(self) -> None:
        self._maker = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.chair_room"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def close(self) -> None:
        self._maker.kill()
        self._maker.communicate()

    @contextmanager
    def moving(self, n: int = 1) -> Iterator[list[Doomed]]:
        """Give ``n`` rooms whose chairs move; what is left of them is ended afterwards."""
        stdin, stdout = self._maker.stdin, self._maker.stdout
        assert stdin is not None
        assert stdout is not None
        clock = SystemClock()
        with ExitStack() as stack:
            chairs = [stack.enter_context(SimulatedChair(clock, slow())) for _ in range(n)]
            for chair in chairs:
                stdin.write(f"{chair.port}\n")
            stdin.flush()
            answers = [json.loads(stdout.readline()) for _ in range(n)]
            facts = {a["port"]: a for a in answers if "port" in a}  # some could not even start
            made = [
                Doomed(c, facts[c.port]["pid"], facts[c.port]["hosts"])
                for c in chairs
                if c.port in facts
            ]
            stack.callback(_end, made)
            deadline = clock.now() + 20.0
            while not all(d.moves for d in made) and clock.now() < deadline:
                clock.wait(0.01)
            yield made


def slow() -> Chair:
    """Return a chair that lags behind what it is told, and so moves until it is stopped."""
    return Chair(speed=0.5)


def strike(yard: Yard, name: str, rounds: int) -> list[Stopped]:
    """Return how the chair stopped, each of ``rounds`` times."""
    found: list[Stopped] = []
    left = 2 * rounds + AT_ONCE
    while len(found) < rounds:
        n = min(AT_ONCE, rounds - len(found))
        left -= n
        assert left > 0, f"{name}: only {len(found)} chairs moved at all"
        with yard.moving(n) as rooms:
            for doomed in rooms:
                if not doomed.moves:  # a busy computer: its room stopped it before us
                    continue
                blow = partial(BLOWS[name], doomed)
                found.append(doomed.after(blow, motion_only=name in GOES_ON))
                if name == "both gone":
                    assert doomed.chair.faults & WATCHDOG_TRIPPED
    return found


def _end(rooms: list[Doomed]) -> None:
    pids = {pid for doomed in rooms for pid in (doomed.room, *doomed.hosts)}
    for pid in list(pids):
        with suppress(psutil.Error):
            pids |= {p.pid for p in psutil.Process(pid).children(recursive=True)}
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    # With a whole family killed, nobody is left to give its shared memory back.
    for doomed in rooms:
        for segment in Path("/dev/shm").glob(f"{PREFIX}{doomed.room:x}-*"):  # noqa: S108
            segment.unlink(missing_ok=True)


def _tell(what: str, times: list[float]) -> None:
    p95 = quantiles(times, n=20, method="inclusive")[-1]
    click.echo(
        f"{what} stopped after {min(times):.3f} to {max(times):.3f} s, median {median(times):.3f}, "
        f"p95 {p95:.3f}; within 1 s {sum(t < 1.0 for t in times)} of {len(times)}"
    )


@click.command()
@click.option("--rounds", default=100)
@click.option("--what", type=click.Choice(list(BLOWS)), multiple=True, default=("room killed",))
def main(rounds: int, what: tuple[str, ...]) -> None:
    """Strike again and again and print how the chairs stopped."""
    yard = Yard()
    try:
        for name in what:
            found = strike(yard, name, rounds)
            _tell(f"{name}: motion", [s.motion for s in found])
            if name not in GOES_ON:
                _tell(f"{name}: everything", [s.all for s in found])
    finally:
        yard.close()


if __name__ == "__main__":
    main()
