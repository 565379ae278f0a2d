"""Finds heartbeats in an electrocardiogram while it is being recorded."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.cardiac_quality import BeatQuality
from engine.dsp.qrs_clock import SampleClock
from engine.dsp.qrs_design import design_for, window_size
from engine.dsp.qrs_step import step
from engine.streams import F64

GAP_SAMPLES = 5
"""A step in the stamps of more than this many samples is a gap."""
BRIDGED = 2.0
"""Over a gap of up to this many seconds the detector keeps what it learned."""
BLOCK = 4.0
"""Longest stretch the kernel is given at once, s."""


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
        self._gap = GAP_SAMPLES / rate
        self._block = int(BLOCK * rate)
        self._state = np.zeros(at.STATE_SLOTS + window_size(self._design))
        self._count = np.zeros(at.COUNT_SLOTS, dtype=np.int64)
        self._raw = np.zeros(int(self._design[at.MASK]) + 1)
        self._templates = np.zeros((at.TEMPLATES, int(self._design[at.POINTS])))
        self._rows = np.zeros((256, at.ROW))
        self._clock = SampleClock(rate)
        self._quality = BeatQuality()
        self._last = math.nan
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
            When each sample was taken, s; None counts samples from 0.0.

        Returns
        -------
        (k, ROW)
            Rows as in `engine.dsp.qrs_layout`, times in s, in the order they became
            known. A view that the next push overwrites.
        """
        x = np.ascontiguousarray(x, dtype=np.float64)
        if t is None:
            begin = 0.0 if math.isnan(self._last) else self._last + 1.0 / self.rate
            t = begin + np.arange(x.shape[0]) / self.rate
        t = np.ascontiguousarray(t, dtype=np.float64)
        n = 0
        for first, last in self._stretches(t):
            if first:
                n = self._cross(float(t[first]) - self._last, n)
            elif not math.isnan(self._last):
                n = self._cross(float(t[0]) - self._last, n)
            n = self._take(x[first:last], t[first:last], n)
            self._last = float(t[last - 1])
        return self._rows[:n]

    def reset(self) -> None:
        """Forget the person: the next sample is the first."""
        self._restart()
        self._last = math.nan

    def _restart(self) -> None:
        self._state[:] = 0.0
        self._state[at.SPARE_SCORE] = at.NOTHING
        self._state[at.PREVIOUS_R] = at.NOTHING
        self._count[:] = 0
        self._count[at.HIDDEN_TO] = -1
        self._templates[:] = 0.0
        self._clock.reset()
        self._quality.reset()

    def _stretches(self, t: F64) -> Iterator[tuple[int, int]]:
        """Yield the index ranges between gaps."""
        if t.shape[0] == 0:
            return
        cuts = np.flatnonzero(np.abs(np.diff(t) - 1.0 / self.rate) > self._gap) + 1
        edges = [0, *cuts.tolist(), t.shape[0]]
        yield from pairwise(edges)

    def _cross(self, step_length: float, n: int) -> int:
        """Get over whatever lies between the last sample and the next one."""
        period = 1.0 / self.rate
        if abs(step_length - period) <= self._gap:
            return n
        if period < step_length <= BRIDGED:
            missing = round(step_length * self.rate) - 1
            stamps = self._last + step_length * np.arange(1, missing + 1) / (missing + 1)
            return self._take(np.full(missing, np.nan), stamps, n)
        self._restart()
        self._reserve(n)
        row = self._rows[n]
        row[:] = 0.0
        row[at.KIND] = at.SECOND
        row[at.TIME] = row[at.KNOWN] = self._last + step_length
        return n + 1

    def _take(self, x: F64, t: F64, n: int) -> int:
        """Run the kernel over a stretch without gaps, from row ``n`` on."""
        for first in range(0, x.shape[0], self._block):
            part = slice(first, first + self._block)
            self._clock.push(t[part])
            self._reserve(n)
            made = step(
                self._design, self._state, self._count, self._raw, self._templates,
                x[part], self._rows[n:],
            )  # fmt: skip
            for row in self._rows[n : n + made]:
                self._date(row)
            n += made
        return n

    def _date(self, row: F64) -> None:
        """Turn samples into seconds and presence into quality."""
        known = float(row[at.KNOWN])
        t = self._clock.at(float(row[at.TIME]), known)
        row[at.TIME] = t
        row[at.KNOWN] = self._clock.at(known, known)
        kind = int(row[at.KIND])
        if kind in {at.CONFIRMED, at.LATE}:
            self._quality.beat(t, float(row[at.QUALITY]))
        elif kind == at.RETRACTED:
            self._quality.retract(t)
        elif kind == at.SECOND:
            row[at.QUALITY] = self._quality.second(t, float(row[at.QUALITY]))

    def _reserve(self, n: int) -> None:
        """Keep room for all a block can bring (a dozen rows a second at the very most)."""
        needed = n + int(12 * BLOCK) + 1
        if needed > self._rows.shape[0]:
            grown = np.zeros((2 * needed, at.ROW))
            grown[:n] = self._rows[:n]
            self._rows = grown
