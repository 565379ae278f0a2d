"""Puts heartbeat intervals in time that were stamped when they reached a phone."""

import numpy as np

from engine.streams import F64

LATE = 2.5
"""s by which an interval may reach the phone late before something is missing."""


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
