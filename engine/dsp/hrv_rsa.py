"""How far the heart swings with each breath: the longest interval less the shortest."""

import itertools
import math
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

BREATHS = 3
"""Full breaths a value rests on."""
SHORTEST, LONGEST = 2.0, 20.0
"""s a breath takes; anything else is none."""
LEAST_BEATS = 3
"""Normal intervals a breath needs."""
NORMAL_SHARE = 0.6
"""Of a breath's time that normal intervals must cover."""
COVERED = 0.75
"""Of a breath's time that intervals of any kind must cover."""
KEPT = BREATHS * LONGEST + 20.0


@dataclass(frozen=True, slots=True)
class BreathSwing:
    """Respiratory sinus arrhythmia by peak and trough.

    Attributes
    ----------
    rsa_ms
        Mean over the breaths of their longest less their shortest normal interval; NaN
        unless the newest three breaths are all usable.
    quality
        Mean quality of the beats, times the share of them not corrected; 0 if NaN.
    corrected
        Share of the intervals that were corrected.
    window_s
        From the first of the three breaths to the end of the last.
    """

    rsa_ms: float
    quality: float
    corrected: float
    window_s: float


NOTHING = BreathSwing(math.nan, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class BreathSwings:
    """Intervals and the beginnings of breaths, each in order of time; ask `at` any time."""

    _beats: deque[tuple[float, float, float, bool]] = field(
        default_factory=deque[tuple[float, float, float, bool]]
    )
    _onsets: list[float] = field(default_factory=list[float])

    def interval(self, t: float, nn_ms: float, quality: float, *, normal: bool) -> None:
        """Take the interval that ended at ``t``; one that is not normal only fills time."""
        if not (math.isfinite(t) and math.isfinite(nn_ms)):
            return
        # What an interval says belongs to its middle.
        self._beats.append((t - 0.0005 * nn_ms, nn_ms, quality, normal))
        while self._beats[0][0] < t - KEPT:
            self._beats.popleft()

    def breath(self, onset: float) -> None:
        """Take the beginning of a breath in; one not after the last is left out."""
        if math.isfinite(onset) and (not self._onsets or onset > self._onsets[-1]):
            self._onsets.append(onset)
            del self._onsets[: bisect_left(self._onsets, onset - KEPT)]

    def clear_breaths(self) -> None:
        """Forget the breaths, as when others are to be counted."""
        self._onsets.clear()

    @property
    def newest_breath(self) -> float:
        """When the latest breath began, s; minus infinity if there was none."""
        return self._onsets[-1] if self._onsets else -math.inf

    def at(self, known_until: float) -> BreathSwing:
        """Return the swing of the newest three breaths that ended by ``known_until`` (s)."""
        last = bisect_left(self._onsets, known_until + 1e-9)
        edges = self._onsets[max(0, last - BREATHS - 1) : last]
        if len(edges) <= BREATHS:
            return NOTHING
        swings: list[float] = []
        quality = count = corrected = 0.0
        for begin, end in itertools.pairwise(edges):
            if not SHORTEST <= end - begin <= LONGEST:
                return NOTHING
            inside = [beat for beat in self._beats if begin <= beat[0] < end]
            normal = [beat[1] for beat in inside if beat[3]]
            period_ms = 1000.0 * (end - begin)
            if (
                len(normal) < LEAST_BEATS
                or sum(normal) < NORMAL_SHARE * period_ms
                or sum(beat[1] for beat in inside) < COVERED * period_ms
            ):
                return NOTHING
            swings.append(max(normal) - min(normal))
            quality += sum(beat[2] for beat in inside)
            count += len(inside)
            corrected += len(inside) - len(normal)
        share = corrected / count
        return BreathSwing(
            rsa_ms=sum(swings) / BREATHS,
            quality=quality / count * (1.0 - share),
            corrected=share,
            window_s=edges[-1] - edges[0],
        )
