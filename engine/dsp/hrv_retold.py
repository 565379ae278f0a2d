"""Tells a stretch of heartbeat again with as much more of it missing, to see how numbers move.

What a corrected or missing interval has cost a number cannot be seen, but it can be tried:
the same holes are cut once more, elsewhere in the same stretch, and the number is computed
again. How far it moves then is how far it may have moved before. Two more tellings belong to
it: one believes every flagged interval that may have been true, one leaves out a beat that
turns far more sharply than all others, in case it was wrong and not seen.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.streams import F64

AGAIN = 8
"""Times the holes are cut elsewhere, evenly spread over the stretch."""
BELIEVED, WITHOUT = AGAIN + 1, AGAIN + 2
"""Places of the last two tellings; the first is the stretch as it is."""
TELLINGS = AGAIN + 3
APART = 0.3
"""s between two normal intervals that are a hole: no heartbeat is so short, no stamp so late."""
SHARP = 3.3
"""Root mean squares of all other turns beyond which one is odd: of the eighty of a minute that
vary by chance none is, twelve times in thirteen."""
STUDENT = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
"""Student's t for 95 %, by degrees of freedom from 1; 1.96 for very many."""
SURE = 1.96
"""Doubts that hold 95 %."""
WIDER = STUDENT[AGAIN - 1] / SURE
"""How much wider a doubt must be told that is known from so few tellings (Student's t)."""

Series = tuple[F64, F64]
"""Times (n,) s and intervals (n,) ms."""
Flags = NDArray[np.bool_]


def holes(t: F64, nn_ms: F64) -> F64:
    """Return (k, 2) s: begin and end of what no interval fills."""
    begins = t[1:] - nn_ms[1:] / 1000.0
    at = np.flatnonzero(begins - t[:-1] > APART)
    return np.stack((t[at], begins[at]), axis=1)


def cut(t: F64, nn_ms: F64, spans: F64, share: float) -> Flags:
    """Return which intervals (n,) are left when ``spans`` lie ``share`` of the stretch later.

    What runs out at the end comes in at the beginning. The two intervals at either end stay.
    """
    first, lasts = float(t[0]), float(t[-1] - t[0])
    middle = (t - nn_ms / 2000.0)[:, None]
    begin = first + (spans[:, 0] - first + share * lasts) % lasts
    end = begin + spans[:, 1] - spans[:, 0]
    inside = (middle > begin) & (middle < end)
    inside |= middle < end - lasts
    left: Flags = np.asarray(~inside.any(axis=1))
    left[:2] = left[-2:] = True
    return left


def but_oddest(nn_ms: F64) -> Flags:
    """Return all intervals (n,) but the two about a beat that turns far more sharply than all."""
    left: Flags = np.ones(nn_ms.size, dtype=bool)
    if nn_ms.size < 9:
        return left
    turn = np.abs(nn_ms[2:-4] - 2.0 * nn_ms[3:-3] + nn_ms[4:-2])
    sharpest = int(np.argmax(turn))
    others = float(turn @ turn) - float(turn[sharpest]) ** 2
    if turn[sharpest] ** 2 <= SHARP**2 * others / (turn.size - 1):
        return left
    middle = 3 + sharpest
    usual = float(np.median(nn_ms[middle - 3 : middle + 4]))
    before, after = (abs(float(nn_ms[middle + k]) - usual) for k in (-1, 1))
    left[middle] = left[middle - 1 if before > after else middle + 1] = False
    return left


def tellings(told: Series, believed: Series | None) -> list[Series]:
    """Return the normal intervals as told, and told again in `TELLINGS` - 1 ways.

    Where a telling has nothing to change it is the first one, the very same object.

    Parameters
    ----------
    told
        Normal intervals of a stretch without a break.
    believed
        The same, with those that were flagged and may be true; None if there are none.
    """
    t, nn_ms = told
    spans = holes(t, nn_ms)
    made = [told] * TELLINGS
    for k in range(AGAIN) if spans.size else ():
        left = cut(t, nn_ms, spans, (k + 0.618) / AGAIN)
        if not left.all():
            made[1 + k] = t[left], nn_ms[left]
    if believed is not None:
        made[BELIEVED] = believed
    left = but_oddest(nn_ms)
    made[WITHOUT] = (t[left], nn_ms[left]) if not left.all() else told
    return made


def once(series: F64) -> tuple[F64, NDArray[np.int64]]:
    """Return tellings (k, n) without those equal to the first, and where each is found (k,)."""
    own = ~(series == series[0]).all(axis=1)
    own[0] = True
    return series[own], np.where(own, np.cumsum(own) - 1, 0)


def filled(nn_ms: F64, left: Flags) -> F64:
    """Return intervals (n,) with those not ``left`` repaired, as the classifier would.

    Two or more in a row are told as their mean, which keeps the time they took; one alone as
    the mean of its neighbours.
    """
    made = nn_ms.copy()
    edges = np.flatnonzero(np.diff(np.concatenate(([True], left, [True])).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2).tolist():
        alone = end - begin == 1 and begin > 0 and end < nn_ms.size
        part = nn_ms[[begin - 1, end]] if alone else nn_ms[begin:end]
        made[begin:end] = part.mean()
    return made


@dataclass(frozen=True, slots=True)
class Doubt:
    """How far a value may be off, as one standard deviation in its own unit.

    Attributes
    ----------
    repair
        Because of what was corrected, is missing, or may be wrong and unseen.
    chance
        Because another stretch of the same length would have told another value; 0 where
        that is not known.
    """

    repair: float
    chance: float = 0.0

    @property
    def whole(self) -> float:
        """Both together."""
        return math.hypot(self.repair, self.chance)


NONE = Doubt(math.nan)


def moved(values: F64) -> float:
    """Return the doubt of ``values[0]`` from how the tellings (`TELLINGS`,) differ from it.

    Infinite where most of the tellings have no value at all.
    """
    # Plain numbers: of so few, numpy's vectors cost five times a loop.
    first, *others = values.tolist()
    off = [value - first for value in others]
    again = [d for d in off[:AGAIN] if math.isfinite(d)]
    if 2 * len(again) < AGAIN:
        return math.inf
    believed, without = (0.0 if math.isnan(d) else d for d in off[AGAIN:])
    # Without its sharpest turn a number has moved from one end of what may be to the other.
    squares = sum(d * d for d in again) / len(again)
    return math.sqrt(squares + believed * believed + 0.25 * without * without)


def student(parts: int) -> float:
    """Return by how much the spread of so few ``parts`` (two or more) must be widened."""
    k = parts - 2
    return STUDENT[k] / SURE if k < len(STUDENT) else 1.0 + 1.2 / (parts - 1)


def chance_of_mean(parts: F64) -> float:
    """Return the standard error of the mean of parts (n,), widened for their small number."""
    n, squares = _spread(parts)
    return math.sqrt(squares / (n * (n - 1))) * student(n) if n > 1 else math.inf


def chance_without(parts: F64) -> float:
    """Return the standard error from values (n,) that each leave out one part of n.

    Delete-a-group jackknife, widened for the small number of groups.
    """
    n, squares = _spread(parts)
    return math.sqrt((n - 1) / n * squares) * student(n) if n > 1 else math.inf


def _spread(parts: F64) -> tuple[int, float]:
    """Return how many of the parts (n,) are known, and the squares about their mean, summed."""
    known = [part for part in parts.tolist() if math.isfinite(part)]
    mean = sum(known) / max(len(known), 1)
    return len(known), sum((part - mean) * (part - mean) for part in known)
