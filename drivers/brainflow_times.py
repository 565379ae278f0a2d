"""When a board's samples were made: its stamps by the time of day, and its package numbers."""

import math

import numpy as np
from numpy.typing import NDArray

from engine.devices import SampleClock

F64 = NDArray[np.float64]

LATELY = 10.0
"""Seconds over which the smallest distance is taken, and as many before: no computer is busy at
every look for so long, so one that is larger since then means that the time of day was set back."""
STEPPED = 1.0
"""Seconds by which the time of day has been set, and not slewed."""
KNOWN_AFTER = 16
"""Packages after which the way a board counts is known."""
LONGEST_GAP = 10.0
"""Seconds of samples that may be missing; beyond that the board began to count anew."""


class BoardTimes:
    """Session times of one block of samples.

    BrainFlow stamps samples by the time of day when they reach this computer, in a thread of
    its own; we look a hundred times a second. The smallest distance seen between a look and
    the newest stamp, lately, is how far the two clocks are apart; what is left is jitter, which the
    regression (`SampleClock`) takes out.
    """

    def __init__(self, rate: float, latency: float) -> None:
        self._samples = SampleClock(rate, latency)
        self._packages = Packages(round(LONGEST_GAP * rate))
        self._least = self._before = math.inf
        self._since = -math.inf

    def of(self, numbers: F64, stamps: F64, now: float) -> F64:
        """Return the times of samples ``(n,)`` taken out of the board's buffer at ``now``, s."""
        apart = now - float(stamps[-1])
        if apart - min(self._least, self._before) > STEPPED:
            self._least = self._before = math.inf
        if now - self._since > LATELY:
            self._since, self._before, self._least = now, self._least, math.inf
        self._least = min(self._least, apart)
        apart = min(self._least, self._before)
        gaps = self._packages.gaps(numbers)
        ends = [*(at for at, _ in gaps[1:]), len(numbers)]
        made = [
            self._samples.stamp(float(stamps[end - 1]) + apart, end - at, missing)
            for (at, missing), end in zip(gaps, ends, strict=True)
        ]
        return np.concatenate(made)


class Packages:
    """Samples that were lost, by package numbers.

    Boards count differently: by ones or more, several samples to a package, back to zero at
    256 or elsewhere, or not at all. All that is learnt from what comes; until it is known
    nothing is said to be missing.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._last = math.nan
        self._step = math.inf
        self._highest = 0.0
        self._run = self._per = 0  # samples with this number; most that had one
        self._changes = 0

    def gaps(self, numbers: F64) -> list[tuple[int, int]]:
        """Return where each unbroken piece begins, and how many samples are missing before it."""
        found = [(0, 0)]
        for i, number in enumerate(numbers.tolist()):
            missing = self._missing(number)
            if missing and i:
                found.append((i, missing))
            elif missing:
                found[0] = (0, missing)
        return found

    def _missing(self, number: float) -> int:
        """Return the samples missing before the one with ``number``."""
        ahead = number - self._last
        self._last = number
        if not ahead or math.isnan(ahead):
            self._run += 1
            return 0
        self._per, self._run = max(self._per, self._run), 1
        self._changes += 1
        wrapped = ahead < 0.0
        if wrapped:
            known = self._changes > KNOWN_AFTER
            ahead += self._highest + self._step if known else 0.0
        else:
            self._highest = max(self._highest, number)
            self._step = min(self._step, ahead)
        if self._changes <= KNOWN_AFTER or ahead <= self._step:
            return 0
        missing = round(ahead / self._step - 1.0) * max(self._per, 1)
        return missing if missing <= self._most else 0
