"""Finds heartbeats in an electrocardiogram while it is being recorded."""

import math

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.qrs_clock import LAST
from engine.dsp.qrs_design import memory_for
from engine.dsp.qrs_push import ROWS_FULL, UNLIKE, begin_anew, push
from engine.errors import GraphError
from engine.streams import F64

AT_ONCE = 16
"""A push rarely brings more rows than this."""


class QrsDetector:
    """Causal two-tier R-peak detector.

    A beat is *announced* within some 20 ms of its R peak (good for a soft cue, never for
    a number) and *confirmed* 110-150 ms after it, with a time far finer than a sample.
    Announcements that come to nothing are *retracted*; a beat first rejected may be
    found *late*, when the next one does not come. The input may be inverted, in any
    unit, with flat, saturated or missing stretches: beats that may have gone unseen in
    them are told by the column ``JOINED`` of the next one. Each second brings a row with
    the quality of the signal.

    Parameters
    ----------
    rate
        Samples a second, 100-1000.

    Raises
    ------
    GraphError
        If the rate is out of range.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        # All in one array: every other one a kernel is handed makes the call longer.
        self._memory = memory_for(rate)
        self._clock = int(self._memory[at.TEMPLATES_END]) + LAST
        self._make_room(256)
        self.reset()

    @property
    def delay(self) -> float:
        """Seconds from an R peak of ordinary width to its confirmation."""
        return float(self._memory[at.DELAY2] + self._memory[at.WAIT]) / self.rate

    def push(self, x: F64, t: F64 | None = None) -> F64:
        """Take the next samples and return what became known with them.

        Parameters
        ----------
        x : (n,)
            Electrocardiogram, any unit; NaN where missing.
        t : (n,)
            When each sample was taken, s; None counts samples from 0.0. A stamp that is
            no number counts as the one expected.

        Returns
        -------
        (k, ROW)
            Rows as in `engine.dsp.qrs_layout`, times in s, in the order they became
            known. A view that the next push overwrites.

        Raises
        ------
        GraphError
            If there are not as many stamps as samples.
        """
        if t is None:
            last = float(self._memory[self._clock])
            begin = 0.0 if math.isnan(last) else last + 1.0 / self.rate
            t = begin + np.arange(len(x)) / self.rate
        try:
            n = push(self._memory, x, t, self._rows)
        except TypeError:
            # Another type or layout than the kernel takes; asking first costs more than it does.
            x = np.ascontiguousarray(x, dtype=np.float64)
            t = np.ascontiguousarray(t, dtype=np.float64)
            n = push(self._memory, x, t, self._rows)
        if 0 <= n < AT_ONCE:
            return self._told[n]
        while n == ROWS_FULL:
            before = self._rows
            self._make_room(2 * len(before))
            self._rows[: len(before)] = before
            n = push(self._memory, x, t, self._rows)
        if n == UNLIKE:
            raise GraphError(
                f"{len(x)} samples came with {len(t)} stamps", hint="give each sample its own"
            )
        return self._rows[:n]

    def reset(self) -> None:
        """Forget the person: the next sample is the first."""
        begin_anew(self._memory)

    def _make_room(self, rows: int) -> None:
        self._rows = np.zeros((rows, at.ROW))
        # To cut a view costs a tenth of a push.
        self._told = [self._rows[:n] for n in range(AT_ONCE)]

    def __getstate__(self) -> tuple[float, F64, int]:
        """Leave out the views: copied one by one they would show rows nobody writes any more."""
        return self.rate, self._memory, len(self._rows)

    def __setstate__(self, state: tuple[float, F64, int]) -> None:
        """Begin with what was remembered, and rows of one's own."""
        self.rate, self._memory, rows = state
        self._clock = int(self._memory[at.TEMPLATES_END]) + LAST
        self._make_room(rows)
