"""A source on the bench: cared for as the engine does, in real time, beside its stand-in."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engine.clock import Clock, SystemClock
from engine.devices.keeper import Keeper
from engine.devices.source import Context, Source, StandIn
from engine.devices.state import DeviceState
from engine.streams import F64, Chunk

TURN = 0.01


class SourceBench:
    """One source, its stand-in, and everything the room would have got.

    Parameters
    ----------
    clock
        Real time if left out; the test of a test may have another.

    Attributes
    ----------
    chunks
        In the order they came.
    told
        Every level it was told, with the time of the turn, s.
    """

    def __init__(self, kind: type[Source], stand_in: StandIn, clock: Clock | None = None) -> None:
        self.clock, self.stand_in = clock or SystemClock(), stand_in
        self.told: list[tuple[float, dict[str, float]]] = []
        self.source = self._noting(kind)(kind.look_up(stand_in.options))
        self.keeper = Keeper(self.source, Context("device", self.clock))
        self.chunks: list[Chunk] = []
        self._took: list[float] = []
        self._turned_at = 0.0

    def state(self) -> DeviceState:
        """Return what the device counts as."""
        return self.keeper.standing.state

    def acts(self) -> float:
        """Return how strongly the device acts now, as far as its stand-in can tell."""
        return acts_of(self.stand_in)

    def run(
        self, seconds: float, until: DeviceState | None = None, *,
        wishes: Mapping[str, float] | None = None,
    ) -> bool:  # fmt: skip
        """Let time go by; return whether ``until`` was reached (True without one)."""
        end = self.clock.now() + seconds
        while self.clock.now() < end:
            self.stand_in.turn(self.clock.now())
            before, was = self.clock.now(), self.state()
            self._turned_at = before
            if wishes is not None:
                self.keeper.wish(wishes, before)
            self.chunks += self.keeper.turn(before)
            if was == DeviceState.LIVE == self.state():
                self._took.append(self.clock.now() - before)
            if until is not None and self.state() == until:
                return True
            self.clock.wait(TURN)
        return until is None

    @property
    def slowest(self) -> float:
        """Seconds that 95 of 100 turns stayed below; the rest may have waited for the computer."""
        return float(np.percentile(self._took, 95)) if self._took else 0.0

    def times(self) -> dict[str, F64]:
        """Return the times of all samples so far, by stream."""
        names = {c.stream.name for c in self.chunks}
        return {n: np.concatenate([c.t for c in self.chunks if c.stream.name == n]) for n in names}

    def disorder(self, when: str) -> Iterator[str]:
        """Yield streams whose times do not increase."""
        for name, t in self.times().items():
            if not np.isfinite(t).all() or np.any(np.diff(t) <= 0.0):
                yield f"{when}, the times of stream {name!r} do not increase"

    def _noting(self, kind: type[Source]) -> type[Source]:
        """Return ``kind``; what it is told is noted."""

        def write(source: Source, levels: Mapping[str, float]) -> None:
            self.told.append((self._turned_at, dict(levels)))
            kind.write(source, levels)

        return type(kind.__name__, (kind,), {"write": write})


def acts_of(stand_in: StandIn) -> float:
    """Return how strongly a device acts now, 0 at rest; NaN if its stand-in cannot tell."""
    acts: Any = getattr(stand_in, "acts", None)
    return math.nan if acts is None else float(acts())
