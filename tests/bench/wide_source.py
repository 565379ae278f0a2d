"""Eight channels at 1 kHz, as an amplifier sends them: ten samples a message."""

from collections.abc import Iterable

import numpy as np

from engine.devices import Chunk, Context, Kind, Source, Stream, Unit

CHANNELS, RATE = 8, 1000.0
AXES = tuple(f"ch{n}" for n in range(CHANNELS))
WIDE = Stream("wide", Kind.ECG, Unit.MILLIVOLT, rate=RATE, axes=AXES)


class Amplifier(Source):
    """A device whose samples are their own number."""

    model = "amplifier"
    zh, en = "放大器", "Amplifier"

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (WIDE,)

    def open(self, context: Context) -> None:
        self._sent = int(context.clock.now() * RATE)

    def read(self, until: float) -> Iterable[Chunk]:
        n = np.arange(self._sent, int(until * RATE), dtype=np.float64)
        if not len(n):
            return []
        self._sent += len(n)
        return [Chunk(WIDE, n / RATE, np.repeat(n[:, np.newaxis], CHANNELS, axis=1))]
