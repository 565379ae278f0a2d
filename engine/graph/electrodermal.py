"""From skin conductance to its level, its responses and how far they can be trusted."""

from dataclasses import dataclass

from engine.dsp.eda import SkinConductance
from engine.errors import GraphError
from engine.graph.columns import EventsOf, SignalOf
from engine.graph.detail import DetailOf
from engine.graph.graph import Graph
from engine.signals import SIGNALS
from engine.streams import Stream
from engine.units import Kind, Unit

DETAIL_AXES = (
    "tonic_us",
    "phasic_us",
    "quality",
    "scr_per_min",
    "responder",
    "activity",
    "onset_s",
    "amplitude_us",
    "rise_s",
    "half_onset_s",
    "half_recovery_s",
)
"""Columns of ``eda.detail``: see `SkinConductance.push`; responder is 1, 0 or NaN (unknown)."""


def require_conductance(stream: Stream) -> None:
    """Raise `GraphError` unless ``stream`` is skin conductance in microsiemens."""
    if stream.kind is not Kind.EDA or stream.unit is not Unit.MICROSIEMENS:
        raise GraphError(
            f"is {stream.kind} in {stream.unit}, not skin conductance in uS",
            where=stream.name,
            hint="a driver must convert counts to microsiemens",
            zh=f"单位是 {stream.unit}，不是以微西门子（uS）计的皮电，请在驱动中换算",
        )


@dataclass(frozen=True, slots=True)
class SkinStreams:
    """What `wire_skin` makes.

    Attributes
    ----------
    scl_us, scr_per_min, phasic_us
        Signals with value, quality, corrected.
    scr
        Confirmed responses: onset on the session clock, amplitude, rise time; stamped
        when they were confirmed, about 7 s after the onset.
    recovery
        Their half-recovery times, once known: onset, seconds from peak.
    quality
        0..1.
    detail
        Everything at once, with the axes `DETAIL_AXES`.
    """

    scl_us: Stream
    scr_per_min: Stream
    phasic_us: Stream
    scr: Stream
    recovery: Stream
    quality: Stream
    detail: Stream


def wire_skin(graph: Graph, stream: Stream) -> SkinStreams:
    """Add everything that is read from skin conductance ``stream`` (uS, at least 4 Hz).

    Raises
    ------
    GraphError
        If the stream is raw counts, too slow, or irregular.
    """
    skin = DetailOf(
        "eda.detail", DETAIL_AXES, SkinConductance, require_conductance, Unit.MICROSIEMENS
    )
    detail = graph.add(skin, stream)
    us, rate = Unit.MICROSIEMENS, SIGNALS["eda.scr_per_min"].unit
    responses = EventsOf(
        "eda.scr",
        us,
        take=("onset_s", "amplitude_us", "rise_s"),
        axes=("onset_s", "amplitude_us", "rise_s"),
    )
    recoveries = EventsOf(
        "eda.recovery",
        Unit.SECOND,
        take=("half_onset_s", "half_recovery_s"),
        axes=("onset_s", "half_recovery_s"),
    )
    return SkinStreams(
        scl_us=graph.add(SignalOf("eda.scl_us", us, "tonic_us"), detail),
        scr_per_min=graph.add(SignalOf("eda.scr_per_min", rate, "scr_per_min", every=1.0), detail),
        phasic_us=graph.add(SignalOf("eda.phasic_us", us, "phasic_us"), detail),
        scr=graph.add(responses, detail),
        recovery=graph.add(recoveries, detail),
        quality=graph.add(EventsOf("eda.quality", Unit.LEVEL, ("quality",), ("value",)), detail),
        detail=detail,
    )
