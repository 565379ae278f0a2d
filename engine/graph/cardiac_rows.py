"""Small nodes that name one thing of the heart's wide streams."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.graph.columns import column
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit


@dataclass(slots=True)
class HeartRows:
    """Some rows and columns of a wide stream.

    Attributes
    ----------
    name, unit
        Of the stream made.
    where, among
        A row counts when its axis ``where`` is one of ``among``; with none given, when it
        is a number.
    take
        Axes of the input; ``"0"`` stands for a column of zeros.
    axes
        What they are called in the stream made.
    stamp
        The axis that holds when it happened; empty keeps the input's stamps.
    flags
        Values of ``where`` that become 1 in a last column of their own; others become 0.
    """

    name: str
    unit: Unit
    where: str
    take: tuple[str, ...]
    axes: tuple[str, ...]
    among: tuple[float, ...] = ()
    stamp: str = ""
    flags: tuple[float, ...] = ()
    _made: Stream = field(init=False)
    _source: Stream = field(init=False)

    def bind(self, *inputs: Stream) -> Stream:
        """Read one wide stream."""
        (self._source,) = inputs
        for axis in (self.where, *self.take, self.stamp):
            if axis not in {"", "0"}:
                column(self._source, axis)
        self._made = Stream(
            self.name, Kind.DERIVED, self.unit, None, self._source.latency, self.axes
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows that count."""
        where = chunk.x[:, column(self._source, self.where)]
        chosen = _is_one_of(where, self.among) if self.among else ~np.isnan(where)
        if not chosen.any():
            return None
        rows = chunk.x[chosen]
        x: F64 = np.zeros((len(rows), len(self.axes)))
        for i, axis in enumerate(self.take):
            if axis != "0":
                x[:, i] = rows[:, column(self._source, axis)]
        if self.flags:
            x[:, len(self.take)] = _is_one_of(where[chosen], self.flags)
        t = rows[:, column(self._source, self.stamp)] if self.stamp else chunk.t[chosen]
        return Chunk(self._made, t, x)


def _is_one_of(values: F64, wanted: tuple[float, ...]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = values == wanted[0]
    for value in wanted[1:]:
        found |= values == value
    return found
