"""A ring of samples: one process writes them as they come, one reads them at its pace."""

from typing import Self

import numpy as np

from engine.processes.memory import Segment
from engine.streams import F64

_HEAD = 192  # bytes: three counts, a cache line each
_WRITTEN, _READ, _DROPPED = 0, 8, 16  # in units of 8 bytes


class SampleRing:
    """The newest ``capacity`` rows ``(t, x0 ... xn)`` of one stream.

    One writer, one reader. Rows are counted, never moved: a row is there for the reader
    once the count of rows written includes it, so a writer killed half-way leaves
    nothing visible, and its successor goes on where it stopped. When the reader falls
    ``capacity`` rows behind, new rows are dropped and counted.

    Parameters
    ----------
    segment
        Made by `create` or `attach`.
    columns
        Columns of ``x``.
    capacity
        Rows that fit.
    """

    def __init__(self, segment: Segment, columns: int, capacity: int) -> None:
        self.columns = columns
        self.capacity = capacity
        self._segment = segment
        self._counts = segment.view[:_HEAD].cast("q")
        flat = np.frombuffer(segment.view, np.float64, capacity * (1 + columns), _HEAD)
        self._rows: F64 | None = flat.reshape(capacity, 1 + columns)

    @classmethod
    def create(cls, columns: int, capacity: int) -> Self:
        """Return a new, empty ring."""
        return cls(Segment.create(_size(columns, capacity)), columns, capacity)

    @classmethod
    def attach(cls, name: str, columns: int, capacity: int) -> Self:
        """Return the ring another process created with the same shape."""
        return cls(Segment.attach(name, _size(columns, capacity)), columns, capacity)

    @property
    def name(self) -> str:
        """What other processes attach by."""
        return self._segment.name

    @property
    def waiting(self) -> int:
        """How many rows wait to be read."""
        return self._counts[_WRITTEN] - self._counts[_READ]

    @property
    def dropped(self) -> int:
        """How many rows have been dropped so far because the reader fell behind."""
        return self._counts[_DROPPED]

    def write(self, t: F64, x: F64) -> int:
        """Append rows and return how many of them had to be dropped.

        Parameters
        ----------
        t
            ``(n,)``, s.
        x
            ``(n, columns)``.
        """
        rows = self._mapped()
        written = self._counts[_WRITTEN]
        n = min(len(t), self.capacity - (written - self._counts[_READ]))
        start = written % self.capacity
        first = min(n, self.capacity - start)
        rows[start : start + first, 0] = t[:first]
        rows[start : start + first, 1:] = x[:first]
        if n > first:
            rows[: n - first, 0] = t[first:n]
            rows[: n - first, 1:] = x[first:n]
        self._counts[_WRITTEN] = written + n
        lost = len(t) - n
        if lost:
            self._counts[_DROPPED] += lost
        return lost

    def read(self) -> tuple[F64, F64]:
        """Return the rows written since the last call: ``t (n,)`` and ``x (n, columns)``."""
        rows = self._mapped()
        read, written = self._counts[_READ], self._counts[_WRITTEN]
        start, n = read % self.capacity, written - read
        first = min(n, self.capacity - start)
        # Copied before the count is moved: from then on the writer may overwrite them.
        taken = np.concatenate((rows[start : start + first], rows[: n - first]))
        self._counts[_READ] = written
        return taken[:, 0].copy(), taken[:, 1:]

    def close(self) -> None:
        """Let go of the ring; the other side keeps it. May be called twice."""
        self._rows = None
        self._counts.release()
        self._segment.close()

    def unlink(self) -> None:
        """Destroy the ring; the creator calls it after `close`."""
        self._segment.unlink()

    def _mapped(self) -> F64:
        if self._rows is None:
            raise ValueError("the ring is closed")
        return self._rows


def _size(columns: int, capacity: int) -> int:
    return _HEAD + 8 * capacity * (1 + columns)
