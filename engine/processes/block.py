"""One row of numbers that one process writes and others read whenever they like."""

from typing import Self

import numpy as np

from engine.errors import LinkError
from engine.processes.memory import Segment
from engine.streams import F64

SLOTS = 4
"""Copies of the row. The writer fills them in turn, so a reader's copy is torn only if
three rows are written while it copies one, and a writer killed half-way harms no one."""
RETRIES = 100
_HEAD = 64  # bytes: the count has a cache line of its own


class SharedBlock:
    """The newest row of ``width`` float64; one writer, any number of readers.

    A sequence count names the newest complete slot. It is written after the row and
    read before and after the copy, which suffices where stores are seen in order
    (x86-64, the only machines capsules run on).

    Parameters
    ----------
    segment
        Made by `create` or `attach`.
    width
        Numbers in a row.
    """

    def __init__(self, segment: Segment, width: int) -> None:
        self.width = width
        self._segment = segment
        self._count = segment.view[:8].cast("q")
        rows = np.frombuffer(segment.view, np.float64, SLOTS * width, _HEAD)
        self._rows: tuple[F64, ...] = tuple(rows.reshape(SLOTS, width))

    @classmethod
    def create(cls, width: int) -> Self:
        """Return a new block; its row is zeros until the first `write`."""
        return cls(Segment.create(_size(width)), width)

    @classmethod
    def attach(cls, name: str, width: int) -> Self:
        """Return the block another process created with the same ``width``."""
        return cls(Segment.attach(name, _size(width)), width)

    @property
    def name(self) -> str:
        """What other processes attach by."""
        return self._segment.name

    @property
    def writes(self) -> int:
        """How many rows have been written so far."""
        return self._count[0]

    def write(self, row: F64) -> None:
        """Make ``row``, ``(width,)``, the newest."""
        following = self._count[0] + 1
        self._rows[following % SLOTS][:] = row
        self._count[0] = following

    def read(self, into: F64) -> None:
        """Copy the newest row to ``into``, ``(width,)``: one row, never parts of two."""
        count = self._count
        for _ in range(RETRIES):
            before = count[0]
            into[:] = self._rows[before % SLOTS]
            if count[0] - before < SLOTS - 1:
                return
        raise LinkError("is written faster than it can be read", where=self.name)

    def close(self) -> None:
        """Let go of the block; others keep it. May be called twice."""
        self._rows = ()
        self._count.release()
        self._segment.close()

    def unlink(self) -> None:
        """Destroy the block; the creator calls it after `close`."""
        self._segment.unlink()


def _size(width: int) -> int:
    return _HEAD + 8 * SLOTS * width
