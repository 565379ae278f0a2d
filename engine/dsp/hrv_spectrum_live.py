"""Follows the heart's variability during a session: spectra, coherence, breath swings."""

import itertools
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.dsp.hrv_coherence import UNKNOWN, Coherence
from engine.dsp.hrv_limits import INDICES, ORDER, RHYTHM, SPECTRUM
from engine.dsp.hrv_retold import TELLINGS
from engine.dsp.hrv_rsa import BREATHS, LONGEST, BreathSwings
from engine.dsp.hrv_sequence import sequence_of
from engine.dsp.hrv_spectrum import BANDS, STRETCH
from engine.dsp.hrv_spectrum_beats import Tachogram, tachogram
from engine.dsp.hrv_spectrum_paced import PacedSwing, continues
from engine.dsp.hrv_spectrum_told import bands_told, coherence_told
from engine.dsp.hrv_spectrum_window import (
    FRESH,
    coherence_of,
    share_of,
    spectra_of,
    swings_of,
    tellings_of,
)
from engine.dsp.hrv_trust import NOTHING, Told, told
from engine.dsp.rr_layout import GAP, LEARN, NORMAL
from engine.pace import Pace
from engine.streams import F64

EVERY = 5.0
"""s between values."""
STRETCHES = 3
"""Spectra averaged, `APART` steps from one to the next: 124 s in all."""
APART = 6
HISTORY = 300.0
"""s of heartbeat entropy, scaling and stress index look back at most."""
KEPT = HISTORY + 60.0
JUDGED = 6.0
"""s after which the intervals of a breath are judged."""
JUST_NOW = 1.0
"""s ago a guide may have begun to breathe when it is first heard of."""


@dataclass(frozen=True, slots=True)
class Variability:
    """What is known of the heart's variability at one moment; NaN is "not known".

    Attributes
    ----------
    values
        By name, `VALUES`: spectral ones are the mean of three spectra over 124 s, coherence is of
        the newest 64 s, ``rsa_ms`` of three breaths, ``paced_ms`` of the guide's newest three,
        entropy, scaling and stress index (reported, never steered on) of the newest 300 s (180 s
        are enough for the first two).
    coherence
        The same with its interval.
    paced_at
        Where in the guide's breath the interval is shortest.
    """

    values: Mapping[str, Told]
    coherence: Coherence
    paced_at: float


VALUES = (
    *BANDS, "coherence_ratio", "coherence_hz", "rsa_ms", "paced_ms",
    "sampen", "dfa_alpha1", "stress_index",
)  # fmt: skip
SPECTRAL_S = STRETCH + EVERY * APART * (STRETCHES - 1)


@dataclass(slots=True)
class LiveVariability:
    """Feed every judged interval in order of time; ask `at` every `EVERY` seconds."""

    _rows: deque[tuple[float, float, float, float, float, float]] = field(
        default_factory=deque[tuple[float, float, float, float, float, float]]
    )
    _spectra: deque[F64 | None] = field(
        default_factory=lambda: deque(maxlen=APART * (STRETCHES - 1) + 1)
    )
    _felt: BreathSwings = field(default_factory=BreathSwings)
    _guided: BreathSwings = field(default_factory=BreathSwings)
    _paced: PacedSwing = field(default_factory=PacedSwing)
    _pace: Pace | None = None
    _next: float = math.inf

    def interval(
        self,
        t: float,
        nn_ms: float,
        code: float,
        stands_for: float,
        quality: float,
        may_be_ms: float = math.nan,
    ) -> None:
        """Take a judged interval that ended at ``t`` (s); columns as in ``heart.nn``."""
        self._rows.append((t, nn_ms, code, stands_for, quality, may_be_ms))
        while self._rows[0][0] < t - KEPT:
            self._rows.popleft()
        if code in {LEARN, GAP} or stands_for < 1.0:
            return
        normal = code == NORMAL
        for swings in (self._felt, self._guided):
            swings.interval(t, nn_ms * stands_for, quality, normal=normal, may_be_ms=may_be_ms)
        if normal:
            self._paced.interval(t, nn_ms)

    def breath(self, onset: float) -> None:
        """Take the beginning of a breath in that a sensor felt."""
        self._felt.breath(onset)

    def guide(self, t: float, pace: Pace | None) -> None:
        """Follow this guide from ``t`` (s) on; None, or one that is hidden, is no guide."""
        if pace is not None and pace.guide <= 0.0:
            pace = None
        if pace == self._pace:
            return
        self._count_guided(t)
        before, self._pace = self._pace, pace
        self._paced.guide(pace)
        if pace is None:
            self._guided.clear_breaths()
        elif before is None or not continues(before, pace):
            self._guided.clear_breaths()
            self._next = pace.start if pace.start > t - JUST_NOW else pace.next_breath(t)
        else:
            self._next = pace.next_breath(max(self._guided.newest_breath, pace.start - 1.0) + 0.1)

    def at(self, t: float, *, steady: bool) -> Variability:
        """Return what is known at ``t``, which lies `EVERY` after the time before.

        Parameters
        ----------
        t
            s.
        steady
            Whether the rhythm allows numbers of variability at all.
        """
        self._count_guided(t)
        # Number by number: a third of the time it takes to find out how deep the table is.
        numbers = itertools.chain.from_iterable(self._rows)
        rows = np.fromiter(numbers, np.float64, 6 * len(self._rows)).reshape(-1, 6)
        gram = tachogram(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 5])
        share = share_of(rows, STRETCH)
        series = tellings_of(gram, t) if steady else None
        usable = series is not None and share.corrected <= SPECTRUM
        self._spectra.append(spectra_of(series) if series is not None and usable else None)
        values = dict.fromkeys(VALUES, NOTHING)
        values |= self._bands(rows)
        found = UNKNOWN
        if series is not None and share.corrected <= RHYTHM:
            found = coherence_of(series)
            values |= coherence_told(found, share)
        paced_at = math.nan
        if steady:
            values["rsa_ms"] = self._swing(t)
            values["paced_ms"], paced_at = self._at_guide(t, rows, gram)
            late = gram.newest(HISTORY)
            of_order = share_of(rows, HISTORY)
            if of_order.corrected <= ORDER and late.length >= INDICES["sampen"].least:
                values |= sequence_of(late, of_order)
        return Variability(values, found, paced_at)

    def _bands(self, rows: F64) -> dict[str, Told]:
        """Average the newest spectra, if there are enough of them without a gap."""
        if len(self._spectra) < APART * (STRETCHES - 1) + 1:
            return {}
        chosen = [self._spectra[APART * k] for k in range(STRETCHES)]
        known = [power for power in chosen if power is not None]
        if len(known) < STRETCHES:
            return {}
        return bands_told(known, share_of(rows, SPECTRAL_S), SPECTRAL_S)

    def _swing(self, t: float) -> Told:
        """Return the swing with the breaths felt, or where none are, with those guided."""
        is_felt = t - self._felt.newest_breath <= JUDGED + LONGEST
        return (self._felt if is_felt else self._guided).at(t - JUDGED)

    def _at_guide(self, t: float, rows: F64, gram: Tachogram) -> tuple[Told, float]:
        """Return the swing with the guide, if what it rests on is new and sound."""
        swing, shortest_at, chance = self._paced.now()
        if self._pace is None or math.isnan(swing) or t - self._paced.newest > FRESH:
            return NOTHING, math.nan
        seconds = BREATHS * self._pace.period
        values = np.full(TELLINGS, swing)
        again = tellings_of(gram, t, seconds)
        if again is not None:
            swings = swings_of(again, self._pace)
            # By how much each telling swings more or less than the stretch as it is.
            values *= np.where(swings[0] > 0.0, swings / swings[0], 1.0)
        made = told("paced_ms", values, chance, share_of(rows, seconds), seconds)
        return made, shortest_at if made.quality > 0.0 else math.nan

    def _count_guided(self, t: float) -> None:
        """Take the guide's breaths that have begun by ``t``."""
        while self._pace is not None and self._next <= t:
            self._guided.breath(self._next)
            self._next = self._pace.next_breath(self._next + 0.1)
