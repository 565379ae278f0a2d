"""Puts heartbeat intervals in time that were stamped when they reached a phone."""

import numpy as np

from engine.streams import F64

ALIKE, MOSTLY = 0.02, 0.9
"""Times are those of the beats if nearly all their steps are the intervals, so nearly."""
LATE = 2.5
"""s by which an interval may reach the phone late before something is missing."""


def ending(t: F64, ms: F64) -> F64 | None:
    """Return when intervals ``ms``, ``(n,)``, ended, s, if the times ``t`` beside them tell it.

    They may be in s, ms or min, and those of the beat after the interval or of the one before.
    """
    rise = np.diff(t)
    for factor in (1.0, 1e-3, 60.0):
        for interval, late in ((ms[1:], 0.0), (ms[:-1], ms / 1000.0)):
            near = np.abs(1000.0 * factor * rise - interval) <= ALIKE * interval + 2.0
            if len(near) and np.mean(near) >= MOSTLY:
                return np.asarray(factor * t + late, np.float64)
    return None


def placed(rr: F64, arrived: F64) -> F64:
    """Return when each of the intervals ``rr``, ``(n,)`` s, ended, s.

    Intervals come in bundles, so their stamps jitter by a second; their sum does not. Only
    where the sum falls far behind the stamps were intervals lost on the way.
    """
    t = np.empty(len(rr))
    now, behind = 0.0, 0.0
    for i, (length, stamp) in enumerate(zip(rr.tolist(), arrived.tolist(), strict=True)):
        now += length
        if i and stamp - now > behind + LATE:
            now = stamp - behind
        behind = max(behind - 0.01, stamp - now) if i else stamp - now
        t[i] = now
    return t
