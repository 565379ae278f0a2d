"""Puts judged heartbeat intervals in order for everything that looks at their sequence."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.dsp.hrv_spectrum import HOLE
from engine.dsp.rr_layout import Beat
from engine.dsp.rr_repair import LONGEST_MS
from engine.streams import F64

UNTOLD = 1.2
"""s between two intervals, beyond the second's own length, after which one is missing."""
MOST_BEATS = 16.0
"""Beats one interval may stand for."""
LEAST_STEP = 1e-3
"""s; times nearer than this are one time."""


@dataclass(frozen=True, slots=True, eq=False)
class Tachogram:
    """Usable intervals in order of time.

    Attributes
    ----------
    t : (n,) float64
        s, strictly increasing: when each interval ended.
    nn_ms : (n,) float64
        Repaired intervals.
    joined : (n,) float64
        1 where the interval follows the one before it without a break.
    normal : (n,) bool
        Whether it needed no correction.
    may_be_ms : (n,) float64
        As it was measured, where that may be true though it was corrected; else NaN.
    """

    t: F64
    nn_ms: F64
    joined: F64
    normal: NDArray[np.bool_]
    may_be_ms: F64

    @property
    def length(self) -> float:
        """Seconds of heartbeat in it."""
        return float(self.nn_ms.sum()) / 1000.0

    def newest(self, seconds: float) -> "Tachogram":
        """Return the fewest latest intervals that together last at least ``seconds``."""
        total = np.cumsum(self.nn_ms[::-1])
        count = int(np.searchsorted(total, 1000.0 * seconds - 1e-6)) + 1
        cut = slice(max(0, self.t.size - count), None)
        joined = self.joined[cut].copy()
        joined[:1] = 0.0
        return Tachogram(
            self.t[cut], self.nn_ms[cut], joined, self.normal[cut], self.may_be_ms[cut]
        )

    @property
    def believed(self) -> "Tachogram | None":
        """The same with everything taken for normal that may be; None if nothing is."""
        may = np.isfinite(self.may_be_ms)
        if not may.any():
            return None
        nn_ms = np.where(may, self.may_be_ms, self.nn_ms)
        return Tachogram(self.t, nn_ms, self.joined, self.normal | may, self.may_be_ms)

    def pieces(self) -> list[tuple[F64, F64]]:
        """Return times and intervals of the stretches a spline may be drawn through.

        Only normal intervals: a spline between them is nearer the truth than a repaired
        interval is. (Entropy and scaling need every beat and fare better with the repaired.)
        """
        t, nn_ms = self.t[self.normal], self.nn_ms[self.normal]
        ends = np.flatnonzero(np.diff(t) > HOLE) + 1
        edges = [0, *ends.tolist(), t.size]
        return [(t[a:b], nn_ms[a:b]) for a, b in itertools.pairwise(edges) if b > a]


def is_interval(nn_ms: F64) -> NDArray[np.bool_]:
    """Tell which values (n,) can be heartbeat intervals at all, ms."""
    return np.isfinite(nn_ms) & (nn_ms > 0.0) & (nn_ms <= LONGEST_MS)


def tachogram(
    t: F64, nn_ms: F64, code: F64, stands_for: F64, may_be_ms: F64 | None = None
) -> Tachogram:
    """Return the intervals that may count for a sequence.

    Left out are intervals that were not judged or not understood, those next to a beat of
    another shape, and those that were merged into another. One that stands for several
    missed beats becomes several.

    Parameters
    ----------
    t
        (n,) s: when each interval ended.
    nn_ms, code, stands_for
        (n,) as in ``heart.nn``: the repaired interval, what it was (`Beat`), how many
        beats of that length it stands for.
    may_be_ms
        (n,) the interval as measured where it was flagged but may be true, else NaN; None is
        NaN throughout.
    """
    other = np.isin(code, (Beat.LEARN, Beat.GAP, Beat.FOREIGN))
    finite = np.isfinite(t) & np.isfinite(nn_ms) & np.isfinite(stands_for)
    kept = finite & ~other & is_interval(nn_ms) & (stands_for >= 1.0) & (stands_for <= MOST_BEATS)
    times = np.full(np.count_nonzero(kept), 1, dtype=np.int64)
    times[:] = stands_for[kept]
    nn = np.repeat(nn_ms[kept], times)
    normal = np.repeat(code[kept] == Beat.NORMAL, times)
    may = np.full(nn.size, np.nan)
    if may_be_ms is not None:
        may = np.repeat(np.where(stands_for[kept] == 1.0, may_be_ms[kept], np.nan), times)
        may[~is_interval(may)] = np.nan
    # The last of several ends when the interval ended, the others before it.
    to_come = np.repeat(np.cumsum(times), times) - 1 - np.arange(nn.size)
    at = np.repeat(t[kept], times) - to_come * nn / 1000.0
    ahead = np.concatenate(([-np.inf], np.maximum.accumulate(at)[:-1])) if at.size else at
    forward = at > ahead + LEAST_STEP
    at, nn, normal, may = at[forward], nn[forward], normal[forward], may[forward]
    joined = np.zeros(at.size)
    joined[1:] = np.diff(at) - nn[1:] / 1000.0 <= UNTOLD
    return Tachogram(at, nn, joined, normal, may)
