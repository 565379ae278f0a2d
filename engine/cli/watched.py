"""What each device of a room sends, kept for a moment so that a person can look at it."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.errors import GraphError
from engine.graph.graph import Graph
from engine.graph.standard import PREFERRED, WIRED_BY
from engine.streams import F64, Chunk, Stream
from engine.units import Kind

BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = "·"
WAVE, SLOW, EVENTS = 4.0, 20.0, 40.0
"""Seconds a sparkline shows: of a wave, of a slow signal, of beats and rare values."""
FAST = 20.0
"""Samples a second from which a signal is a wave."""
ARRIVED = 5.0
"""Seconds over which it is counted how much of a signal arrived."""


@dataclass(slots=True)
class StreamWatch:
    """The last seconds of one stream.

    Attributes
    ----------
    quality
        0..1: of a body signal what the engine itself makes of it, of others the share of
        samples that arrived; NaN before there is any.
    """

    stream: Stream
    quality: float = math.nan
    newest: float = -math.inf
    _t: deque[float] = field(default_factory=deque[float])
    _x: deque[float] = field(default_factory=deque[float])
    _graph: Graph | None = field(init=False)
    _judge: str = ""

    def __post_init__(self) -> None:
        """Wire what tells the quality of such a stream, if anything does."""
        self._graph = None
        group = next((g for g, kinds in PREFERRED.items() if self.stream.kind in kinds), None)
        if group is not None and self.stream.kind in WIRED_BY:
            graph = Graph()
            try:
                WIRED_BY[self.stream.kind](graph, graph.source(self.stream))
            except GraphError:
                return  # raw counts of a device have no quality we could know
            self._graph, self._judge = graph, f"{group}.quality"

    @property
    def span(self) -> float:
        """Seconds the sparkline shows."""
        if self.stream.rate is None:
            return EVENTS
        return WAVE if self.stream.rate >= FAST else SLOW

    @property
    def last(self) -> float:
        """The newest value; of several axes their magnitude."""
        return self._x[-1] if self._x else math.nan

    def take(self, chunk: Chunk) -> None:
        """Remember ``chunk``."""
        x = chunk.x[:, 0] if chunk.x.shape[1] == 1 else np.linalg.norm(chunk.x, axis=1)
        self._t.extend(chunk.t.tolist())
        self._x.extend(x.tolist())
        self.newest = self._t[-1]
        while self._t and self._t[0] < self.newest - max(self.span, ARRIVED):
            self._t.popleft()
            self._x.popleft()
        if self._graph is not None:
            for made in self._graph.push(chunk):
                if made.stream.name == self._judge:
                    self.quality = float(made.x[-1, 0])

    def age(self, now: float) -> float:
        """Return the seconds since the newest sample; infinite before the first."""
        return now - self.newest

    def rate(self, now: float) -> float:
        """Return the samples a second of the last seconds."""
        over = ARRIVED if self.stream.rate is not None else self.span
        if self.age(now) > over or len(self._t) < 2:
            return 0.0
        recent = [t for t in self._t if t >= self.newest - over]
        lasted = recent[-1] - recent[0]
        return (len(recent) - 1) / lasted if lasted > 0.0 else 0.0

    def judge(self, now: float) -> float:
        """Return the quality as of ``now``: what no longer comes has none."""
        rate = self.stream.rate
        if self.age(now) > ARRIVED and rate is not None:
            return 0.0 if self._t else math.nan
        if self._graph is not None or rate is None:
            return self.quality
        recent = [x for t, x in zip(self._t, self._x, strict=True) if t > now - ARRIVED]
        known = sum(map(math.isfinite, recent))
        return min(known / (rate * min(ARRIVED, max(now - self._t[0], 1.0))), 1.0) if known else 0.0

    def spark(self, cells: int, now: float) -> str:
        """Return the last seconds as a line of ``cells`` blocks, the newest at the right."""
        return sparkline(np.array(self._t), np.array(self._x), now, self.span, cells)


def sparkline(t: F64, x: F64, now: float, span: float, cells: int) -> str:
    """Return samples ``t (n,)``, ``x (n,)`` of the last ``span`` s as a line of blocks.

    A cell shows its sample farthest from the median, so that no beat hides between two cells.
    """
    place = np.floor((t - (now - span)) / span * cells).astype(int) if len(t) else np.zeros(0, int)
    good = np.isfinite(x) & (place >= 0) & (place < cells)
    if not good.any():
        return NOTHING * cells
    place, x = place[good], x[good]
    middle, low, high = float(np.median(x)), float(x.min()), float(x.max())
    shown = np.full(cells, np.nan)
    for cell in np.unique(place):
        mine = x[place == cell]
        shown[cell] = mine[np.argmax(np.abs(mine - middle))]
    # What hardly changes is drawn as a line in the middle, not as its last digit's noise.
    room = max(high - low, 1e-3 * max(abs(high), abs(low)), 1e-12)
    height = np.clip((shown - (low + high) / 2) / room + 0.5, 0.0, 1.0)
    return "".join(
        NOTHING if math.isnan(h) else BLOCKS[min(int(h * len(BLOCKS)), len(BLOCKS) - 1)]
        for h in height
    )


class RoomWatch:
    """Everything the devices of a room sent lately.

    Parameters
    ----------
    streams
        With their names in the room: ``<device>.<stream>``.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = {s.name: StreamWatch(s) for s in streams}

    def take(self, chunk: Chunk) -> None:
        """Remember ``chunk``."""
        self._streams[chunk.stream.name].take(chunk)

    def of(self, device: str) -> Iterator[StreamWatch]:
        """Yield the streams of ``device`` but its battery."""
        for name, watch in self._streams.items():
            if name.startswith(f"{device}.") and watch.stream.kind is not Kind.BATTERY:
                yield watch

    def battery(self, device: str) -> float:
        """Return its battery, percent; NaN if it told none."""
        for name, watch in self._streams.items():
            if name.startswith(f"{device}.") and watch.stream.kind is Kind.BATTERY:
                return watch.last
        return math.nan
