"""The part of the room that decides: drain, graph, decide, govern, show - and nothing else.

It opens nothing, waits for nothing and reads no clock. A live room, a session in
virtual time and a replay drive the same step.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine.devices.governor import Governor
from engine.events import Command, Event, Notice
from engine.graph.standard import StandardGraph, standard_graph
from engine.session.board import SignalBoard
from engine.session.conductor import SHOW_EVERY, STEPS_A_SECOND, Conductor
from engine.session.following import PLV, Following
from engine.session.setup import Setup
from engine.show import Show
from engine.streams import Chunk, Output, Stream
from engine.units import Kind

AddNodes: TypeAlias = Callable[[Any, tuple[Stream, ...]], None]
"""Lets plugins add nodes of their own to a room's graph, given what its devices measure."""


@dataclass(slots=True)
class Sink:
    """Where the core's results go: the recorder, the console, a test's lists."""

    event: Callable[[int, Event], None]
    derived: Callable[[int, Chunk], None]


@dataclass(slots=True)
class Core:
    """Signals and session of one room, stepped a hundred times a second."""

    setup: Setup
    signals: StandardGraph
    conductor: Conductor
    board: SignalBoard
    sink: Sink
    governors: Mapping[str, Governor]
    outputs: dict[str, float] = field(default_factory=dict[str, float])
    """Governed levels for the devices, by qualified name; NaN lets a position stay where it is."""
    _places: dict[str, str] = field(default_factory=dict[str, str])
    _step: int = 0
    _following: Following = field(default_factory=Following)

    @property
    def show(self) -> Show:
        """What stage and sound should show now."""
        return self.conductor.show

    def __post_init__(self) -> None:
        """Know which streams tell where a position is."""
        self._places = {o.position: name for name, o in self.setup.outputs.items() if o.position}

    @property
    def still(self) -> bool:
        """Whether nothing may move the person now."""
        return self.conductor.actuators.still

    @property
    def halted(self) -> bool:
        """Whether the emergency stop is latched."""
        return self.conductor.actuators.halted

    @property
    def over(self) -> bool:
        """Whether the session is closed."""
        return self.conductor.over

    def step(
        self,
        step: int,
        chunks: Iterable[Chunk] = (),
        commands: Sequence[Command] = (),
        notices: Sequence[Notice] = (),
    ) -> None:
        """Live through one hundredth of a second with what arrived in it."""
        self._step = step
        answers: list[tuple[str, float]] = []
        for chunk in chunks:
            if chunk.stream.kind is Kind.RATING:
                answers.append(_answer(chunk))
                continue
            if chunk.stream.name in self._places:
                place = float(chunk.x[-1, 0])
                self.conductor.actuators.feel(self._places[chunk.stream.name], place)
            for made in self.signals.graph.push(chunk):
                if made is not chunk:
                    self._take(made)
        if step % SHOW_EVERY == 0 or commands or notices or answers:
            self.conductor.step(step, commands, notices, answers)
        if step % SHOW_EVERY == 0:
            self.signals.variability.guide(step / STEPS_A_SECOND, self.conductor.pacer.pace)
            self._govern(step / STEPS_A_SECOND)

    def _take(self, made: Chunk) -> None:
        self.board.take(made)
        self.sink.derived(self._step, made)
        if made.stream.name == "resp.phase":
            plv = self._following.take(made, self.conductor.pacer.pace)
            if plv is not None:
                self.board.take(plv)
                self.sink.derived(self._step, plv)

    def _govern(self, now: float) -> None:
        levels, actuators = self.conductor.levels, self.conductor.actuators
        for name in actuators.take_jumps():
            self.governors[name].begin_at(levels[name].now)
        for name, governor in self.governors.items():
            governor.still = actuators.still
            wished = actuators.wished(name)
            governor.wish(wished, now)
            level = governor.step(now, SHOW_EVERY / STEPS_A_SECOND)
            self.outputs[name] = wished if math.isnan(wished) else level


def _reach(output: Output, low: float, high: float) -> tuple[float, float]:
    """Return where ``output`` may be in a session that limits it to ``low`` to ``high``.

    A strength can always be brought to rest. A position may be anywhere when the session
    begins; the limits hold for what the session wishes.
    """
    if output.places:
        return output.low, output.high
    return min(low, output.rest), max(high, output.rest)


def _answer(chunk: Chunk) -> tuple[str, float]:
    """Return scale and value of a self-rating a device took."""
    return chunk.stream.name.rpartition(".")[2].upper(), float(chunk.x[-1, 0])


def make_core(
    setup: Setup,
    streams: Sequence[Stream],
    sink: Sink,
    add_nodes: AddNodes | None = None,
) -> Core:
    """Wire the standard graph to ``streams`` and put a conductor before it.

    Parameters
    ----------
    add_nodes
        Lets plugins add nodes of their own before the session (`register_nodes`).
    """
    signals = standard_graph(streams)
    if add_nodes is not None:
        add_nodes(signals.graph, tuple(streams))
    board = SignalBoard()
    core: Core

    def emit(event: Event) -> None:
        sink.event(round(event.t * STEPS_A_SECOND), event)

    conductor = Conductor(setup, board, signals.arousal, emit)
    governors = {
        name: Governor(output, *_reach(output, *conductor.steering.range_of(name)))
        for name, output in setup.outputs.items()
    }
    core = Core(setup, signals, conductor, board, sink, governors)
    return core


__all__ = ["PLV", "Core", "Sink", "make_core"]
