"""From a belt around the chest to the rate and the phase of breathing."""

from dataclasses import dataclass, field

from engine.dsp import belt_layout as at
from engine.dsp.belt import BreathingBelt
from engine.errors import GraphError
from engine.graph.columns import EventsOf, SignalOf
from engine.graph.graph import Graph
from engine.graph.rated import rate_of
from engine.signals import SIGNALS
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

CONFIDENT = 0.5
"""With less confidence than this neither rate nor phase is shown."""

DETAIL_AXES = (
    "phase",
    "per_min",
    "fast_per_min",
    "confidence",
    "fit",
    "amplitude",
    "onset_s",
    "rate_confidence",
)
"""Columns of ``resp.detail``: see `BreathingBelt.push`."""


@dataclass(slots=True)
class Belt:
    """Follow a breathing belt; one row of `DETAIL_AXES` about ten times a second.

    Attributes
    ----------
    rising
        Whether a rising signal is a breath in.
    """

    rising: bool = True
    _engine: BreathingBelt = field(init=False)
    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept one regular respiration stream, in any unit."""
        (stream,) = inputs
        if stream.kind is not Kind.RESP:
            raise GraphError(f"is {stream.kind}, not respiration", where=stream.name)
        rate = rate_of(stream)
        try:
            self._engine = BreathingBelt(rate, rising=self.rising)
        except GraphError as fault:
            raise fault.at(stream.name) from fault
        self._made = Stream(
            "resp.detail",
            Kind.DERIVED,
            stream.unit,
            self._engine.row_rate,
            stream.latency,
            DETAIL_AXES,
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows these samples complete."""
        rows = self._engine.push(chunk.t, chunk.x[:, 0])
        if not len(rows):
            return None
        return Chunk(self._made, rows[:, at.O_TIME], rows[:, at.O_PHASE :])


@dataclass(frozen=True, slots=True)
class BreathStreams:
    """What `wire_breath` makes.

    Attributes
    ----------
    rate, phase
        Signals with value, quality (the confidence of each), corrected; NaN below `CONFIDENT`.
        The phase is 0..1, 0 begins the breath in, about ten times a second.
    onset
        Breaths in: when each began on the session clock; stamped when it was noticed.
    quality
        How well the belt sits, 0..1: smooth swings, not too long ago. It may be high while
        the breath is too irregular for a rate.
    detail
        Everything at once.
    """

    rate: Stream
    phase: Stream
    onset: Stream
    quality: Stream
    detail: Stream


def wire_breath(graph: Graph, stream: Stream) -> BreathStreams:
    """Add everything that is read from a breathing belt (at least 4 Hz, rising = breath in).

    Raises
    ------
    GraphError
        If the stream is not respiration, too slow, or irregular.
    """
    detail = graph.add(Belt(), stream)
    rate = SignalOf(
        "resp.rate",
        SIGNALS["resp.rate"].unit,
        "per_min",
        quality="rate_confidence",
        every=1.0,
        needs=CONFIDENT,
    )
    phase = SignalOf(
        "resp.phase",
        SIGNALS["resp.phase"].unit,
        "phase",
        quality="confidence",
        needs=CONFIDENT,
    )
    return BreathStreams(
        rate=graph.add(rate, detail),
        phase=graph.add(phase, detail),
        onset=graph.add(EventsOf("resp.onset", Unit.SECOND, ("onset_s",), ("onset_s",)), detail),
        quality=graph.add(EventsOf("resp.quality", Unit.LEVEL, ("fit",), ("value",)), detail),
        detail=detail,
    )
