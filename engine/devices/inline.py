"""A device without a process, for sessions in virtual time: the same, every time."""

import math
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from engine.clock import VirtualClock
from engine.devices import state
from engine.devices.catalog import Declared
from engine.devices.keeper import Keeper
from engine.devices.source import Context
from engine.devices.status import DeviceStatus
from engine.devices.tended import Desk
from engine.devices.wear import Wear, looked_after
from engine.processes.failure import Failure, failure_of
from engine.processes.restarts import STORM, is_hopeless, wait_before_restart
from engine.show import Show
from engine.streams import Chunk

LOOKS_A_SECOND = 10
"""The source is read at multiples of 100 ms, however the room steps."""
LONGEST_REST = 60.0
"""Seconds of virtual time the outputs have to come to rest at the end."""


class InlineDevice:
    """One device read by the room itself.

    Parameters
    ----------
    declared
        Which device.
    now
        The room's time.
    seed, show
        For simulated ones.
    """

    def __init__(self, declared: Declared, now: float, seed: int, show: Callable[[], Show]) -> None:
        self.desk = Desk(declared)
        self._clock = VirtualClock(now)
        self._context = Context(declared.spec.name, self._clock, seed, show)
        self._look = math.ceil(now * LOOKS_A_SECOND)
        self._keeper: Keeper | None = None
        self._retry_at = -math.inf
        self._failures: deque[float] = deque(maxlen=STORM)
        self._restarts = 0
        self._heard = self._refused = 0  # by keepers that failed
        self._worn: Mapping[str, Wear] = {}
        self._halted = False
        self._levels: Mapping[str, float] = {}
        self._given_up = True

    def start(self) -> None:
        """Begin connecting at the next look."""
        self._given_up = False
        self.desk.stand(state.CONNECTING)

    def drain(self, now: float) -> list[Chunk]:
        """Read the source at every 100 ms up to ``now``."""
        found: list[Chunk] = []
        while (at := self._look / LOOKS_A_SECOND) <= now:
            self._look += 1
            self._clock.advance_to(max(at, self._clock.now()))
            found += self._turn(at)
        heard, refused = self._counts()
        self.desk.count(now, heard=heard, refused=refused)
        return found

    def write(self, levels: Mapping[str, float], now: float, *, still: bool = False) -> None:
        """Pass the levels on; they are governed once more."""
        self._levels = levels
        if self._keeper is not None:
            self._keeper.wish(levels, now, still=still)

    def halt(self, *, halted: bool) -> None:
        """Latch or release the emergency stop."""
        self._halted = halted
        if not halted:
            self._worn = looked_after(self._worn)
        if self._keeper is not None:
            (self._keeper.halt if halted else self._keeper.reset)()

    def status(self, now: float) -> DeviceStatus:
        """Return how it is doing."""
        return self.desk.status(now, restarts=self._restarts, refused=self._counts()[1])

    def ask_to_end(self) -> None:
        """Do nothing: there is nobody to wait for."""

    def stop(self, within: float) -> None:  # noqa: ARG002 - virtual time takes none
        """Bring the outputs to rest within their slew and close the source."""
        if self._keeper is not None:
            for _ in range(round(LONGEST_REST * LOOKS_A_SECOND)):
                if self._keeper.resting:
                    break
                self._keeper.settle(1.0 / LOOKS_A_SECOND)
            self._keeper.close()
        heard, refused = self._counts()
        self.desk.count(self._clock.now(), heard=heard, refused=refused, last=True)
        self._keeper, self._given_up = None, True
        self.desk.stand(state.OFF)

    def _turn(self, at: float) -> list[Chunk]:
        if self._given_up or at < self._retry_at:
            return []
        try:
            if self._keeper is None:
                self._keeper = Keeper(self.desk.declared.make(), self._context)
                self._keeper.begin_at(self._levels)  # where its predecessor left it
                self._keeper.resume(self._worn)
                if self._halted:
                    self._keeper.halt()
            chunks = self._keeper.turn(at)
        except Exception as error:  # noqa: BLE001 - a vendor's code; the session goes on
            self._fail(at, failure_of(error))
            return []
        self.desk.stand(self._keeper.standing)
        intakes = self.desk.intakes
        taken = (intakes[c.stream.name].take(c.t, c.x, at) for c in chunks)
        return [c for c in taken if c is not None]

    def _counts(self) -> tuple[int, int]:
        """Return how many messages made sense, and how many made none."""
        keeper = self._keeper
        if keeper is None:
            return self._heard, self._refused
        return self._heard + keeper.heard, self._refused + keeper.refused

    def _fail(self, at: float, why: Failure) -> None:
        """Do as `engine.processes.part.Part` does with a process that failed."""
        if self._keeper is not None:
            self._heard, self._refused = self._counts()
            self._worn = self._keeper.wear()
            with suppress(Exception):  # it failed once, it may fail again
                self._keeper.close()
        self._keeper = None
        self._failures.append(at)
        self.desk.contain(why, self._restarts)
        if is_hopeless(self._failures, at):
            self._given_up = True
            self.desk.stand(state.faulty(why.en, why.zh))
            return
        self._retry_at = at + wait_before_restart(self._failures, at)
        self._restarts += 1
        self.desk.stand(state.failed(why.en, why.zh))
