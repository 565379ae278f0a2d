"""How well events that were found match those that are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.streams import F64


@dataclass(frozen=True, slots=True)
class Agreement:
    """Sensitivity, positive predictive value and F1, each 0..1."""

    sensitivity: float
    predictive: float
    f1: float


def nearest(a: F64, b: F64) -> NDArray[np.int64]:
    """Return the index in sorted ``b`` that is nearest to each of ``a``."""
    right = np.clip(np.searchsorted(b, a), 1, max(b.size - 1, 1))
    left = right - 1
    right = np.minimum(right, b.size - 1)
    return np.where(np.abs(a - b[left]) <= np.abs(b[right] - a), left, right).astype(np.int64)


def pairs(truth: F64, found: F64, within: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the indices of truth and found that are each other's nearest, at most so far apart.

    Both sorted, in one unit with ``within``.
    """
    none = np.zeros(0, dtype=np.int64)
    if truth.size == 0 or found.size == 0:
        return none, none
    to = nearest(truth, found)
    back = nearest(found, truth)
    i = np.arange(truth.size)
    good = (back[to] == i) & (np.abs(found[to] - truth) <= within)
    return i[good].astype(np.int64), to[good]


def agreement(truth: F64, found: F64, within: float) -> Agreement:
    """Return how well sorted ``found`` matches sorted ``truth``; no event at all is perfect."""
    both = pairs(truth, found, within)[0].size
    if truth.size + found.size == 0:
        return Agreement(1.0, 1.0, 1.0)
    return Agreement(
        both / truth.size if truth.size else 1.0,
        both / found.size if found.size else 0.0,
        2.0 * both / (truth.size + found.size),
    )


def lag_and_jitter(truth: F64, found: F64, within: float) -> tuple[float, float]:
    """Return the median of found minus truth, and the standard deviation around the mean."""
    i, j = pairs(truth, found, within)
    if i.size < 2:
        return float("nan"), float("nan")
    apart = found[j] - truth[i]
    return float(np.median(apart)), float(np.std(apart))
