"""From judged heartbeat intervals to the heart's variability, every five seconds."""

import math
from collections import deque
from dataclasses import astuple, dataclass, field

import numpy as np

from engine.dsp.hrv_spectrum_live import EVERY, LiveVariability, Variability
from engine.graph.cardiac import HeartStreams
from engine.graph.cardiac_detail import HeartDetail
from engine.graph.columns import column
from engine.graph.graph import Graph
from engine.pace import Pace
from engine.signals import SIGNAL_AXES
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

DETAIL_AXES = (
    "lf_ms2", "hf_ms2", "total_ms2", "lf_hf", "lf_peak_hz", "hf_peak_hz",
    "spectrum_quality", "spectrum_corrected",
    "coherence", "coherence_low", "coherence_high", "coherence_hz",
    "coherence_quality", "coherence_corrected",
    "rsa_ms", "rsa_quality", "rsa_corrected", "rsa_s",
    "paced_ms", "paced_at", "paced_quality", "paced_corrected",
    "sampen", "dfa_alpha1", "stress_index",
    "sequence_quality", "sequence_corrected", "sequence_s",
    "sd1_ms", "sd2_ms", "short_quality", "short_corrected",
    "guided",
)  # fmt: skip
"""Columns of ``heart.variability``: values (NaN is "not known"), for each group of them the
quality and the share of corrected beats of the window they rest on, and whether the person
was guided in breathing (1): RMSSD, LF and coherence then rise by mere mechanics."""

SIGNALS_OF = {
    "heart.lf_ms2": (Unit.SQUARE_MILLISECOND, "lf_ms2", "spectrum"),
    "heart.hf_ms2": (Unit.SQUARE_MILLISECOND, "hf_ms2", "spectrum"),
    "heart.total_ms2": (Unit.SQUARE_MILLISECOND, "total_ms2", "spectrum"),
    "heart.lf_hf": (Unit.LEVEL, "lf_hf", "spectrum"),
    "heart.lf_peak_hz": (Unit.HERTZ, "lf_peak_hz", "spectrum"),
    "heart.hf_peak_hz": (Unit.HERTZ, "hf_peak_hz", "spectrum"),
    "heart.coherence": (Unit.LEVEL, "coherence", "coherence"),
    "heart.rsa_ms": (Unit.MILLISECOND, "rsa_ms", "rsa"),
    "heart.paced_ms": (Unit.MILLISECOND, "paced_ms", "paced"),
    "heart.sd1_ms": (Unit.MILLISECOND, "sd1_ms", "short"),
    "heart.sd2_ms": (Unit.MILLISECOND, "sd2_ms", "short"),
    "heart.sampen": (Unit.LEVEL, "sampen", "sequence"),
    "heart.dfa_alpha1": (Unit.LEVEL, "dfa_alpha1", "sequence"),
    "heart.stress_index": (Unit.RAW, "stress_index", "sequence"),
}
"""Derived streams: unit, and of `DETAIL_AXES` the value and the group it belongs to."""

LONGEST_SILENCE = 600.0
"""s without a word of the heart after which everything begins anew."""
FELT = 2.0
"""s by which breaths, told by another device, may come after the heart's own rows."""


@dataclass(slots=True)
class VariabilityNode:
    """Follow ``heart.detail`` and, if there is one, ``resp.onset``; a row each 5 s.

    Rows are stamped at multiples of 5 s and hold what was known then, whatever the size of
    the chunks; they come with the first heart row after that.

    Attributes
    ----------
    follower
        Judges the heart's intervals; told how long the guided breath lasts.
    """

    follower: HeartDetail | None = None
    _live: LiveVariability = field(default_factory=LiveVariability)
    _pace: Pace | None = None
    _heart: Stream = field(init=False)
    _columns: tuple[int, ...] = field(init=False, default=())
    _made: Stream = field(init=False)
    _breaths: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])
    _next: float = math.nan
    _state: tuple[float, ...] = (math.nan,) * 7

    def guide(self, t: float, pace: Pace | None) -> None:
        """Tell how the person is guided from session time ``t`` on; None if not at all."""
        self._pace = pace if pace is not None and pace.guide > 0.0 else None
        self._live.guide(t, self._pace)
        if self.follower is not None:
            self.follower.breath(math.nan if self._pace is None else self._pace.period)

    def reset(self) -> None:
        """Forget the person and the guide; streams stay wired."""
        self._live = LiveVariability()
        self._pace, self._next = None, math.nan
        self._state = (math.nan,) * 7
        self._breaths.clear()

    def bind(self, *inputs: Stream) -> Stream:
        """Accept ``heart.detail``, then ``resp.onset`` if there is a belt."""
        self._heart = inputs[0]
        names = (
            "nn_at_s", "nn_ms", "code", "count", "nn_quality", "shown", "rmssd_ms",
            "rmssd_quality", "sdnn_ms", "sdnn_quality", "corrected", "irregular", "burdened",
        )  # fmt: skip
        self._columns = tuple(column(self._heart, name) for name in names)
        for stream in inputs[1:]:
            column(stream, "onset_s")
        self._made = Stream(
            "heart.variability", Kind.DERIVED, Unit.RAW, 1.0 / EVERY, self._heart.latency,
            DETAIL_AXES,
        )  # fmt: skip
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows that are due."""
        if chunk.stream.name != self._heart.name:
            self._breaths.extend(zip(chunk.t.tolist(), chunk.x[:, 0].tolist(), strict=True))
            return None
        times: list[float] = []
        rows: list[tuple[float, ...]] = []
        for t, row in zip(chunk.t.tolist(), chunk.x[:, self._columns].tolist(), strict=True):
            if math.isnan(self._next):
                self._next = EVERY * math.ceil(t / EVERY)
            if t - self._next > LONGEST_SILENCE:
                self._live = LiveVariability()
                self._live.guide(t, self._pace)
                self._next = EVERY * math.ceil(t / EVERY)
            while t > self._next:
                times.append(self._next)
                rows.append(self._now(self._next))
                self._next += EVERY
            at, nn_ms, code, count, quality, shown, *state = row
            if math.isfinite(nn_ms):
                self._live.interval(at, nn_ms, code, count, quality)
            if shown > 0.0:
                self._state = tuple(state)
        return Chunk(self._made, np.array(times), np.array(rows)) if rows else None

    def _now(self, t: float) -> tuple[float, ...]:
        while self._breaths and self._breaths[0][0] <= t - FELT:
            self._live.breath(self._breaths.popleft()[1])
        rmssd, rmssd_quality, sdnn, sdnn_quality, corrected, irregular, burdened = self._state
        known = self._live.at(t, steady=irregular == 0.0 and burdened == 0.0)
        sd1 = rmssd / math.sqrt(2.0)
        sd2 = math.sqrt(max(0.0, 2.0 * sdnn**2 - sd1**2)) if sdnn >= 0.0 else math.nan
        short = min(rmssd_quality, sdnn_quality) if sd1 + sd2 >= 0.0 else 0.0
        return (
            *_columns(known), sd1 if short else math.nan, sd2 if short else math.nan,
            short, corrected, float(self._pace is not None),
        )  # fmt: skip


def _columns(known: Variability) -> tuple[float, ...]:
    return (
        *astuple(known.bands), known.spectrum.quality, known.spectrum.corrected,
        *astuple(known.coherence), known.rhythm.quality, known.rhythm.corrected,
        *astuple(known.swing), known.paced_ms, known.paced_at,
        known.paced.quality, known.paced.corrected,
        known.sampen, known.dfa_alpha1, known.stress_index,
        known.sequence.quality, known.sequence.corrected, known.sequence_s,
    )  # fmt: skip


@dataclass(slots=True)
class VariabilityValue:
    """One value of ``heart.variability`` as a signal; the quality of a NaN is 0.

    Attributes
    ----------
    name, unit
        Of the signal made.
    take
        Axes of the input that become `SIGNAL_AXES`.
    """

    name: str
    unit: Unit
    take: tuple[str, str, str]
    _made: Stream = field(init=False)
    _columns: list[int] = field(init=False, default_factory=list[int])

    def bind(self, *inputs: Stream) -> Stream:
        """Read one wide stream."""
        (stream,) = inputs
        self._columns = [column(stream, axis) for axis in self.take]
        self._made = Stream(
            self.name, Kind.DERIVED, self.unit, stream.rate, stream.latency, SIGNAL_AXES
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk:
        """Return the value of every row."""
        x = chunk.x[:, self._columns]
        x[np.isnan(x[:, 0]), 1] = 0.0
        return Chunk(self._made, chunk.t, x)


@dataclass(frozen=True, slots=True)
class VariabilityStreams:
    """What `wire_variability` makes.

    Attributes
    ----------
    node
        Tell it of the guide: `VariabilityNode.guide`.
    detail
        Everything at once, `DETAIL_AXES`.
    signals
        By name: streams with value, quality, corrected, `SIGNALS_OF`.
    """

    node: VariabilityNode
    detail: Stream
    signals: dict[str, Stream]


def wire_variability(graph: Graph, heart: HeartStreams) -> VariabilityStreams:
    """Add the heart's variability; breaths are taken from a belt if the graph has one.

    Raises
    ------
    GraphError
        If the heart is not wired in this graph.
    """
    node = VariabilityNode(heart.follower)
    onset = [stream for stream in graph.streams if stream.name == "resp.onset"]
    detail = graph.add(node, heart.detail, *onset)
    signals = {
        name: graph.add(
            VariabilityValue(name, unit, (axis, f"{group}_quality", f"{group}_corrected")), detail
        )
        for name, (unit, axis, group) in SIGNALS_OF.items()
    }
    return VariabilityStreams(node, detail, signals)
