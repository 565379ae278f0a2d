"""The breathing rate without a belt, read from heartbeats; never its phase."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import respiration_layout as at
from engine.dsp.respiration import EVERY, DerivedBreath
from engine.errors import GraphError
from engine.graph.columns import SignalOf, column
from engine.graph.graph import Graph
from engine.graph.respiratory import CONFIDENT
from engine.signals import SIGNALS
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

DETAIL_AXES = ("phase", "per_min", "confidence", "sources")
LAG = 1.5
"""Estimates wait so long, s, for beats that are told late."""
LONGEST_PAUSE = 60.0

FROM_HEART = (("rr_ms", "quality", at.INTERVAL), ("amplitude", "quality", at.R_HEIGHT))
FROM_PULSE = (
    ("ppi_ms", "ppi_quality", at.INTERVAL),
    ("height", "quality", at.PULSE_HEIGHT),
    ("valley", "quality", at.PULSE_VALLEY),
)


@dataclass(slots=True)
class BreathFromBeats:
    """Estimate breathing from ``heart.beat`` or ``pulse.beat``, four times a second.

    A second input, if there is one, only shows that time goes on.
    """

    _engine: DerivedBreath = field(default_factory=DerivedBreath)
    _beats: str = ""
    _columns: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    _waiting: deque[tuple[float, float, int, float, float]] = field(
        default_factory=deque[tuple[float, float, int, float, float]]
    )
    _tick: float = math.nan
    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Accept beats, and optionally a stream that shows time."""
        stream = inputs[0]
        if stream.name not in {"heart.beat", "pulse.beat"}:
            raise GraphError("is no stream of beats", where=stream.name)
        reads = FROM_PULSE if stream.name == "pulse.beat" else FROM_HEART
        self._beats = stream.name
        self._columns = [(column(stream, v), column(stream, q), m) for v, q, m in reads]
        self._made = Stream(
            "resp.derived",
            Kind.DERIVED,
            Unit.PER_MINUTE,
            1.0 / EVERY,
            stream.latency + LAG,
            DETAIL_AXES,
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Take beats; return the estimates that are due."""
        beats = chunk.stream.name == self._beats
        rows: list[F64] = []
        # Row by row: what a row makes due must not wait for the others of its chunk.
        for t, row in zip(chunk.t.tolist(), chunk.x.tolist(), strict=True):
            if beats:
                self._queue(t, row)
            rows += self._due(t)
        if not rows:
            return None
        made = np.vstack(rows)
        return Chunk(self._made, made[:, at.O_TIME], made[:, at.O_PHASE :])

    def _due(self, horizon: float) -> Iterator[F64]:
        """Yield the estimates that no beat known later than ``horizon`` can change."""
        if math.isnan(self._tick):
            self._tick = math.ceil(horizon / EVERY)
        if horizon - self._tick * EVERY > LONGEST_PAUSE:
            self._tick = math.ceil((horizon - LONGEST_PAUSE) / EVERY)
        while self._tick * EVERY + LAG <= horizon:
            now = self._tick * EVERY
            while self._waiting and self._waiting[0][0] <= now:
                _, stamp, source, value, quality = self._waiting.popleft()
                self._engine.add(source, stamp, value, quality)
            yield self._engine.at(now)
            self._tick += 1

    def _queue(self, t: float, row: list[float]) -> None:
        """Put a beat's values in line; an interval belongs to its middle."""
        for value, quality, source in self._columns:
            v, stamp = row[value], t
            if source == at.INTERVAL:
                v /= 1000.0
                stamp = t - 0.5 * v
            if math.isfinite(v) and math.isfinite(stamp):
                self._waiting.append((t, stamp, source, v, row[quality]))


@dataclass(frozen=True, slots=True)
class DerivedBreathStreams:
    """What `wire_derived_breath` makes: the rate, and everything else for the record."""

    rate: Stream
    detail: Stream


def wire_derived_breath(
    graph: Graph, beats: Stream, time: Stream | None = None
) -> DerivedBreathStreams:
    """Add ``resp.rate`` read from ``heart.beat`` or ``pulse.beat``; no ``resp.phase``.

    Parameters
    ----------
    time
        A regular stream that goes on when beats do not come, such as ``heart.quality``.
    """
    inputs = (beats,) if time is None else (beats, time)
    detail = graph.add(BreathFromBeats(), *inputs)
    rate = SignalOf(
        "resp.rate",
        SIGNALS["resp.rate"].unit,
        "per_min",
        quality="confidence",
        every=1.0,
        needs=CONFIDENT,
    )
    return DerivedBreathStreams(graph.add(rate, detail), detail)
