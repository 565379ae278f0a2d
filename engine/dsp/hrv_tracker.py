"""Keeps heart rate and its variability up to date, and says when they must not be shown."""

import math
from dataclasses import dataclass

import numpy as np

from engine.dsp import hrv_follow as to
from engine.dsp import rr_layout as at
from engine.dsp.hrv_follow import SILENCE, USUAL, follow, follow_events, tell
from engine.dsp.rr_layout import Beat
from engine.streams import F64

AT_ONCE = 16
"""A call rarely brings more rows than this."""

__all__ = ["SILENCE", "USUAL", "HeartState", "HeartTracker", "Interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A judged interval.

    ``t`` is the time of its second beat (s), ``nn_ms`` the repaired interval, standing
    for ``stands_for`` beats; ``difference_ms`` is NaN unless it may enter RMSSD.
    """

    t: float
    nn_ms: float
    code: Beat
    stands_for: int
    difference_ms: float
    quality: float


@dataclass(frozen=True, slots=True)
class HeartState:
    """What is known of the heart at one moment; NaN is "not known".

    The quality of the rate is the mean quality of the beats in its window times the share
    that needed no correction in the last minute. That of variability takes the share
    squared, and falls by half where the value may be off by 30 % (pNN50: 10 points) because
    of what was left out. It is 0 where the value is NaN.
    """

    rate: float
    rate_quality: float
    rmssd_ms: float
    rmssd_quality: float
    sdnn_ms: float
    sdnn_quality: float
    pnn50: float
    corrected: float
    irregular: bool
    burdened: bool
    ultra_short: bool
    """RMSSD rests on less than a minute."""
    pnn50_quality: float
    rmssd_doubt: float
    """By which share RMSSD may be off: sampling, and differences left out that may be true."""
    sdnn_doubt: float
    """By which share SDNN may be off because of what was repaired."""
    pnn50_doubt: float
    """By how much pNN50 may be, 0..1 of the differences."""
    rmssd_chance: float
    """By which share another minute's RMSSD would differ by mere chance (`hrv_chance`)."""
    sdnn_chance: float
    """The same of SDNN."""
    pnn50_chance: float
    """The same of pNN50, 0..1 of the differences."""


class HeartTracker:
    """From beats to heart rate, RMSSD, SDNN and pNN50, artefacts taken out.

    Feed it every beat with `beat` and ask for the `state` at any time, or feed it events in
    bulk with `push`. Heart rate counts repaired intervals; RMSSD and pNN50 only true
    differences; all of them lag two beats behind, the price of judging an interval by
    what follows it.

    Parameters
    ----------
    silence
        Seconds without a beat after which nothing is known any more; longer for devices
        that tell of their beats late.
    """

    def __init__(self, silence: float = SILENCE) -> None:
        self._mind = np.zeros(to.MIND)
        self._mind[to.LAST] = -math.inf
        self._mind[to.BEFORE] = math.nan
        self._mind[to.PATIENCE] = silence
        self._make_room(AT_ONCE)

    def push(self, events: F64, known: F64) -> F64:
        """Take events as the detector tells them.

        Parameters
        ----------
        events
            (n, 7) as `engine.graph.cardiac_beats.EVENT_AXES`.
        known
            (n,) s: when each became known.

        Returns
        -------
        (k, ROW)
            Rows as in `engine.dsp.hrv_follow`; a view that the next call overwrites.
        """
        try:
            n = follow_events(self._mind, events, known, self._rows)
        except TypeError:
            # Another type or layout than the kernel takes; asking first costs more than it does.
            events = np.ascontiguousarray(events, dtype=np.float64)
            known = np.ascontiguousarray(known, dtype=np.float64)
            n = follow_events(self._mind, events, known, self._rows)
        if n < 0:
            self._make_room(2 * len(events))
            n = follow_events(self._mind, events, known, self._rows)
        return self._told[n] if n < AT_ONCE else self._rows[:n]

    def _make_room(self, rows: int) -> None:
        self._rows = np.zeros((rows, to.ROW))
        # To cut a view costs a tenth of a beat.
        self._told = [self._rows[:n] for n in range(AT_ONCE)]

    def __getstate__(self) -> tuple[F64, int]:
        """Leave out the views: copied one by one they would show rows nobody writes any more."""
        return self._mind, len(self._rows)

    def __setstate__(self, state: tuple[F64, int]) -> None:
        """Begin with what was remembered, and rows of one's own."""
        self._mind, rows = state
        self._make_room(rows)

    def beat(
        self, t: float, rr_ms: float, quality: float, likeness: float = math.nan
    ) -> list[Interval]:
        """Take a beat at ``t`` (s) and return the intervals judged because of it.

        Parameters
        ----------
        t
            Time of the R peak or pulse, s.
        rr_ms
            Interval to the beat before; NaN if that one may not be the one before.
        quality
            How sure this beat is, 0..1.
        likeness
            To the person's usual beat, -1..1; NaN where there is no waveform.
        """
        n = follow(self._mind, self._rows, 0, t, rr_ms, quality, likeness)
        return [
            Interval(
                row[to.AT], row[to.NN], Beat(int(row[to.CODE])), int(row[to.COUNT]),
                row[to.DIFFERENCE], row[to.QUALITY],
            )
            for row in self._rows[:n].tolist()
        ]  # fmt: skip

    def breath(self, seconds: float) -> None:
        """Tell how long a breath lasts, s, as a guide knows it; NaN if not known."""
        self._mind[to.JUDGE_AT + at.BREATH] = 1000.0 * seconds if seconds > 0.0 else 0.0

    def state(self, t: float) -> HeartState:
        """Return what is known at ``t`` (s), which may be some time after a beat."""
        tell(self._mind, self._rows[0], t)
        row = self._rows[0].tolist()
        return HeartState(
            rate=row[to.RATE],
            rate_quality=row[to.RATE_QUALITY],
            rmssd_ms=row[to.RMSSD],
            rmssd_quality=row[to.RMSSD_QUALITY],
            sdnn_ms=row[to.SDNN],
            sdnn_quality=row[to.SDNN_QUALITY],
            pnn50=row[to.PNN50],
            corrected=row[to.CORRECTED],
            irregular=row[to.IRREGULAR] > 0.0,
            burdened=row[to.BURDENED] > 0.0,
            ultra_short=row[to.ULTRA_SHORT] > 0.0,
            pnn50_quality=row[to.PNN50_QUALITY],
            rmssd_doubt=row[to.RMSSD_DOUBT],
            sdnn_doubt=row[to.SDNN_DOUBT],
            pnn50_doubt=row[to.PNN50_DOUBT],
            rmssd_chance=row[to.RMSSD_CHANCE],
            sdnn_chance=row[to.SDNN_CHANCE],
            pnn50_chance=row[to.PNN50_CHANCE],
        )
