"""When each heart beat happened, from intervals that arrive late and in clumps.

A Bluetooth band reports about once a second the intervals since the last report, without
times. The intervals are exact, the arrivals are not: so beats are chained by their
intervals, and the chain is laid as late as the arrivals allow.
"""

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from engine.streams import F64

RECENT = 30
"""Reports looked at to see whether the chain lags behind."""
CREEP = 0.01
"""Share of an interval by which a beat may be moved to catch up slowly."""
GAP = 4.0
"""A report this late means beats are missing: bands keep an interval at most so long."""
GAP_LASTING = 5
GAP_SHORT = 0.6
"""... and so does one this late, when this many reports in a row are."""
CLOSEST = 0.3
"""Share of its interval that stays between two beats when the chain is pulled back."""


class BeatClock:
    """Stamps the beats of one stream of intervals.

    A report says of its last beat only that it happened before, by less than the time
    between reports. After a few reports the chain is as late as none of them
    contradicts, which is right to within the shortest delay seen.

    Parameters
    ----------
    latency
        Seconds between the body and the arrival, declared; subtracted.
    """

    def __init__(self, latency: float = 0.0) -> None:
        self.gaps = 0
        """How often beats turned out to be missing."""
        self._latency = latency
        self._last = math.nan
        self._lags: deque[float] = deque(maxlen=RECENT)

    def stamp(self, arrival: float, intervals: Sequence[float]) -> F64:
        """Return the times of the beats that end ``intervals``, s, reported at ``arrival``, s.

        Strictly increasing from call to call as long as intervals are positive.
        """
        # What no heart does is a fault of the band; it must not throw the chain far.
        lengths = np.clip(np.array(intervals, dtype=np.float64), 0.0, GAP)
        latest = arrival - self._latency
        ends: F64 = np.cumsum(lengths)
        if not len(ends):
            return ends
        if math.isnan(self._last):
            self._last = latest - float(ends[-1])
        lag = latest - (self._last + float(ends[-1]))
        self._lags.append(lag)
        if lag < 0.0:
            # Beats cannot come after their report: the chain was laid too late.
            room = max(self._room(lengths), 0.0)
            lag = max(lag, -room)
            self._lags.clear()
        elif lag > GAP or self._has_lagged():
            self._lags.clear()
            self.gaps += 1
        else:
            lag = self._creep(lengths)
        t: F64 = self._last + lag + ends
        self._last = float(t[-1])
        return t

    def _room(self, lengths: F64) -> float:
        """Return by how much the first beat may move towards the one before it, s."""
        return (1.0 - CLOSEST) * float(lengths[0])

    def _has_lagged(self) -> bool:
        recent = list(self._lags)[-GAP_LASTING:]
        return len(recent) == GAP_LASTING and min(recent) > GAP_SHORT

    def _creep(self, lengths: F64) -> float:
        """Return the move, s, that takes up what the two clocks drift apart."""
        if len(self._lags) < RECENT:
            return 0.0
        return min(max(min(self._lags), 0.0), CREEP * float(lengths[0]))
