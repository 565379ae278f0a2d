"""From the stamps of an LSL stream to the session's clock."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.devices import SampleClock, UnreachableError

F64 = NDArray[np.float64]

OLD, AHEAD = 30.0, 1.0
"""Seconds by which a first stamp may differ from now; more is another clock's stamp."""
LOOKS = 20


class Clock(Protocol):
    """The session's clock."""

    def now(self) -> float:
        """Return session time, s."""
        ...


def lsl_to_session(local_clock: Callable[[], float], clock: Clock) -> float:
    """Return what makes session time of LSL's local time, s; right to a few microseconds.

    Both are this machine's monotonic clock with different zeros; the tightest of some looks
    is taken.
    """
    best, width = 0.0, float("inf")
    for _ in range(LOOKS):
        before = local_clock()
        now = clock.now()
        after = local_clock()
        if after - before < width:
            best, width = now - 0.5 * (before + after), after - before
    return best


class StampTimes:
    """Session times of samples.

    A regular stream's stamps are what some program noted when it got the samples: late by
    an uncertain amount, like any arrival, so they go through the same regression
    (`SampleClock`). An irregular stream's stamps are taken as they are.

    Parameters
    ----------
    rate
        Samples a second; 0 or None for an irregular stream.
    latency
        Seconds from the body to the stamp, declared; subtracted.
    offset
        What makes session time of the outlet's, s; may be mended as clocks drift.
    """

    def __init__(self, rate: float | None, latency: float, clock: Clock, offset: float) -> None:
        self.offset = offset
        self._clock, self._latency = clock, latency
        self._samples = SampleClock(rate, latency) if rate else None
        self._begun = False

    def of(self, stamps: F64) -> F64:
        """Return the times of samples stamped ``stamps``, ``(n,)``, by LSL's clock."""
        t = stamps + self.offset
        if not self._begun:
            self._check(float(t[-1]))
        if self._samples is None:
            return t - self._latency
        return self._samples.stamp(float(t[-1]), len(t))

    def of_arrival(self, n: int) -> F64:
        """Return the times of ``n`` samples that have just come."""
        now = self._clock.now()
        if self._samples is None:
            return np.full(n, now - self._latency)
        return self._samples.stamp(now, n)

    def _check(self, newest: float) -> None:
        age = self._clock.now() - newest
        if not -AHEAD <= age <= OLD:
            raise UnreachableError(
                f"its stamps are {abs(age):.0f} s {'old' if age > 0 else 'ahead'}: "
                "they are not of LSL's clock",
                hint='mend its program, or say times = "arrival" in the rig',
                zh='它的时间戳不是 LSL 时钟的：请修正发送程序，或在 rig 文件中写 times = "arrival"',
            )
        self._begun = True
