"""The latest value of every signal, with its quality and its age."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.streams import Chunk

STALE_AFTER = 5.0
"""s without an update after which a value is gone: it is shown as "no signal". A slower
stream, such as variability every 5 s, is given twice the time between its values."""


class Reading(NamedTuple):
    """One signal at one moment; ``value`` is NaN when there is nothing to show."""

    value: float
    quality: float
    corrected: float
    t: float

    @property
    def valid(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.value)


NOTHING = Reading(math.nan, 0.0, 0.0, -math.inf)


@dataclass(slots=True)
class SignalBoard:
    """Where the graph's results wait for the conductor to look at them."""

    _latest: dict[str, Reading] = field(default_factory=dict[str, Reading])
    _patience: dict[str, float] = field(default_factory=dict[str, float])

    def take(self, chunk: Chunk) -> None:
        """Note the newest sample of a derived stream.

        Columns beyond the value are read as quality and share corrected (see
        `engine.signals.SIGNAL_AXES`); a stream with fewer counts as perfect.
        """
        rate = chunk.stream.rate
        self._patience[chunk.stream.name] = max(STALE_AFTER, 2.0 / rate) if rate else STALE_AFTER
        row = chunk.x[-1]
        n = row.shape[0]
        self._latest[chunk.stream.name] = Reading(
            float(row[0]),
            float(row[1]) if n > 1 else 1.0,
            float(row[2]) if n > 2 else 0.0,
            float(chunk.t[-1]),
        )

    def get(self, name: str, now: float) -> Reading:
        """Return the signal as it stands at ``now``; a stale value is no value."""
        reading = self._latest.get(name, NOTHING)
        if now - reading.t > self._patience.get(name, STALE_AFTER):
            return Reading(math.nan, 0.0, reading.corrected, reading.t)
        return reading
