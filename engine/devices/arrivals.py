"""How fast samples really come, read off a stretch of arrivals."""

import math
from dataclasses import dataclass

LASTS, LEAST = 10.0, 8
"""Seconds and arrivals that a stretch has at least."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The straight line through the arrivals of one stretch.

    Attributes
    ----------
    period
        Seconds from sample to sample.
    doubt
        Standard error of ``period``, as a share of it.
    scatter
        Standard deviation of arrivals about the line, s.
    late
        By how much the last arrival lies behind the line, s.
    """

    period: float
    doubt: float
    scatter: float
    late: float


class Arrivals:
    """Least squares of arrival on sample count, one stretch after the other."""

    def __init__(self) -> None:
        self._began = math.nan
        self._n = self._count = 0
        self._sums = [0.0] * 5  # of count, arrival, count^2, count * arrival, arrival^2

    def take(self, arrival: float, count: int) -> Stretch | None:
        """Take a message that came at ``arrival``, s, ``count`` samples after the one before.

        Return the stretch that ends with it, if one does.
        """
        if math.isnan(self._began):
            self._began, count = arrival, 0
        self._count += count
        k, t = float(self._count), arrival - self._began
        self._n += 1
        self._sums = [s + x for s, x in zip(self._sums, (k, t, k * k, k * t, t * t), strict=True)]
        if t < LASTS or self._n < LEAST:
            return None
        stretch = self._line(k, t)
        self.begin_anew()
        return stretch

    def begin_anew(self) -> None:
        """Forget the arrivals of this stretch."""
        self._began, self._n, self._count, self._sums = math.nan, 0, 0, [0.0] * 5

    def _line(self, k: float, t: float) -> Stretch | None:
        n = self._n
        of_k, of_t, of_kk, of_kt, of_tt = self._sums
        kk, kt, tt = of_kk - of_k**2 / n, of_kt - of_k * of_t / n, of_tt - of_t**2 / n
        if kk <= 0.0 or kt <= 0.0:
            return None
        period = kt / kk
        scatter = math.sqrt(max(tt - kt * period, 0.0) / (n - 2))
        late = t - (of_t / n + period * (k - of_k / n))
        return Stretch(period, scatter / math.sqrt(kk) / period, scatter, late)
