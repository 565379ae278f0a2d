"""Arousal against the person's own rest, once a second, from whatever is measured."""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from engine.dsp.arousal import Arousal, ArousalIndex
from engine.dsp.arousal_channels import SIGNS
from engine.errors import GraphError
from engine.graph.columns import SignalOf, column
from engine.graph.graph import Graph
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

SOURCES = {
    "heart.rate": ("hr", "value", "quality"),
    "heart.rmssd_ms": ("rmssd", "value", "quality"),
    "eda.scl_us": ("scl", "value", "quality"),
    "eda.detail": ("scr", "activity", "quality"),
    "resp.rate": ("resp", "value", "quality"),
}
"""Streams it can use: the channel each feeds, and the axes that are read."""

DETAIL_AXES = (
    *(f"z_{sign.name}" for sign in SIGNS),
    "sd",
    "value",
    "quality",
    "recovery",
    "half_recovery_s",
)

LAG = 1.0
"""A second is judged once the quickest stream is so far past it, s."""
STALE = 5.0
"""A value older than this is no value, s."""
LONGEST_PAUSE = 600.0
AFTER_PACING = {"rmssd": 60.0, "resp": 30.0}
"""The guide, not the person, sets these: for so long after pacing they do not count, s."""


@dataclass(slots=True)
class ArousalNode:
    """Arousal from the streams in `SOURCES`, as ``arousal.detail`` (1 Hz).

    Attributes
    ----------
    paced
        Whether the person is being guided in breathing. RMSSD rises and the breathing rate
        falls mechanically with the guide, so neither counts then, nor until their windows
        are past it.
    index
        What fuses the channels, once a second.
    """

    paced: bool = False
    index: ArousalIndex = field(default_factory=ArousalIndex)
    _made: Stream = field(init=False)
    _columns: dict[str, tuple[int, int, int, int, float]] = field(
        default_factory=dict[str, tuple[int, int, int, int, float]]
    )
    _latest: list[deque[tuple[float, float, float]]] = field(
        default_factory=lambda: [deque() for _ in SIGNS]
    )
    _next: float = math.nan
    _horizon: float = -math.inf
    _begin: float = math.nan
    _end: float = math.nan
    _last_paced: float = -math.inf

    def begin_baseline(self, t: float) -> None:
        """Take what comes from session time ``t`` on as the person at rest."""
        self._begin, self._end = t, math.nan

    def end_baseline(self, t: float) -> None:
        """Compare with that rest from ``t`` on; a short one widens the doubt."""
        self._end = t

    def reset(self) -> None:
        """Forget the person; streams stay wired."""
        self.index.reset()
        self._begin = self._end = math.nan
        self._last_paced = -math.inf

    def bind(self, *inputs: Stream) -> Stream:
        """Accept any of the streams in `SOURCES`, at least one."""
        names = [sign.name for sign in SIGNS]
        for stream in inputs:
            if stream.name not in SOURCES:
                raise GraphError(
                    "says nothing about arousal",
                    where=stream.name,
                    hint=f"one of {', '.join(SOURCES)}",
                )
            channel, value, quality = SOURCES[stream.name]
            responder = stream.axes.index("responder") if "responder" in stream.axes else -1
            self._columns[stream.name] = (
                names.index(channel),
                column(stream, value),
                column(stream, quality),
                responder,
                stream.latency,
            )
        if not self._columns:
            raise GraphError("has nothing to read", where="arousal", hint="wire a sensor first")
        self._made = Stream(
            "arousal.detail", Kind.DERIVED, Unit.BASELINE_SD, rate=1.0, axes=DETAIL_AXES
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Take new values; return the seconds that can be judged."""
        channel, value, quality, responder, late = self._columns[chunk.stream.name]
        rows: list[tuple[float, ...]] = []
        times: list[float] = []
        # Row by row: what a row makes due must not wait for the others of its chunk.
        for t, row in zip(chunk.t.tolist(), chunk.x.tolist(), strict=True):
            # A skin that never responds tells nothing by not responding.
            mute = responder >= 0 and row[responder] == 0.0
            # It counts from when it can be known: which device was heard first must not matter.
            self._latest[channel].append((t + late, row[value], 0.0 if mute else row[quality]))
            self._horizon = max(self._horizon, t)
            if math.isnan(self._next):
                self._next = math.floor(self._horizon)
            if self._horizon - self._next > LONGEST_PAUSE:
                self._next = math.ceil(self._horizon - LONGEST_PAUSE)
            while self._next + LAG <= self._horizon:
                now = self._judge(self._next)
                rows.append(
                    (*now.z, now.sd, now.value, now.quality, now.recovery, now.half_recovery_s)
                )
                times.append(self._next)
                self._next += 1.0
        if not rows:
            return None
        return Chunk(self._made, np.array(times), np.array(rows))

    def _judge(self, t: float) -> Arousal:
        """Return arousal at the whole second ``t``."""
        if t >= self._begin:
            self.index.begin_baseline()
            self._begin = math.nan
        if t > self._end and math.isnan(self._begin):
            self.index.end_baseline()
            self._end = math.nan
        if self.paced:
            self._last_paced = t
        values, qualities = [math.nan] * len(SIGNS), [0.0] * len(SIGNS)
        since = t - self._last_paced
        for i, waiting in enumerate(self._latest):
            aside = since < AFTER_PACING.get(SIGNS[i].name, 0.0)
            self.index.channels[i].aside = aside
            while len(waiting) > 1 and waiting[1][0] <= t:
                waiting.popleft()
            if not waiting or not t - STALE < waiting[0][0] <= t:
                continue
            _, values[i], quality = waiting[0]
            if not aside and math.isfinite(quality):
                qualities[i] = quality
        return self.index.push(tuple(values), tuple(qualities))


@dataclass(frozen=True, slots=True)
class ArousalStreams:
    """What `wire_arousal` makes: the signal, and every channel's score beside it."""

    arousal: Stream
    detail: Stream


def wire_arousal(graph: Graph, node: ArousalNode) -> ArousalStreams | None:
    """Wire ``node`` to whatever of `SOURCES` the graph has; None if it has nothing."""
    inputs = [stream for stream in graph.streams if stream.name in SOURCES]
    if not inputs:
        return None
    detail = graph.add(node, *inputs)
    return ArousalStreams(
        arousal=graph.add(SignalOf("arousal", Unit.BASELINE_SD, "value"), detail), detail=detail
    )
