"""Finds heartbeats in an electrocardiogram while it is being recorded."""

import math

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.qrs_clock import LAST
from engine.dsp.qrs_design import design_for
from engine.dsp.qrs_push import begin_anew, push
from engine.errors import GraphError
from engine.streams import F64

NOTHING_NEW = np.zeros((0, at.ROW))


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
        self._design = design_for(rate)
        self._memory = np.zeros(int(self._design[at.ENDS + at.PARTS - 1]))
        self._count = np.zeros(at.COUNT_SLOTS, dtype=np.int64)
        self._rows = np.zeros((256, at.ROW))
        self._clock = int(self._design[at.ENDS + 2]) + LAST
        self.reset()

    @property
    def delay(self) -> float:
        """Seconds from an R peak of ordinary width to its confirmation."""
        return float(self._design[at.DELAY2] + self._design[at.WAIT]) / self.rate

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
        if len(x) != len(t):
            raise GraphError(
                f"{len(x)} samples came with {len(t)} stamps", hint="give each sample its own"
            )
        count = self._count
        try:
            n = push(self._design, self._memory, count, x, t, self._rows)
        except TypeError:
            # Another type or layout than the kernel takes; asking first costs more than it does.
            x = np.ascontiguousarray(x, dtype=np.float64)
            t = np.ascontiguousarray(t, dtype=np.float64)
            n = push(self._design, self._memory, count, x, t, self._rows)
        while n < 0:
            grown = np.zeros((2 * self._rows.shape[0], at.ROW))
            grown[: self._rows.shape[0]] = self._rows
            self._rows = grown
            n = push(self._design, self._memory, count, x, t, self._rows)
        return self._rows[:n] if n else NOTHING_NEW

    def reset(self) -> None:
        """Forget the person: the next sample is the first."""
        begin_anew(self._design, self._memory, self._count)
