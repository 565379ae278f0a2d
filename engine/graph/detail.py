"""The node around an engine that turns one regular stream into wide rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from engine.errors import GraphError
from engine.graph.rated import rate_of
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit


class RowEngine(Protocol):
    """What makes rows of samples: the first column is the session time, s."""

    @property
    def row_rate(self) -> float:
        """Rows a second."""
        ...

    def push(self, t: F64, y: F64, /) -> F64:
        """Take samples ``y`` of times ``t``, each ``(n,)``; return the rows they complete."""
        ...


@dataclass(slots=True)
class DetailOf:
    """Everything an engine tells of one stream, a row at a time.

    Attributes
    ----------
    name, axes
        Of the stream made; the axes are the engine's columns after the time.
    engine_for
        Makes the engine for a rate, Hz; raises `GraphError` where it cannot follow.
    accept
        Raises `GraphError` for a stream that is not what the engine reads.
    unit
        Of the stream made; None for that of the input.
    """

    name: str
    axes: tuple[str, ...]
    engine_for: Callable[[float], RowEngine]
    accept: Callable[[Stream], None]
    unit: Unit | None = None
    _engine: RowEngine = field(init=False)
    _made: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Read one regular stream of one column."""
        (stream,) = inputs
        self.accept(stream)
        rate = rate_of(stream)
        try:
            self._engine = self.engine_for(rate)
        except GraphError as fault:
            raise fault.at(stream.name) from fault
        self._made = Stream(
            self.name,
            Kind.DERIVED,
            stream.unit if self.unit is None else self.unit,
            self._engine.row_rate,
            stream.latency,
            self.axes,
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows these samples complete."""
        rows = self._engine.push(chunk.t, chunk.x[:, 0])
        if not len(rows):
            return None
        return Chunk(self._made, rows[:, 0], rows[:, 1:])
