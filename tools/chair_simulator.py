"""A chair that keeps the Modbus register map, with a watchdog of its own, on a serial port.

Usage: python tools/chair_simulator.py [--trouble hot|deaf] [--seconds 600]

It prints the port to put in a rig and, whenever something changes, what the chair does. Type
``e`` for its hard-wired emergency stop, ``r`` to release the switch, ``u`` to unplug, ``q`` to end.
"""

import asyncio
import json
import os
import select
import sys
import threading
import tty
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

import click
from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from engine.clock import SystemClock

UNIT = 1
HOLDING, INPUTS = 10, 8
TICK = 0.005
WATCHDOG = 0.8
"""Seconds without a new heartbeat after which the motors are cut: at rest within 1 s."""
SPEED = 3.0
AMBIENT, WARMING, COOLING = 22.0, 1.5, 0.02
"""Degrees Celsius; degrees a second with the heater on; share lost each second."""
FAR, MOST = (600, 500), (1000, 3, 450)
RELEASE = 0x5AFE
WATCHDOG_TRIPPED, EMERGENCY, TOO_LONG, TOO_HOT, REFUSED = 1, 2, 4, 8, 16
HOT = 45.0


@dataclass
class Chair:
    """The chair itself: motors, heater, watchdog and latch, moved by `step`.

    Attributes
    ----------
    speed
        Fastest the motors turn, degrees a second, whatever they are told.
    moved, acted
        When a motor last turned, and when anything at all was last on, s.
    """

    speed: float = SPEED

    now: float = 0.0
    holding: list[int] = field(default_factory=lambda: [0] * HOLDING)
    angles: list[float] = field(default_factory=lambda: [0.0, 0.0])
    temperature: float = AMBIENT
    latched: bool = False
    switch: bool = False
    """Whether the hard-wired switch is pressed."""
    stopped: bool = True
    """Nothing moves before somebody sets setpoints."""
    alive: bool = False
    moving: bool = False
    moved: float = -1.0
    acted: float = -1.0
    refused: bool = False
    running: float = 0.0
    worn_out: bool = False
    stuck_hot: bool = False
    beat_at: float = -1.0
    beats: int = 0

    @property
    def strengths(self) -> tuple[int, int, int]:
        """Vibration, massage program and warmth that are really on."""
        if not self.may_act or self.worn_out:
            return 0, 0, 0
        vibration, massage, warmth = self.holding[2:5]
        return vibration, massage, warmth

    @property
    def may_act(self) -> bool:
        """Whether motors and heater have power."""
        return self.alive and not (self.stopped or self.latched or self.switch)

    @property
    def faults(self) -> int:
        """Fault bits."""
        return (
            WATCHDOG_TRIPPED * (not self.alive and self.beats > 0)
            | EMERGENCY * (self.latched or self.switch)
            | TOO_LONG * self.worn_out
            | TOO_HOT * (self.temperature > HOT)
            | REFUSED * self.refused
        )

    def write(self, address: int, values: Sequence[int]) -> bool:
        """Take a write of holding registers; False if a value is impossible."""
        wanted = list(self.holding)
        wanted[address : address + len(values)] = values
        recline, legs, vibration, massage, warmth, *_ = wanted
        possible = recline <= FAR[0] and legs <= FAR[1]
        if not possible or vibration > MOST[0] or massage > MOST[1] or warmth > MOST[2]:
            self.refused = True
            return False
        if wanted[5] != self.holding[5]:
            self.beat_at, self.alive = self.now, True
            self.beats += 1
        if address <= 4:
            self.stopped = False
        if wanted[9]:
            self.stopped = True
        self.latched |= bool(wanted[7])
        if wanted[8] == RELEASE and not self.switch:
            self.latched = False
        wanted[7:10] = [0, 0, 0]
        self.holding = wanted
        return True

    def inputs(self) -> list[int]:
        """Return the input registers."""
        recline, legs = (round(a * 10) for a in self.angles)
        current = 40 + 900 * self.moving + self.strengths[0] // 4
        warm = round(self.temperature * 10)
        return [recline, legs, warm, current, self.faults, int(self.moving), 101, self.holding[5]]

    def step(self, now: float) -> None:
        """Live until ``now``, s."""
        dt, self.now = min(max(now - self.now, 0.0), 0.1), now
        if now - self.beat_at >= WATCHDOG:
            self.alive = False
        if self.switch:
            self.latched = True
        self.moving = False
        for i, wanted in enumerate(self.holding[:2]):
            off = wanted / 10 - self.angles[i]
            # Its sensor resolves tenths: a motor that stands where it is told is not turned.
            if self.may_act and round(self.angles[i] * 10) != wanted:
                self.angles[i] += max(-self.speed * dt, min(self.speed * dt, off))
                self.moving, self.moved = True, now
        if self.moving or any(self.strengths):
            self.acted = now
        self._wear(dt)
        warmth = 99.0 if self.stuck_hot else self.strengths[2] / 10
        self.temperature += (AMBIENT - self.temperature) * COOLING * dt
        if warmth > self.temperature:
            self.temperature += WARMING * dt

    def _wear(self, dt: float) -> None:
        """Count how long it runs without a pause, and stop what runs too long."""
        longest = self.holding[6] or 600
        self.running = self.running + dt if any(self.strengths) else max(self.running - dt, 0.0)
        if self.running > longest:
            self.worn_out = True
        if self.worn_out and not any(self.holding[2:5]) and self.running < longest * 0.9:
            self.worn_out = False


class SimulatedChair:
    """The chair behind a pseudo terminal, answered by pymodbus in a thread of its own.

    Attributes
    ----------
    port
        What a rig calls ``port``.
    """

    def __init__(self, clock: SystemClock, chair: Chair | None = None) -> None:
        self.chair = chair or Chair()
        self.chair.now = clock.now()
        self.deaf = False
        self.clock = clock
        pairs = [os.openpty(), os.openpty()]
        for pair in pairs:
            for end in pair:
                tty.setraw(end)
        (near, self._near_port), (far, self._far_port) = pairs
        self.port = os.ttyname(self._near_port)
        self._server_port = os.ttyname(self._far_port)
        self._masters = [near, far]
        self._pumps = [
            threading.Thread(target=self._pump, args=ends, name="wire", daemon=True)
            for ends in ((near, far), (far, near))
        ]
        self._ready, self._ending = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="chair", daemon=True)

    def __enter__(self) -> Self:
        for thread in (*self._pumps, self._thread):
            thread.start()
        if not self._ready.wait(10.0):
            raise RuntimeError("the simulated chair did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._ending = True
        self._thread.join(5.0)
        self.unplug()
        for pump in self._pumps:
            pump.join(2.0)
        for end in (self._near_port, self._far_port, *self._masters):
            with suppress(OSError):
                os.close(end)

    def unplug(self) -> None:
        """Pull the cable: whoever has the port open sees it vanish."""
        masters, self._masters = self._masters, []
        for end in (self._near_port, self._far_port):
            with suppress(OSError):
                os.close(end)
        self._near_port = self._far_port = -1
        for end in masters:
            with suppress(OSError):
                os.close(end)

    def _pump(self, here: int, there: int) -> None:
        with suppress(OSError):
            while True:
                if not select.select([here], [], [], 0.2)[0]:
                    if not self._masters:
                        return
                    continue
                data = os.read(here, 4096)
                if not data:
                    return
                if not self.deaf:
                    os.write(there, data)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        holding = SimData(0, values=[0] * HOLDING, datatype=DataType.REGISTERS)
        inputs = SimData(0, values=[0] * INPUTS, datatype=DataType.REGISTERS)
        bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
        device = SimDevice(UNIT, simdata=(bits, bits, [holding], [inputs]), action=self._asked)
        server = ModbusSerialServer(
            device, framer=FramerType.RTU, port=self._server_port, baudrate=115_200
        )
        await server.serve_forever(background=True)
        self._ready.set()
        while not self._ending:
            self.chair.step(self.clock.now())
            await asyncio.sleep(TICK)
        await server.shutdown()  # type: ignore[no-untyped-call]

    async def _asked(
        self,
        function: int,
        _start: int,
        address: int,
        count: int,
        current: list[int],
        wanted: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Answer one request: pymodbus hands over the registers it is about."""
        self.chair.step(self.clock.now())
        if wanted is not None:
            if not self.chair.write(address, [int(v) for v in wanted]):
                return ExcCodes.ILLEGAL_VALUE
            taken = cast("list[int]", wanted)
            taken[:] = self.chair.holding[address : address + len(taken)]
            return None
        source = self.chair.inputs() if function == 4 else self.chair.holding
        current[:count] = source[address : address + count]
        return None


@click.command(help=__doc__)
@click.option("--seconds", default=3600.0, help="How long it runs.")
@click.option("--trouble", type=click.Choice(["hot", "deaf"]), help="What is wrong with it.")
def main(seconds: float, trouble: str | None) -> None:
    """Run the chair until its time is over or somebody types q."""
    clock, told = SystemClock(), ""
    chair = Chair(stuck_hot=trouble == "hot")
    with SimulatedChair(clock, chair) as simulated:
        simulated.deaf = trouble == "deaf"
        print(json.dumps({"port": simulated.port, "model": "modbus-chair"}), flush=True)
        typed: list[str] = []
        threading.Thread(
            target=lambda: typed.extend(k.strip() for k in sys.stdin), daemon=True
        ).start()
        while clock.now() < seconds and "q" not in typed:
            for key in [typed.pop(0) for _ in range(len(typed)) if typed[0] != "q"]:
                if key == "e":
                    chair.switch = True
                elif key == "r":
                    chair.switch = False
                elif key == "u":
                    simulated.unplug()
            facts = {
                "recline": round(chair.angles[0], 1), "legs": round(chair.angles[1], 1),
                "on": chair.strengths, "surface": round(chair.temperature, 1),
                "moving": chair.moving, "faults": chair.faults,
            }  # fmt: skip
            line = json.dumps(facts)
            if line != told:
                told = line
                print(json.dumps({"t": round(clock.now(), 3), **facts}), flush=True)
            clock.wait(0.05)


if __name__ == "__main__":
    main()
