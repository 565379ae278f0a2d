"""How many samples a second really come, beside how many were declared."""

import math
from collections.abc import Iterable

from engine.streams import Chunk, Stream
from engine.units import Kind

OFF = 0.05
"""Share of the declared rate by which a device may be off before a person is told. Stamps follow
it however far it is off (`engine.devices.timing`); filters are made for the declared rate."""
WINDOW, LEAST = 10.0, 20
"""Seconds over which a rate is taken, or as long as so many samples should take."""
IN_A_ROW = 2
"""Windows that have to say so: one may hold a burst, or a radio's bad moment."""
PAUSE, PAUSED_INTERVALS = 2.0, 5
"""Seconds, or sampling intervals, without a sample that are a pause: no rate is read from it."""
BESIDE = frozenset({Kind.ANGLE, Kind.TEMPERATURE, Kind.STATUS, Kind.BATTERY})
"""Kinds that tell of the device and not of the person: nobody's signal suffers."""


class RateMeter:
    """Counts the samples of one stream on their arrivals; pauses are left out.

    Attributes
    ----------
    count
        Samples that came within `lasts`.
    lasts
        Seconds.
    """

    def __init__(self, rate: float) -> None:
        self.count, self.lasts = 0, 0.0
        self._pause = max(PAUSE, PAUSED_INTERVALS / rate)
        self._latest = math.nan

    @property
    def rate(self) -> float:
        """Samples a second; NaN before there is any."""
        return self.count / self.lasts if self.lasts > 0.0 else math.nan

    def take(self, n: int, t: float) -> None:
        """Take note of ``n`` samples that came at ``t``, s."""
        # What comes after a pause was made during the pause, so it is nobody's rate.
        if 0.0 <= t - self._latest <= self._pause:
            self.count += n
            self.lasts += t - self._latest
        self._latest = t

    def begin_anew(self) -> None:
        """Forget the count, go on from the latest arrival."""
        self.count, self.lasts = 0, 0.0


class RateWatch:
    """Finds the stream of a device that comes slower or faster than it is declared.

    Attributes
    ----------
    off
        That stream, with the samples a second that come; None while all is well.
    """

    def __init__(self, streams: Iterable[Stream]) -> None:
        self.off: tuple[Stream, float] | None = None
        self._meters: dict[str, tuple[Stream, float, RateMeter]] = {
            s.name: (s, s.rate, RateMeter(s.rate))
            for s in streams
            if s.rate is not None and s.kind not in BESIDE
        }
        self._bad = dict.fromkeys(self._meters, 0)

    def take(self, chunks: Iterable[Chunk], t: float) -> None:
        """Take note of what came at ``t``, s."""
        for chunk in chunks:
            watched = self._meters.get(chunk.stream.name)
            if watched is None:
                continue
            stream, declared, meter = watched
            meter.take(len(chunk.t), t)
            if meter.lasts >= max(WINDOW, LEAST / declared):
                self._judge(stream, declared, meter.rate)
                meter.begin_anew()

    def _judge(self, stream: Stream, declared: float, rate: float) -> None:
        is_off = abs(rate / declared - 1.0) > OFF
        self._bad[stream.name] = self._bad[stream.name] + 1 if is_off else 0
        if self._bad[stream.name] >= IN_A_ROW:
            self.off = stream, rate
        elif self.off is not None and self.off[0] == stream:
            self.off = None
