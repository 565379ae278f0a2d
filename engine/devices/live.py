"""A device with a process of its own: its samples come through rings."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.clock import SystemClock
from engine.devices import state
from engine.devices.catalog import Declared
from engine.devices.host import (
    LEVEL_HEAD,
    OPEN_WITHIN,
    RESUME,
    WORN,
    HostSpec,
    RingSpec,
    run,
)
from engine.devices.state import DeviceState
from engine.devices.status import DeviceStatus
from engine.devices.tended import Desk
from engine.devices.wear import Wear, looked_after
from engine.errors import DriverError
from engine.processes.block import SharedBlock
from engine.processes.failure import Failure
from engine.processes.part import Part, PartState
from engine.processes.ring import SampleRing
from engine.show import Script
from engine.streams import Chunk

PATIENCE = 0.4
"""Seconds without a heartbeat after which a device's process counts as hung."""
BUFFER = 20.0
"""Seconds of samples a ring holds for a room that is busy."""
LEAST_ROWS = 512
MOST_MEMORY = 768 * 2.0**20
"""Bytes a device's process may hold; the largest of ours, a simulated person, needs 300 MiB."""


class LiveDevice:
    """One device, its process, and the shared memory between it and the room.

    Parameters
    ----------
    declared
        Which device.
    clock
        The room's.
    seed
        For simulated ones.
    show
        Name of the block of shows and how to read it.
    """

    def __init__(
        self, declared: Declared, clock: SystemClock, seed: int, show: tuple[str, Script] | None
    ) -> None:
        self.desk = Desk(declared)
        self._heard = self._refused = 0
        self._worn: Mapping[str, Wear] = {}
        self._clock = clock
        self._outputs = [o.name for o in declared.outputs]
        self._row = np.full(LEVEL_HEAD + len(self._outputs), np.nan)
        self._row[:LEVEL_HEAD] = 0.0
        self._levels = SharedBlock.create(len(self._row)) if self._outputs else None
        self._rings = {
            s.name: SampleRing.create(len(s.axes), max(round(BUFFER * (s.rate or 0)), LEAST_ROWS))
            for s in declared.streams
        }
        shown, script = show or (None, None)
        spec = HostSpec(
            declared.spec.name,
            declared.kind,
            dict(declared.spec.options),
            seed,
            tuple(RingSpec(n, r.name, r.columns, r.capacity) for n, r in self._rings.items()),
            None if self._levels is None else self._levels.name,
            shown,
            script,
            OPEN_WITHIN,
        )
        try:
            self.part = Part(
                declared.spec.name,
                run,
                spec,
                clock=clock,
                patience=PATIENCE,
                ready_within=OPEN_WITHIN,
                most_memory=MOST_MEMORY,
            )
        except Exception as error:
            self._release()
            raise DriverError(
                f"cannot be sent to a process of its own: {error}",
                where=declared.spec.name,
                hint="define its class at the top of a module that can be imported",
            ) from error

    def start(self) -> None:
        """Start the process."""
        self.desk.stand(state.CONNECTING)
        self.part.start()

    def drain(self, now: float) -> list[Chunk]:
        """Look after the process and return the samples it wrote."""
        now = max(now, self._clock.now())  # a room that catches up steps in the past
        for verb, facts in self.part.poll(now):
            self._hear(verb, facts)
        chunks: list[Chunk] = []
        for name, ring in self._rings.items():
            if ring.waiting:
                chunk = self.desk.intakes[name].take(*ring.read(), now)
                if chunk is not None:
                    chunks.append(chunk)
        self._count(now)
        return chunks

    def write(self, levels: Mapping[str, float], now: float, *, still: bool = False) -> None:
        """Make the levels the newest; the process governs them once more."""
        if self._levels is None:
            return
        self._row[0], self._row[2] = now, float(still)
        for i, name in enumerate(self._outputs, start=LEVEL_HEAD):
            self._row[i] = levels.get(name, np.nan)
        self._levels.write(self._row)

    def halt(self, *, halted: bool) -> None:
        """Latch or release the emergency stop."""
        if not halted:
            self._worn = looked_after(self._worn)
        if self._levels is not None:
            self._row[1] = float(halted)
            self._levels.write(self._row)

    def status(self, now: float) -> DeviceStatus:
        """Return how it is doing."""
        return self.desk.status(
            now,
            restarts=self.part.restarts,
            rss=self.part.rss,
            refused=self._refused,
            dropped=self._dropped,
        )

    def ask_to_end(self) -> None:
        """Ask the process to end."""
        self.part.ask_to_end()

    def stop(self, within: float) -> None:
        """End the process and free the memory."""
        self.part.stop(within)
        now = self._clock.now()
        for verb, facts in self.part.poll(now):
            if verb == "refused":
                self._hear(verb, facts)
        self._count(now, last=True)
        self.desk.stand(state.OFF)
        self._release()

    @property
    def _dropped(self) -> int:
        return sum(ring.dropped for ring in self._rings.values())

    def _count(self, now: float, *, last: bool = False) -> None:
        figures = {"heard": self._heard, "refused": self._refused, "dropped": self._dropped}
        self.desk.count(now, **figures, last=last)

    def _release(self) -> None:
        for shared in (*self._rings.values(), self._levels):
            if shared is not None:
                shared.close()
                shared.unlink()
        self._rings, self._levels = {}, None

    def _hear(self, verb: str, facts: Mapping[str, Any]) -> None:
        if verb == "device":
            self.desk.stand(state.from_facts(facts))
        elif verb == "refused":
            self._refused += int(facts["n"])
            self._heard += int(facts["heard"])
        elif verb == WORN:
            self._worn = facts["worn"]
        elif verb == "part":
            self._follow(PartState(facts["state"]), self.part.failure)

    def _follow(self, process: PartState, why: Failure | None) -> None:
        """Turn what became of the process into the device's standing."""
        if process is PartState.STARTING and self._worn:
            self.part.send(RESUME, worn=self._worn)
        elif process is PartState.RESTARTING and why is not None:
            self.desk.contain(why, self.part.restarts)
            self.desk.stand(state.failed(why.en, why.zh))
        elif process is PartState.FAULT and why is not None:
            self.desk.contain(why, self.part.restarts)
            self.desk.stand(state.faulty(why.en, why.zh))
        elif process is PartState.ENDED and self.desk.standing.state is not DeviceState.ENDED:
            self.desk.stand(state.ENDED)
