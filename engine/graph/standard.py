"""The wiring every room uses: the best sensor of each group, and everything read from it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import GraphError
from engine.events import Notice
from engine.graph.arousal import ArousalNode, wire_arousal
from engine.graph.cardiac import HeartStreams, wire_heart
from engine.graph.electrodermal import wire_skin
from engine.graph.graph import Graph
from engine.graph.pulse import PulseStreams, require_movement, wire_pulse
from engine.graph.respiratory import wire_breath
from engine.graph.respiratory_derived import wire_derived_breath
from engine.graph.sample_rate import SampleRate
from engine.graph.variability import VariabilityNode, wire_variability
from engine.signals import SENSOR_GROUPS
from engine.streams import Stream
from engine.units import Kind

PREFERRED: Mapping[str, tuple[Kind, ...]] = {
    "heart": (Kind.ECG, Kind.RRI, Kind.PPI, Kind.PPG),
    "eda": (Kind.EDA,),
    "resp": (Kind.RESP,),
}
"""Kinds of stream a group can be read from, best first."""

WIRED_BY: Mapping[Kind, Callable[[Graph, Stream], object]] = {
    Kind.ECG: wire_heart,
    Kind.RRI: wire_heart,
    Kind.PPI: wire_heart,
    Kind.EDA: wire_skin,
    Kind.RESP: wire_breath,
}


@dataclass(frozen=True, slots=True)
class StandardGraph:
    """A wired graph and what it can tell.

    Attributes
    ----------
    graph
        Push device chunks in here.
    arousal
        Told when the baseline begins and ends and when the person is paced. Makes nothing
        when no group is present.
    variability
        Told how the person is guided in breathing. Makes nothing without a heart.
    groups
        Of `SENSOR_GROUPS`: those that are measured.
    sources
        By group: the device stream it is read from.
    quality
        By group: the name of the stream of its signal quality, 0..1.
    refused
        Streams that could not be used, and why.
    movement
        Acceleration of the device the pulse is read from, if it is read from light.
    """

    graph: Graph
    arousal: ArousalNode
    variability: VariabilityNode
    groups: tuple[str, ...]
    sources: Mapping[str, Stream]
    quality: Mapping[str, str]
    refused: tuple[GraphError, ...] = ()
    movement: Stream | None = None

    @property
    def used(self) -> tuple[Stream, ...]:
        """Every device stream that is read."""
        beside = () if self.movement is None else (self.movement,)
        return (*self.sources.values(), *beside)

    def notices(self) -> list[Notice]:
        """Return, for the record, which streams no signal is made of, and why."""
        return [
            Notice(
                "stream_unused",
                {"stream": f.where, "reason": f.what, "remedy": f.hint, "reason_zh": f.zh},
            )
            for f in self.refused
        ]


def standard_graph(streams: Sequence[Stream]) -> StandardGraph:
    """Wire the best of ``streams`` for each sensor group, and arousal from them all.

    The kinds of a group are tried in the order of `PREFERRED`, the faster stream first; a
    stream that cannot be used (raw counts, too slow) is left out and told in ``refused``.
    Light is read together with the acceleration of the same device, where there is some.
    Without a belt the breathing rate is read from the heart; ``resp`` is then no group.
    Every stream becomes a source, used or not.
    """
    graph = Graph()
    for stream in streams:
        graph.source(stream)
    sources: dict[str, Stream] = {}
    refused: list[GraphError] = []
    heart: HeartStreams | None = None
    movement: Stream | None = None
    for group in SENSOR_GROUPS:
        for stream in _candidates(group, streams):
            beside = _movement_beside(stream, streams, refused)
            try:
                if stream.kind is Kind.PPG:
                    made: object = wire_pulse(graph, stream, beside)
                else:
                    made = WIRED_BY[stream.kind](graph, stream)
            except GraphError as fault:
                refused.append(fault)
                continue
            sources[group] = stream
            if stream.rate is not None:
                graph.add(SampleRate(group), stream)
            movement = beside or movement
            if isinstance(made, HeartStreams | PulseStreams):
                heart = made.heart if isinstance(made, PulseStreams) else made
            break
    if "resp" not in sources:
        _breathe_with_the_heart(graph)
    # Last, so that breaths felt by a belt are there to be used.
    variability = wire_variability(graph, heart).node if heart else VariabilityNode()
    arousal = ArousalNode()
    wire_arousal(graph, arousal)
    return StandardGraph(
        graph=graph,
        arousal=arousal,
        variability=variability,
        groups=tuple(sources),
        sources=sources,
        quality={group: f"{group}.quality" for group in sources},
        refused=tuple(refused),
        movement=movement,
    )


def _movement_beside(
    stream: Stream, streams: Sequence[Stream], refused: list[GraphError]
) -> Stream | None:
    """Return the acceleration of the device whose light ``stream`` is, the fastest usable one."""
    if stream.kind is not Kind.PPG:
        return None
    device = stream.name.rpartition(".")[0]
    beside = [s for s in streams if s.kind is Kind.ACC and s.name.rpartition(".")[0] == device]
    for one in sorted(beside, key=lambda s: -(s.rate or 0.0)):
        try:
            require_movement(one)
        except GraphError as fault:
            refused.append(fault)
            continue
        return one
    return None


def _breathe_with_the_heart(graph: Graph) -> None:
    """Without a belt, read a breathing rate (never a phase) from the heartbeats, if any."""
    made = {stream.name: stream for stream in graph.streams}
    beats = made.get("pulse.beat") or made.get("heart.beat")
    if beats is not None:
        wire_derived_breath(graph, beats, made["heart.quality"])


def _candidates(group: str, streams: Sequence[Stream]) -> Iterator[Stream]:
    for kind in PREFERRED[group]:
        fitting = [stream for stream in streams if stream.kind is kind]
        yield from sorted(fitting, key=lambda stream: -(stream.rate or 0.0))
