"""What tests of Bluetooth devices share: an air, and one device in the engine's care."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.clock import SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.keeper import Keeper
from engine.devices.source import Context
from engine.streams import F64, Chunk
from tools.virtual_ble import VirtualAir


class Care:
    """Keeps one device of the air going as its process would, and notes what comes."""

    def __init__(
        self, air: VirtualAir, driver: type[Driver], options: Mapping[str, Any] | None = None
    ) -> None:
        self.clock = SystemClock()
        source = DrivenSource(driver, options or {}, air.transport)
        self.keeper = Keeper(source, Context("it", self.clock))
        self.chunks: list[Chunk] = []
        self.codes: list[str] = []

    def until(self, is_so: Callable[[], bool], within: float = 8.0) -> None:
        deadline = self.clock.now() + within
        while not is_so():
            now = self.clock.now()
            assert now < deadline, (self.codes, self.keeper.standing)
            self.chunks += self.keeper.turn(now)
            if self.codes[-1:] != [self.keeper.standing.code]:
                self.codes.append(self.keeper.standing.code)
            self.clock.wait(0.005)

    def for_seconds(self, seconds: float) -> None:
        end = self.clock.now() + seconds
        self.until(lambda: self.clock.now() >= end)

    def connected(self) -> None:
        self.until(lambda: self.codes[-1:] in (["connecting"], ["ready"], ["data"]))

    def values(self, name: str) -> F64:
        found = [c.x for c in self.chunks if c.stream.name == name]
        return np.concatenate(found) if found else np.zeros((0, 1))

    def times(self, name: str) -> F64:
        found = [c.t for c in self.chunks if c.stream.name == name]
        return np.concatenate(found) if found else np.zeros(0)
