"""The driver in a process of its own, on a real pseudo terminal: killed, restarted, ended."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

import psutil

from engine.clock import SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.links import SerialLink
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.source import Context
from engine.errors import AnlanError
from engine.testing.heard import Heard

STARTS_WITHIN = 30.0
ENDS_WITHIN = 3.0
TALK_EVERY = 0.05
ROUNDS = 5
"""Connections after which a leak shows."""


def can_host(driver: type[Driver]) -> bool:
    """Whether a pseudo terminal can stand in for the device."""
    return os.name == "posix" and isinstance(driver.link, SerialLink)


def check_hosting(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield what goes wrong with real processes."""
    with _Terminal(heard) as terminal:
        yield from _leaks(driver, terminal)
        try:
            yield from _lives(driver, terminal)
        except AnlanError as error:
            yield str(error)


class _Terminal:
    """The device's end of a serial line; a thread talks and listens."""

    def __init__(self, heard: Sequence[Heard]) -> None:
        self.clock = SystemClock()
        self.written = bytearray()
        self._heard = heard
        self._master, self._slave = _raw_pair()
        self.port = os.ttyname(self._slave)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="device", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(2.0)
        os.close(self._master)
        os.close(self._slave)

    def _talk(self) -> None:
        n = 0
        while not self._ending.is_set():
            with suppress(BlockingIOError):
                self.written += os.read(self._master, 65536)
            if self._heard:
                with suppress(BlockingIOError):
                    os.write(self._master, self._heard[n % len(self._heard)].data)
                n += 1
            self.clock.wait(TALK_EVERY)


def _raw_pair() -> tuple[int, int]:
    import tty  # noqa: PLC0415 - POSIX only

    master, slave = os.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave


def _leaks(driver: type[Driver], terminal: _Terminal) -> Iterator[str]:
    """Connect and disconnect again and again; nothing may stay behind."""
    source = DrivenSource(driver, {"port": terminal.port})
    context = Context("device", terminal.clock)
    process = psutil.Process()
    source.open(context)
    source.close()
    threads, files = set(threading.enumerate()), process.num_fds()
    for _ in range(ROUNDS):
        source.open(context)
        source.read(terminal.clock.now())
        source.close()
    if left := set(threading.enumerate()) - threads:
        yield f"leaves {len(left)} threads behind"
    if process.num_fds() > files:
        yield f"leaves {process.num_fds() - files} open files behind"


def _lives(driver: type[Driver], terminal: _Terminal) -> Iterator[str]:
    """Kill its process with SIGKILL, see it come back, end it, and hear its last words."""
    spec = DeviceSpec("device", driver.model, {"port": terminal.port})
    clock = terminal.clock
    before = children()
    with managed(driver, spec, clock) as room:
        if not room.until(lambda: room.live):
            yield f"does not start: {room.reason}"
            return
        hosts = children() - before
        for pid in hosts:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not room.until(lambda: "driver_failed" in room.codes and room.live):
            yield f"does not come back after SIGKILL: {room.reason}"
        if driver.outputs:
            room.wish({f"device.{o.name}": o.high for o in driver.outputs})
        asked = clock.now()
    if clock.now() - asked > ENDS_WITHIN:
        yield f"takes {clock.now() - asked:.1f} s to end"
    clock.wait(2 * TALK_EVERY)
    halt = driver().halt() if driver.outputs else b""
    if halt and not bytes(terminal.written).endswith(halt):
        yield f"its last words are {bytes(terminal.written[-len(halt) :])!r}, not halt()"
    if left := children() - before:
        yield f"leaves {len(left)} processes behind"


def children() -> set[int]:
    """Return the processes this one has started, dead ones and Python's own helper left out."""
    return {
        p.pid
        for p in psutil.Process().children(recursive=True)
        if p.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(p.cmdline())
    }


class Managed:
    """Drives a manager as a room does, and remembers what it is told."""

    def __init__(
        self,
        manager: DeviceManager,
        clock: SystemClock,
        each: Callable[[float], None] = lambda _now: None,
    ) -> None:
        self.codes: list[str] = []
        self.reason = "nothing was told"
        self.live = False
        self._manager, self._clock, self._each = manager, clock, each

    def until(self, is_so: Callable[[], bool]) -> bool:
        """Go on until something is so; return False if it does not become so."""
        deadline = self._clock.now() + STARTS_WITHIN
        while not is_so():
            if self._clock.now() > deadline or "driver_faulty" in self.codes:
                return False
            self._turn()
        return True

    def wish(self, levels: dict[str, float]) -> None:
        """Wish ``levels`` for a second."""
        until = self._clock.now() + 1.0
        while self._clock.now() < until:
            self._manager.write(levels)
            self._turn()

    def _turn(self) -> None:
        self._each(self._clock.now())
        self._manager.drain(self._clock.now())
        for notice in self._manager.notices():
            if notice.kind == "device_state":
                self.codes.append(str(notice.facts["code"]))
                self.live = notice.facts["state"] == "live"
                self.reason = str(notice.facts["reason"])
        self._clock.wait(0.01)


@contextmanager
def managed(
    kind: type[Any],
    spec: DeviceSpec,
    clock: SystemClock,
    each: Callable[[float], None] = lambda _now: None,
) -> Generator[Managed, None, None]:
    """Host one device; ``each`` is called at every turn."""
    classes = {kind.model: kind}
    with DeviceManager([spec], classes=classes, clock=clock, live=True) as manager:
        yield Managed(manager, clock, each)
