"""When something that failed is started again, and when it is given up."""

from collections.abc import Sequence

BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the first, second ... restart of a part that keeps failing."""
FAILURES = 5
WITHIN = 60.0
STORM = 12
STORM_WITHIN = 1800.0
"""So many failures within so many seconds make a fault: somebody has to look. The second pair
catches what fails again and again, but never quickly."""


def is_hopeless(failed: Sequence[float], now: float) -> bool:
    """Tell whether something that failed at those times, s, has to be given up."""
    lately = sum(now - t <= WITHIN for t in failed)
    return lately >= FAILURES or sum(now - t <= STORM_WITHIN for t in failed) >= STORM


def wait_before_restart(failed: Sequence[float], now: float) -> float:
    """Return the seconds to wait after the last of these failures."""
    lately = sum(now - t <= WITHIN for t in failed)
    return BACKOFF[min(lately, len(BACKOFF)) - 1]
