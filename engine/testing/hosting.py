"""The driver in a process of its own: killed, restarted, ended.

A serial driver talks to a real pseudo terminal, a Bluetooth driver to a stand-in for its radio.
"""

import os
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self

import psutil

from engine.clock import SystemClock
from engine.devices.catalog import make_source
from engine.devices.driver import Driver
from engine.devices.links import SerialLink
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.source import Context
from engine.errors import AnlanError
from engine.testing.heard import Heard
from engine.testing.stand_in_radio import Air

STARTS_WITHIN = 30.0
ENDS_WITHIN = 3.0
TALK_EVERY = 0.05
ROUNDS = 5
"""Connections after which a leak shows."""


class OtherEnd(Protocol):
    """What stands in for the device: ``kind`` with ``options`` is a device that talks to it."""

    clock: SystemClock
    kind: type[Any]
    options: Mapping[str, Any]

    @property
    def written(self) -> bytes:
        """All that was sent so far."""
        ...


def cannot_host(driver: type[Driver]) -> str:
    """Return why ``driver`` cannot be tried in real processes here; "" if it can."""
    if isinstance(driver.link, SerialLink) and os.name != "posix":
        return "this system has no pseudo terminals to stand in for a serial port"
    return ""


def check_hosting(driver: type[Driver], heard: Sequence[Heard]) -> Iterator[str]:
    """Yield what goes wrong with real processes."""
    with TemporaryDirectory() as folder:
        is_serial = isinstance(driver.link, SerialLink)
        made = Terminal(driver, heard) if is_serial else Air(driver, heard, Path(folder, "told"))
        with made as end:
            yield from _leaks(end)
            try:
                yield from _lives(driver, end)
            except AnlanError as error:
                yield str(error)


class Terminal:
    """The device's end of a serial line; a thread talks and listens."""

    def __init__(self, driver: type[Driver], heard: Sequence[Heard]) -> None:
        self.clock = SystemClock()
        self.kind: type[Any] = driver
        self._written = bytearray()
        self._heard = heard
        self._master, self._slave = _raw_pair()
        self.options: Mapping[str, Any] = {"port": os.ttyname(self._slave)}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="device", daemon=True)

    @property
    def written(self) -> bytes:
        """All that was sent so far."""
        return bytes(self._written)

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
                self._written += os.read(self._master, 65536)
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


def _leaks(end: OtherEnd) -> Iterator[str]:
    """Connect and disconnect again and again; nothing may stay behind."""
    source = make_source(end.kind, end.options)
    context = Context("device", end.clock)
    process = psutil.Process()
    source.open(context)
    source.close()
    threads, files = set(threading.enumerate()), open_files(process)
    for _ in range(ROUNDS):
        source.open(context)
        list(source.read(end.clock.now()))
        source.close()
    if left := set(threading.enumerate()) - threads:
        yield f"leaves {len(left)} threads behind"
    if open_files(process) > files:
        yield f"leaves {open_files(process) - files} open files behind"


def open_files(process: psutil.Process) -> int:
    """Return how many files ``process`` holds open."""
    return process.num_fds() if os.name == "posix" else len(process.open_files())


def _lives(driver: type[Driver], end: OtherEnd) -> Iterator[str]:
    """Kill its process with SIGKILL, see it come back, end it, and hear its last words."""
    spec = DeviceSpec("device", end.kind.model, end.options)
    clock = end.clock
    before = children()
    with managed(end.kind, spec, clock) as room:
        if not room.until(lambda: room.live):
            yield f"does not start: {room.reason}"
            return
        kill(children() - before)
        if not room.until(lambda: "driver_failed" in room.codes and room.live):
            yield f"does not come back after SIGKILL: {room.reason}"
        if driver.outputs:
            room.wish({f"device.{o.name}": o.high for o in driver.outputs})
        asked = clock.now()
    if clock.now() - asked > ENDS_WITHIN:
        yield f"takes {clock.now() - asked:.1f} s to end"
    clock.wait(2 * TALK_EVERY)
    halt = driver().halt() if driver.outputs else b""
    if halt and not end.written.endswith(halt):
        yield f"its last words are {end.written[-len(halt) :]!r}, not halt()"
    if left := children() - before:
        yield f"leaves {len(left)} processes behind"


def kill(hosts: set[int]) -> None:
    """Kill processes with SIGKILL, or what Windows has in its place."""
    for pid in hosts:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).kill()


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
