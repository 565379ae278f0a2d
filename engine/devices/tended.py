"""One device as the room sees it, whether it has a process of its own or not."""

import math
from collections.abc import Mapping
from typing import Protocol

from engine.devices import state
from engine.devices.catalog import Declared
from engine.devices.intake import Intake
from engine.devices.state import Standing
from engine.devices.status import DeviceStatus
from engine.events import Notice
from engine.processes.failure import Failure
from engine.streams import Chunk

COUNTED_EVERY = 5.0
"""Seconds between two notices of what a device said and nobody could use."""


class Tended(Protocol):
    """One device in the room's care."""

    @property
    def desk(self) -> "Desk":
        """What the room knows of it."""
        ...

    def start(self) -> None:
        """Begin connecting."""
        ...

    def drain(self, now: float) -> list[Chunk]:
        """Return what came by ``now``; never blocks."""
        ...

    def write(self, levels: Mapping[str, float], now: float, *, still: bool = False) -> None:
        """Pass on governed levels, by the outputs' own names."""
        ...

    def halt(self, *, halted: bool) -> None:
        """Latch or release the emergency stop."""
        ...

    def status(self, now: float) -> DeviceStatus:
        """Return how it is doing."""
        ...

    def ask_to_end(self) -> None:
        """Begin to end, without waiting."""
        ...

    def stop(self, within: float) -> None:
        """Bring outputs to rest and give everything back."""
        ...


class Desk:
    """What the room knows of one device: its standing, its streams, what to tell."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.name = declared.spec.name
        self.standing = state.OFF
        self.intakes = {s.name: Intake(self.name, s) for s in declared.streams}
        self._notices: list[Notice] = []
        self._counted = (0, 0, 0)
        self._counted_at = -math.inf

    def stand(self, standing: Standing) -> None:
        """Take note of a state; a new one becomes a notice."""
        new = not standing.same_as(self.standing)
        self.standing = standing
        if new:
            self._notices.append(standing.notice(self.name, simulated=self.declared.simulated))

    def contain(self, why: Failure, restarts: int) -> None:
        """Take note that its driver failed and the session went on."""
        facts = {"part": self.name, **why.told(), "restarts": restarts}
        self._notices.append(Notice("fault_contained", facts))

    def count(
        self, now: float, *, heard: int, refused: int, dropped: int = 0, last: bool = False
    ) -> None:
        """Take note of what could not be used so far; more of it becomes a notice, now and then.

        Parameters
        ----------
        heard, refused
            Messages that made sense, and messages that made none.
        dropped
            Samples the room was too slow to take.
        last
            Nothing more will come: it is told at once, and that it is all there was.
        """
        counted = (refused, sum(i.refused for i in self.intakes.values()), dropped)
        if last:
            if not any(counted):
                return
        elif counted == self._counted or now - self._counted_at < COUNTED_EVERY:
            return
        self._counted, self._counted_at = counted, now
        messages, samples, late = counted
        facts = {
            "device": self.name, "messages": messages, "heard": heard, "samples": samples,
            "dropped": late, "whole": last,
        }  # fmt: skip
        self._notices.append(Notice("data_refused", facts))

    def notices(self) -> list[Notice]:
        """Return what is new since the last call."""
        told, self._notices = self._notices, []
        return told

    def status(self, now: float, **figures: int) -> DeviceStatus:
        """Return how the device is doing; ``figures`` are those of its process."""
        newest = max((i.newest for i in self.intakes.values()), default=-math.inf)
        refused = sum(i.refused for i in self.intakes.values()) + figures.pop("refused", 0)
        return DeviceStatus(
            self.name,
            self.declared.spec.model,
            self.declared.simulated,
            self.standing,
            age=now - newest if math.isfinite(newest) else None,
            rates={i.stream.name: i.rate for i in self.intakes.values()},
            refused=refused,
            **figures,
        )


class AbsentDevice:
    """A device this build cannot reach: it says so, and the session goes on without."""

    def __init__(self, declared: Declared, why: Standing) -> None:
        self.desk = Desk(declared)
        self._why = why

    def start(self) -> None:
        """Say why it is not there."""
        self.desk.stand(self._why)

    def drain(self, now: float) -> list[Chunk]:  # noqa: ARG002 - nothing comes, ever
        """Return nothing."""
        return []

    def write(self, levels: Mapping[str, float], now: float, *, still: bool = False) -> None:
        """Do nothing."""

    def halt(self, *, halted: bool) -> None:
        """Do nothing: what is not there does not move."""

    def status(self, now: float) -> DeviceStatus:
        """Return why it is not there."""
        return self.desk.status(now)

    def ask_to_end(self) -> None:
        """Do nothing."""

    def stop(self, within: float) -> None:  # noqa: ARG002
        """Say that the room no longer asks for it."""
        self.desk.stand(state.OFF)
