"""How far the heart swings with each breath: the longest interval less the shortest."""

import itertools
import math
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.dsp.hrv_limits import BY_BREATH
from engine.dsp.hrv_retold import chance_of_mean
from engine.dsp.hrv_trust import LITTLE, NOTHING, Share, Told, judged
from engine.streams import F64

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


Beat = tuple[float, float, float, bool, float]
"""Middle of an interval s, its length ms, quality, whether it needed no correction, what it may
have been although it was corrected (ms, or NaN)."""


@dataclass(slots=True)
class BreathSwings:
    """Intervals and the beginnings of breaths, each in order of time; ask `at` any time."""

    _beats: deque[Beat] = field(default_factory=deque[Beat])
    _onsets: list[float] = field(default_factory=list[float])

    def interval(
        self, t: float, nn_ms: float, quality: float, *, normal: bool, may_be_ms: float = math.nan
    ) -> None:
        """Take the interval that ended at ``t``; one that is not normal only fills time."""
        if not (math.isfinite(t) and math.isfinite(nn_ms)):
            return
        # What an interval says belongs to its middle.
        self._beats.append((t - 0.0005 * nn_ms, nn_ms, quality, normal, may_be_ms))
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

    def at(self, known_until: float) -> Told:
        """Return the swing of the newest three breaths that ended by ``known_until`` (s)."""
        last = bisect_left(self._onsets, known_until + 1e-9)
        edges = self._onsets[max(0, last - BREATHS - 1) : last]
        if len(edges) <= BREATHS:
            return NOTHING
        return swing_of([self.breath_between(*edge) for edge in itertools.pairwise(edges)])

    def breath_between(self, begin: float, end: float) -> "Breath | None":
        """Return the breath from ``begin`` to ``end`` (s) if it may be counted."""
        if not SHORTEST <= end - begin <= LONGEST:
            return None
        inside = [beat for beat in self._beats if begin <= beat[0] < end]
        normal = [beat[1] for beat in inside if beat[3]]
        period_ms = 1000.0 * (end - begin)
        if (
            len(normal) < LEAST_BEATS
            or sum(normal) < NORMAL_SHARE * period_ms
            or sum(beat[1] for beat in inside) < COVERED * period_ms
        ):
            return None
        return Breath(end - begin, normal, inside)


@dataclass(frozen=True, slots=True)
class Breath:
    """One breath: how long it took (s), its normal intervals (ms), all its intervals."""

    lasts: float
    normal: list[float]
    inside: list[Beat]

    @property
    def swing(self) -> float:
        """Longest less shortest normal interval, ms."""
        return max(self.normal) - min(self.normal)

    @property
    def off(self) -> float:
        """How far the swing may be off, ms: one standard deviation.

        Root mean square of what as many missing intervals elsewhere in the breath would have
        changed; what those that may be true would change; half of what the interval that stands
        out furthest changes.
        """
        normal, own = self.normal, self.swing
        missing = len(self.inside) - len(normal)
        squares = 0.0
        if missing:
            for k in range(len(normal)):
                left = (normal[k:] + normal[:k])[min(missing, len(normal) - 1) :]
                squares += (max(left) - min(left) - own) ** 2 / len(normal)
        may = [beat[4] for beat in self.inside if not beat[3] and math.isfinite(beat[4])]
        if may:
            squares += (max(*normal, *may) - min(*normal, *may) - own) ** 2
        ranked = sorted(normal)
        furthest = max(ranked[-1] - ranked[-2], ranked[1] - ranked[0])
        return math.sqrt(squares + 0.25 * furthest**2)


def swing_of(breaths: Sequence[Breath | None]) -> Told:
    """Return the mean swing of breaths, all of which must count."""
    known = [breath for breath in breaths if breath is not None]
    if len(known) < max(len(breaths), BREATHS):
        return NOTHING
    inside = [beat for breath in known for beat in breath.inside]
    corrected = sum(not beat[3] for beat in inside) / len(inside)
    quality = sum(beat[2] for beat in inside) / len(inside) * (1.0 - corrected)
    value = sum(breath.swing for breath in known) / len(known)
    off = math.hypot(*(breath.off for breath in known)) / len(known)
    chance = chance_of_mean(np.array([breath.swing for breath in known]))
    return judged(
        BY_BREATH["rsa_ms"], value, off / max(value, LITTLE), chance,
        Share(quality, corrected), sum(breath.lasts for breath in known),
    )  # fmt: skip


def swing_of_all(
    t: F64, nn_ms: F64, quality: float, normal: NDArray[np.bool_], may_be_ms: F64, onsets: F64
) -> Told:
    """Return the mean swing over all breaths of a recording that may be counted.

    Parameters
    ----------
    t, nn_ms, normal, may_be_ms
        (n,) as of `BreathSwings.interval`.
    quality
        Mean of its beats.
    onsets
        (k,) s: when breaths in began. At least half of the breaths must count.
    """
    swings = BreathSwings()
    rows = zip(t.tolist(), nn_ms.tolist(), normal.tolist(), may_be_ms.tolist(), strict=True)
    breaths: list[Breath | None] = []
    for begin, end in itertools.pairwise(onsets.tolist()):
        for at, ms, sound, may in rows:
            swings.interval(at, ms, quality, normal=sound, may_be_ms=may)
            if at >= end + 3.0:
                break
        breaths.append(swings.breath_between(begin, end))
    counted = [breath for breath in breaths if breath is not None]
    return swing_of(counted) if 2 * len(counted) >= len(breaths) else NOTHING
