"""From judged heartbeat intervals to the heart's variability, every five seconds."""

import math
from collections import deque
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np

from engine.dsp.hrv_follow import HRV_SPAN
from engine.dsp.hrv_spectrum_live import EVERY, LiveVariability
from engine.dsp.hrv_trust import NOTHING, Told
from engine.graph.cardiac import HeartStreams
from engine.graph.cardiac_detail import HeartDetail
from engine.graph.columns import column
from engine.graph.graph import Graph
from engine.pace import Pace
from engine.signals import SIGNAL_AXES
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

SIGNALS_OF = {
    "heart.lf_ms2": (Unit.SQUARE_MILLISECOND, "lf_ms2"),
    "heart.hf_ms2": (Unit.SQUARE_MILLISECOND, "hf_ms2"),
    "heart.total_ms2": (Unit.SQUARE_MILLISECOND, "total_ms2"),
    "heart.lf_hf": (Unit.LEVEL, "lf_hf"),
    "heart.lf_peak_hz": (Unit.HERTZ, "lf_peak_hz"),
    "heart.hf_peak_hz": (Unit.HERTZ, "hf_peak_hz"),
    "heart.coherence": (Unit.LEVEL, "coherence"),
    "heart.coherence_hz": (Unit.HERTZ, "coherence_hz"),
    "heart.rsa_ms": (Unit.MILLISECOND, "rsa_ms"),
    "heart.paced_ms": (Unit.MILLISECOND, "paced_ms"),
    "heart.sd1_ms": (Unit.MILLISECOND, "sd1_ms"),
    "heart.sd2_ms": (Unit.MILLISECOND, "sd2_ms"),
    "heart.pnn50_percent": (Unit.PERCENT, "pnn50_percent"),
    "heart.sampen": (Unit.LEVEL, "sampen"),
    "heart.dfa_alpha1": (Unit.LEVEL, "dfa_alpha1"),
    "heart.stress_index": (Unit.RAW, "stress_index"),
}
"""Derived streams: unit, and of `DETAIL_AXES` the value."""

FIELDS = ("", "_quality", "_corrected", "_s", "_doubt")
DETAIL_AXES = (
    *(axis + field for _, axis in SIGNALS_OF.values() for field in FIELDS),
    "coherence_low", "coherence_high", "paced_at", "guided",
)  # fmt: skip
"""Columns of ``heart.variability``: of every value itself (NaN is "not known"), its quality, the
share of corrected beats and the seconds of heartbeat it rests on, and its doubt (one standard
deviation in its own unit); then the 95 % interval of coherence, where in the guided breath the
interval is shortest, and whether the person was guided in breathing (1): RMSSD, LF and coherence
then rise by mere mechanics."""

LONGEST_SILENCE = 600.0
"""s without a word of the heart after which everything begins anew."""
INTERVAL = ("nn_at_s", "nn_ms", "code", "count", "nn_quality", "may_be_ms", "shown")
STATE = (
    "rmssd_ms", "rmssd_quality", "rmssd_doubt", "rmssd_chance", "sdnn_ms", "sdnn_quality",
    "sdnn_doubt", "sdnn_chance", "pnn50", "pnn50_quality", "pnn50_doubt", "pnn50_chance",
    "corrected", "irregular", "burdened", "ultra_short",
)  # fmt: skip
UNKNOWN = (math.nan,) * len(STATE)
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
    _interval: "itemgetter[tuple[float, ...]]" = field(init=False)
    _state_of: "itemgetter[tuple[float, ...]]" = field(init=False)
    _made: Stream = field(init=False)
    _breaths: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])
    _next: float = math.nan
    _state: tuple[float, ...] = UNKNOWN

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
        self._state = UNKNOWN
        self._breaths.clear()

    def bind(self, *inputs: Stream) -> Stream:
        """Accept ``heart.detail``, then ``resp.onset`` if there is a belt."""
        self._heart = inputs[0]
        self._interval = itemgetter(*(column(self._heart, name) for name in INTERVAL))
        self._state_of = itemgetter(*(column(self._heart, name) for name in STATE))
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
        for t, row in zip(chunk.t.tolist(), chunk.x.tolist(), strict=True):
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
            *interval, shown = self._interval(row)
            if math.isfinite(interval[1]):
                self._live.interval(*interval)
            if shown > 0.0:
                self._state = self._state_of(row)
        return Chunk(self._made, np.array(times), np.array(rows)) if rows else None

    def _now(self, t: float) -> tuple[float, ...]:
        while self._breaths and self._breaths[0][0] <= t - FELT:
            self._live.breath(self._breaths.popleft()[1])
        irregular, burdened = self._state[-3:-1]
        known = self._live.at(t, steady=irregular == 0.0 and burdened == 0.0)
        values = dict(known.values) | short_of(self._state)
        values["coherence"] = values["coherence_ratio"]
        shown = (
            (v.value, v.quality, v.corrected, v.window_s, v.doubt)
            for v in (values[axis] for _, axis in SIGNALS_OF.values())
        )
        return (
            *(number for one in shown for number in one), known.coherence.low,
            known.coherence.high, known.paced_at, float(self._pace is not None),
        )  # fmt: skip


def short_of(state: tuple[float, ...]) -> dict[str, Told]:
    """Return what follows from the state of the heart over the newest minute."""
    rmssd, of_rmssd, *rmssd_doubts = state[:4]
    sdnn, of_sdnn, *sdnn_doubts = state[4:8]
    pnn50, of_pnn50, *pnn50_doubts = state[8:12]
    corrected, _, _, ultra_short = state[12:]
    rmssd_off, sdnn_off, pnn50_off = (
        math.hypot(*doubts) for doubts in (rmssd_doubts, sdnn_doubts, pnn50_doubts)
    )
    made: dict[str, Told] = dict.fromkeys(("sd1_ms", "sd2_ms", "pnn50_percent"), NOTHING)
    sd1 = rmssd / math.sqrt(2.0)
    # All three need a whole minute, of which RMSSD alone may do with half.
    if of_rmssd > 0.0 and ultra_short == 0.0:
        made["sd1_ms"] = Told(sd1, of_rmssd, corrected, HRV_SPAN, rmssd_off * sd1)
        points = 100.0 * pnn50_off
        made["pnn50_percent"] = Told(pnn50, of_pnn50, corrected, HRV_SPAN, points)
        sd2 = math.sqrt(max(0.0, 2.0 * sdnn**2 - sd1**2)) if of_sdnn > 0.0 else 0.0
        if sd2 > 0.0:
            off = math.hypot(2.0 * sdnn**2 * sdnn_off, sd1**2 * rmssd_off) / sd2
            quality = min(of_rmssd, of_sdnn)
            made["sd2_ms"] = Told(sd2, quality, corrected, HRV_SPAN, off)
    return made


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
    take: tuple[str, ...]
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
            VariabilityValue(name, unit, tuple(axis + field for field in FIELDS[:3])), detail
        )
        for name, (unit, axis) in SIGNALS_OF.items()
    }
    return VariabilityStreams(node, detail, signals)
