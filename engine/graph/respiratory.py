"""From a belt around the chest to the rate and the phase of breathing."""

from dataclasses import dataclass

from engine.dsp.belt import BreathingBelt
from engine.errors import GraphError
from engine.graph.columns import EventsOf, SignalOf
from engine.graph.detail import DetailOf
from engine.graph.graph import Graph
from engine.signals import SIGNALS
from engine.streams import Stream
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


def require_respiration(stream: Stream) -> None:
    """Raise `GraphError` unless ``stream`` is respiration, in any unit."""
    if stream.kind is not Kind.RESP:
        raise GraphError(f"is {stream.kind}, not respiration", where=stream.name)


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
    belt = DetailOf("resp.detail", DETAIL_AXES, BreathingBelt, require_respiration)
    detail = graph.add(belt, stream)
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
