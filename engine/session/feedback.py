"""The feedback of one phase: its bindings at work."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.session.board import Reading, SignalBoard
from engine.session.controller import BindingLoop, Decision
from engine.session.format import Binding, Phase, Until


@dataclass(slots=True)
class Feedback:
    """Runs a phase's bindings once a second."""

    loops: Sequence[BindingLoop] = ()
    until: Until | None = None
    _within_since: float | None = field(default=None, init=False)

    @classmethod
    def of(cls, phase: Phase, rest: Mapping[str, float]) -> "Feedback":
        """Return the feedback ``phase`` asks for.

        ``rest`` is where the controls of this room relax to; what the phase sets comes
        before it. A binding to something the room has not got is left out.
        """
        bindings: Sequence[Binding] = phase.bind if phase.feedback else ()
        loops = [
            BindingLoop(b, phase.set.get(b.control, rest[b.control]))
            for b in bindings
            if b.control in rest
        ]
        return cls(loops, phase.until)

    def decisions(
        self, now: float, board: SignalBoard, *, free: bool, slow: bool = False
    ) -> Iterator[tuple[str, Decision]]:
        """Yield each control that gets a new target, with the decision."""
        for loop in self.loops:
            decision = loop.step(now, board.get(loop.binding.signal, now), free=free, slow=slow)
            if decision is not None:
                yield loop.binding.control, decision

    def standing(self, now: float, board: SignalBoard) -> list[tuple[bool, bool, str]]:
        """Return of each binding: may its signal steer, is it given up for lost, what is wrong."""
        made: list[tuple[bool, bool, str]] = []
        for loop in self.loops:
            reading = board.get(loop.binding.signal, now)
            usable = loop.usable(reading)
            why = "" if usable else _why(loop.binding.signal, reading)
            made.append((usable, loop.lost, why))
        return made

    def goal_reached(self, now: float, board: SignalBoard) -> bool:
        """Tell whether the phase may end early: its ``until`` has held long enough."""
        if self.until is None:
            return False
        low, high = self.until.within
        reading = board.get(self.until.signal, now)
        inside = reading.valid and reading.quality >= 0.3 and low <= reading.value <= high
        if not inside:
            self._within_since = None
            return False
        if self._within_since is None:
            self._within_since = now
        return now - self._within_since >= self.until.held


def _why(signal: str, reading: Reading) -> str:
    if math.isnan(reading.value):
        return f"{signal}: no signal"
    if reading.corrected > 0.2:
        return f"{signal}: {reading.corrected:.0%} of beats corrected"
    return f"{signal}: quality {reading.quality:.2f}"
