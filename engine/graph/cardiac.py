"""From an electrocardiogram or heartbeat intervals to heart rate and its variability."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.dsp import qrs_layout as at
from engine.dsp.hrv_tracker import SILENCE
from engine.errors import GraphError
from engine.graph.cardiac_beats import PATIENCE, EcgBeats, IntervalBeats
from engine.graph.cardiac_detail import HeartDetail
from engine.graph.cardiac_rows import HeartRows
from engine.graph.graph import Graph
from engine.signals import SIGNAL_AXES, SIGNALS
from engine.streams import Stream
from engine.units import Kind, Unit

BEAT_AXES = ("rr_ms", "quality", "match", "amplitude", "pulse", "late")
"""Interval to the beat before (NaN if one may be missing), quality 0..1, likeness to the
usual beat, height of the R peak, how surely it is a pacemaker's pulse 0..1, 1 if it was
found by looking back."""
NN_AXES = ("nn_ms", "code", "count", "difference_ok", "quality", "difference_ms")
"""Repaired interval, `engine.dsp.rr_layout.Beat`, beats it stands for, whether its
difference to the interval before may enter RMSSD, quality, that difference."""


@dataclass(frozen=True, slots=True)
class HeartStreams:
    """What `wire_heart` makes.

    Attributes
    ----------
    rate, rmssd_ms, sdnn_ms
        Signals with value, quality, corrected; a row with every beat and every second.
    quality
        Quality of the heart signal, 0..1, once a second.
    beat
        Confirmed beats, `BEAT_AXES`, stamped at the R peak.
    nn
        Judged intervals, `NN_AXES`, stamped at their second beat, two beats late.
    cue
        Beats near certain, within some 20 ms: for a soft cue, never for a number. Only
        from an ECG; from intervals nothing ever comes.
    detail
        Everything at once, `engine.graph.cardiac_detail.DETAIL_AXES`.
    events
        What the detector said, `engine.graph.cardiac_beats.EVENT_AXES`.
    follower
        Tell it how long the guided breath lasts: `HeartDetail.breath`.
    """

    rate: Stream
    rmssd_ms: Stream
    sdnn_ms: Stream
    quality: Stream
    beat: Stream
    nn: Stream
    cue: Stream
    detail: Stream
    events: Stream
    follower: HeartDetail


def wire_heart(
    graph: Graph, stream: Stream, beside: Sequence[Stream] | None = None
) -> HeartStreams:
    """Add everything that is read from the heart signal ``stream``.

    Parameters
    ----------
    graph
        Where to add it; ``stream`` must already exist in it.
    stream
        An ECG (100-1000 Hz, mV or raw), or R-R or pulse intervals (ms).
    beside
        For intervals only: streams whose samples show that time goes on while the device
        is silent. None takes every regular device stream the graph has so far.

    Raises
    ------
    GraphError
        If the stream is of another kind, unit or rate.
    """
    silence = SILENCE
    if stream.kind is Kind.ECG:
        events = graph.add(EcgBeats(), stream)
    elif stream.kind in {Kind.RRI, Kind.PPI}:
        if beside is None:
            beside = [s for s in graph.streams if s.kind is not Kind.DERIVED and s.rate]
        events = graph.add(IntervalBeats(), stream, *beside)
        silence = PATIENCE + stream.latency
    else:
        raise GraphError(
            f"is {stream.kind}, from which no heartbeat is read",
            where=stream.name,
            hint="an ECG, R-R intervals or pulse intervals are",
        )
    beat = graph.add(
        HeartRows(
            "heart.beat", Unit.MILLISECOND, "kind", BEAT_AXES[:-1], BEAT_AXES,
            among=(at.CONFIRMED, at.LATE), stamp="at_s", flags=(at.LATE,),
        ), events,
    )  # fmt: skip
    cue = graph.add(
        HeartRows(
            "heart.cue", Unit.LEVEL, "kind", (), ("value",),
            among=(at.ANNOUNCED,), stamp="at_s", flags=(at.ANNOUNCED,),
        ), events,
    )  # fmt: skip
    quality = graph.add(
        HeartRows(
            "heart.quality", Unit.LEVEL, "kind", ("quality", "quality", "0"), SIGNAL_AXES,
            among=(at.SECOND,),
        ), events,
    )  # fmt: skip
    follower = HeartDetail(silence)
    detail = graph.add(follower, events)
    nn = graph.add(
        HeartRows(
            "heart.nn", Unit.MILLISECOND, "nn_ms",
            ("nn_ms", "code", "count", "difference_ok", "nn_quality", "difference_ms"), NN_AXES,
            stamp="nn_at_s",
        ), detail,
    )  # fmt: skip
    return HeartStreams(
        rate=_signal(graph, detail, "heart.rate", "rate"),
        rmssd_ms=_signal(graph, detail, "heart.rmssd_ms", "rmssd_ms"),
        sdnn_ms=_signal(graph, detail, "heart.sdnn_ms", "sdnn_ms"),
        quality=quality, beat=beat, nn=nn, cue=cue, detail=detail, events=events,
        follower=follower,
    )  # fmt: skip


def _signal(graph: Graph, detail: Stream, name: str, axis: str) -> Stream:
    quality = f"{axis.removesuffix('_ms')}_quality"
    return graph.add(
        HeartRows(
            name, SIGNALS[name].unit, "shown", (axis, quality, "corrected"), SIGNAL_AXES,
            among=(1.0,),
        ), detail,
    )  # fmt: skip
