"""Small nodes that name one thing of the heart's wide streams."""

import math
from dataclasses import dataclass, field

import numpy as np

from engine.graph.columns import column
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

ZERO = -1
"""A column of zeros."""


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
    _where: int = field(init=False, default=0)
    _take: tuple[int, ...] = field(init=False, default=())
    _stamp: int | None = field(init=False, default=None)

    def bind(self, *inputs: Stream) -> Stream:
        """Read one wide stream."""
        (source,) = inputs
        self._where = column(source, self.where)
        self._take = tuple(ZERO if axis == "0" else column(source, axis) for axis in self.take)
        self._stamp = column(source, self.stamp) if self.stamp else None
        self._made = Stream(self.name, Kind.DERIVED, self.unit, None, source.latency, self.axes)
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rows that count."""
        # A chunk holds a few rows at most, for which numpy's vectors cost three times a loop.
        where = chunk.x[:, self._where].tolist()
        if self.among:
            chosen = [i for i, value in enumerate(where) if value in self.among]
        else:
            chosen = [i for i, value in enumerate(where) if not math.isnan(value)]
        if not chosen:
            return None
        made: list[list[float]] = []
        stamps: list[float] = []
        for i in chosen:
            row = chunk.x[i].tolist()
            made.append([0.0 if k == ZERO else row[k] for k in self._take])
            if self.flags:
                made[-1].append(1.0 if where[i] in self.flags else 0.0)
            stamps.append(chunk.t[i] if self._stamp is None else row[self._stamp])
        return Chunk(self._made, np.array(stamps), np.array(made))
