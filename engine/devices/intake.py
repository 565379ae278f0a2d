"""The door by which samples enter the room: named, in order, each once."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.streams import F64, Chunk, Stream

AHEAD = 1.0
"""Seconds by which a stamp may be ahead of the room; more is a fault of the device."""
WINDOW = 5.0
"""Seconds over which the rate is measured."""


def qualified(device: str, stream: Stream) -> Stream:
    """Return ``stream`` with the name it has in the room: ``<device>.<stream>``."""
    return replace(stream, name=f"{device}.{stream.name}")


class Intake:
    """One stream's way into the room.

    Rows out of order, from the future, repeated or without a time are left out and
    counted: a device that was restarted may say again what it has said.

    Parameters
    ----------
    device
        Its device's name.
    stream
        As the device names it.
    """

    def __init__(self, device: str, stream: Stream) -> None:
        self.stream = qualified(device, stream)
        self.refused = 0
        self.rate = 0.0
        """Samples per second over the last few seconds."""
        self.newest = -math.inf
        """Time of the newest sample, s."""
        self._counted = 0
        self._since = 0.0

    def take(self, t: F64, x: F64, now: float) -> Chunk | None:
        """Return what is new in rows ``t (n,)``, ``x (n, axes)``; None if nothing is."""
        self._count(len(t), now)
        if not len(t):
            return None
        as_usual = t[0] > self.newest and t[-1] <= now + AHEAD and (t[1:] > t[:-1]).all()
        if not as_usual:
            good = self._good(t, now)
            self.refused += int(np.count_nonzero(~good))
            t, x = t[good], x[good]
            if not len(t):
                return None
        if not np.isfinite(x).all():
            x = np.where(np.isfinite(x), x, np.nan)
        self.newest = float(t[-1])
        return Chunk(self.stream, t, x)

    def _good(self, t: F64, now: float) -> NDArray[np.bool_]:
        """Return which rows are later than all before them and not from the future."""
        possible = np.isfinite(t) & (t <= now + AHEAD)
        highest = np.maximum.accumulate(np.where(possible, t, self.newest))
        before = np.concatenate(([self.newest], np.maximum(highest[:-1], self.newest)))
        good: NDArray[np.bool_] = possible & (t > before)
        return good

    def _count(self, n: int, now: float) -> None:
        self._counted += n
        if now - self._since >= WINDOW:
            self.rate = self._counted / (now - self._since)
            self._counted, self._since = 0, now
