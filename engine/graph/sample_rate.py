"""Tells when a sensor sends at another rate than its driver declares."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from engine.errors import GraphError
from engine.streams import AS_DECLARED, Chunk, Stream
from engine.units import Kind, Unit

SPAN = 5.0
"""s of samples a rate is counted over; the filters refuse them for as long."""
PAUSE = 2.0
"""s without a sample from which on nothing is known of the rate."""


@dataclass(slots=True)
class SampleRate:
    """Count a regular stream's samples; once a second tell their rate if it is not as declared.

    The filters tell nothing then, rightly: every time constant would be wrong. This is the
    reason they do not give. Makes ``<group>.sample_rate``.
    """

    group: str
    _declared: float = field(init=False)
    _made: Stream = field(init=False)
    _count: int = 0
    _last: float = -np.inf
    _second: float = -np.inf
    _marks: deque[tuple[float, int]] = field(default_factory=deque[tuple[float, int]])

    def bind(self, *inputs: Stream) -> Stream:
        """Accept one regular stream."""
        (stream,) = inputs
        if stream.rate is None:
            raise GraphError("has no rate", where=stream.name, hint="declare it in the driver")
        self._declared = stream.rate
        self._made = Stream(
            f"{self.group}.sample_rate", Kind.DERIVED, Unit.HERTZ, None, stream.latency
        )
        return self._made

    def process(self, chunk: Chunk) -> Chunk | None:
        """Return the rates that are not as declared, samples a second."""
        rows: list[tuple[float, float]] = []
        for t in chunk.t.tolist():
            if not 0.0 < t - self._last <= PAUSE:
                self._marks.clear()
            self._last = t
            self._count += 1
            if t // 1.0 == self._second:
                continue
            self._second = t // 1.0
            while len(self._marks) > 1 and self._marks[1][0] <= t - SPAN:
                self._marks.popleft()
            self._marks.append((t, self._count))
            begin, before = self._marks[0]
            if t - begin >= SPAN:
                rate = (self._count - before) / (t - begin)
                if not AS_DECLARED[0] < self._declared / rate < AS_DECLARED[1]:
                    rows.append((t, rate))
        if not rows:
            return None
        made = np.array(rows)
        return Chunk(self._made, made[:, 0], made[:, 1:])
