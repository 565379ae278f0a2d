"""A room with a simulated chair, to be killed: run as a script it makes such rooms on request."""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping

import psutil
import structlog

from drivers.modbus_chair import ModbusChair
from engine.clock import SystemClock
from engine.devices.manager import DeviceManager, DeviceSpec

FARTHER = {
    "chair.recline": 55.0,
    "chair.legs": 45.0,
    "chair.vibration": 0.5,
    "chair.massage": 1.0,
    "chair.warmth": 38.0,
}


class ChairRoom:
    """Drives one chair at 100 Hz the way a room does; wishes are renewed at 10 Hz."""

    def __init__(self, port: str) -> None:
        self.clock = SystemClock()
        specs = [DeviceSpec("chair", "modbus-chair", {"port": port})]
        classes = {"modbus-chair": ModbusChair}
        self.manager = DeviceManager(specs, classes=classes, clock=self.clock, live=True)
        self.wishes: Mapping[str, float] = {}
        self.codes: list[str] = []
        self.newest: dict[str, float] = {}
        self.still = self.careful = False
        self._turns = 0

    def until(self, is_so: Callable[[], bool], within: float = 20.0) -> None:
        deadline = self.clock.now() + within
        while not is_so():
            assert self.clock.now() < deadline, (self.codes, self.newest)
            self.turn()

    def turn(self) -> None:
        for chunk in self.manager.drain(self.clock.now()):
            self.newest[chunk.stream.name] = float(chunk.x[-1, 0])
        codes = [str(n.facts.get("code", n.kind)) for n in self.manager.notices()]
        self.codes += codes
        # As a session does: what was lost moves nobody until somebody wishes it anew.
        self.still |= any(c not in {"data", "connecting", "ready"} for c in codes)
        if self.wishes and self._turns % 10 == 0:
            self.manager.write(self.wishes, still=self.still and self.careful)
        self._turns += 1
        self.clock.wait(0.01)

    def for_seconds(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        self.until(lambda: self.clock.now() >= until, seconds + 10.0)


def hosts_of(pid: int) -> list[int]:
    """Return the processes that hold devices for the room ``pid``."""
    return [
        p.pid
        for p in psutil.Process(pid).children(recursive=True)
        if "resource_tracker" not in " ".join(p.cmdline())
    ]


def move(port: str) -> None:
    """Move the chair at ``port`` until somebody kills this process."""
    room = ChairRoom(port)
    with room.manager:
        room.until(lambda: "data" in room.codes, within=60.0)
        room.wishes = FARTHER
        room.careful = True
        room.for_seconds(0.2)
        pid = os.getpid()
        told = json.dumps({"port": port, "pid": pid, "hosts": hosts_of(pid)})
        os.write(1, f"{told}\n".encode())
        room.for_seconds(300.0)


def main() -> None:
    """Make a room for each port that comes: a fork of this process, which has all it needs."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a room that was killed
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                move(line.strip())
            except BaseException as error:  # noqa: BLE001 - told to whoever waits
                os.write(1, f"{json.dumps({'error': repr(error)})}\n".encode())
            finally:
                os._exit(1)


if __name__ == "__main__":
    main()
