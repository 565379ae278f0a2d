"""Small nodes that name one value, or one kind of event, of a wide stream."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.errors import GraphError
from engine.signals import SIGNAL_AXES
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit


def column(stream: Stream, axis: str) -> int:
    """Return where ``axis`` stands in ``stream``; raise `GraphError` if it is not there."""
    if axis not in stream.axes:
        raise GraphError(f"has no axis {axis}", where=stream.name, hint=f"of {stream.axes}")
    return stream.axes.index(axis)


@dataclass(slots=True)
class SignalOf:
    """One value with its quality, as `engine.signals` wants it.

    The quality of a NaN is 0. The share of corrected beats is 0: nothing here is a beat.

    Attributes
    ----------
    name, unit
        Of the signal made.
    value, quality
        Axes of the input.
    every
        At most one row in so many seconds; 0 lets every row through.
    needs
        A value of lower quality than this becomes NaN; its quality is still told.
    """

    name: str
    unit: Unit
    value: str
    quality: str = "quality"
    every: float = 0.0
    needs: float = 0.0
    _made: Stream = field(init=False)
    _value: int = field(init=False, default=0)
    _quality: int = field(init=False, default=0)
    _latest: float = field(init=False, default=-math.inf)

    def bind(self, *inputs: Stream) -> Stream:
        """Read one wide stream."""
        (stream,) = inputs
        self._value, self._quality = column(stream, self.value), column(stream, self.quality)
        rate = stream.rate
        if rate is not None and self.every > 0.0:
            rate = min(rate, 1.0 / self.every)
        self._made = Stream(self.name, Kind.DERIVED, self.unit, rate, stream.latency, SIGNAL_AXES)
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows that are due."""
        # A chunk holds a few rows at most, for which numpy's vectors cost ten times a loop.
        t, values = chunk.t.tolist(), chunk.x[:, self._value].tolist()
        due: list[int] = []
        made: list[tuple[float, float, float]] = []
        before = self._latest
        for i, quality in enumerate(chunk.x[:, self._quality].tolist()):
            if self.every > 0.0:
                turn = math.floor(t[i] / self.every)
                ahead, before = turn > before, turn
                if not ahead:
                    continue
            due.append(i)
            if math.isnan(values[i]) or math.isnan(quality):
                made.append((math.nan, 0.0, 0.0))
            else:
                made.append((math.nan if quality < self.needs else values[i], quality, 0.0))
        self._latest = max(self._latest, before)
        if not due:
            return None
        stamps = chunk.t if len(due) == len(t) else chunk.t[due]
        return Chunk(self._made, stamps, np.array(made))


@dataclass(slots=True)
class EventsOf:
    """The rows of a wide stream in which something happened.

    Attributes
    ----------
    name, unit
        Of the stream made; it is irregular, stamped when the event became known.
    take
        Axes of the input; a row counts when the first of them is not NaN.
    axes
        What they are called in the stream made.
    """

    name: str
    unit: Unit
    take: tuple[str, ...]
    axes: tuple[str, ...]
    _made: Stream = field(init=False)
    _columns: list[int] = field(init=False, default_factory=list[int])

    def bind(self, *inputs: Stream) -> Stream:
        """Read one wide stream."""
        (stream,) = inputs
        self._columns = [column(stream, axis) for axis in self.take]
        self._made = Stream(
            self.name, Kind.DERIVED, self.unit, latency=stream.latency, axes=self.axes
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the events of the chunk, if there are any."""
        first = chunk.x[:, self._columns[0]].tolist()
        happened = [i for i, value in enumerate(first) if not math.isnan(value)]
        if not happened:
            return None
        return Chunk(self._made, chunk.t[happened], chunk.x[happened][:, self._columns])
