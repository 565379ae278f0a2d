"""Tells how far a long run has come."""

import sys

from engine.clock import Clock, SystemClock


class Steps:
    """Counts steps and writes each to standard error, with the time so far.

    Parameters
    ----------
    clock
        Tells the time; None takes the machine's.
    silent
        Count only.
    """

    def __init__(self, clock: Clock | None = None, *, silent: bool = False) -> None:
        self._clock = clock or SystemClock()
        self._silent = silent
        self._begun = self._clock.now()
        self.part = ""
        self.taken = 0

    @property
    def seconds(self) -> float:
        """Seconds since the first moment."""
        return self._clock.now() - self._begun

    def begin(self, part: str) -> None:
        """Begin a part of the run."""
        self.part = part

    def step(self, what: str) -> None:
        """Say what is done next."""
        self.taken += 1
        if not self._silent:
            sys.stderr.write(f"{self.seconds:6.1f} s  {self.part}  {what}\n")
            sys.stderr.flush()
