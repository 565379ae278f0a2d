"""Follows the heart's variability during a session: spectra, coherence, breath swings."""

import math
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from engine.dsp.hrv_coherence import UNKNOWN, Coherence
from engine.dsp.hrv_limits import FAST, RHYTHM, SPECTRUM
from engine.dsp.hrv_rsa import BREATHS, LONGEST, BreathSwing, BreathSwings
from engine.dsp.hrv_rsa import NOTHING as NO_SWING
from engine.dsp.hrv_spectrum import NOTHING, STRETCH, Bands, bands
from engine.dsp.hrv_spectrum_beats import tachogram
from engine.dsp.hrv_spectrum_paced import PacedSwing, continues
from engine.dsp.hrv_spectrum_window import (
    FRESH,
    NO_SHARE,
    Share,
    coherence_of,
    sequence_of,
    share_of,
    spectrum_of,
    window_of,
)
from engine.dsp.rr_layout import Beat
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
    bands, spectrum
        Mean of three spectra over 124 s, and what they rest on.
    coherence, rhythm
        Of the newest 64 s.
    swing
        Respiratory sinus arrhythmia of the newest three breaths.
    paced_ms, paced_at, paced
        Swing at the guide's rate over its newest three breaths, and where in the breath the
        interval is shortest.
    sampen, dfa_alpha1, stress_index, sequence, sequence_s
        Of the newest 300 s (180 s are enough for the first two). Reported, never steered on.
    """

    bands: Bands
    spectrum: Share
    coherence: Coherence
    rhythm: Share
    swing: BreathSwing
    paced_ms: float
    paced_at: float
    paced: Share
    sampen: float
    dfa_alpha1: float
    stress_index: float
    sequence: Share
    sequence_s: float


NOT_PACED = (math.nan, math.nan, NO_SHARE)


@dataclass(slots=True)
class LiveVariability:
    """Feed every judged interval in order of time; ask `at` every `EVERY` seconds."""

    _rows: deque[tuple[float, float, float, float, float]] = field(
        default_factory=deque[tuple[float, float, float, float, float]]
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
        self, t: float, nn_ms: float, code: float, stands_for: float, quality: float
    ) -> None:
        """Take a judged interval that ended at ``t`` (s); columns as in ``heart.nn``."""
        self._rows.append((t, nn_ms, code, stands_for, quality))
        while self._rows[0][0] < t - KEPT:
            self._rows.popleft()
        if code in {Beat.LEARN, Beat.GAP} or stands_for < 1.0:
            return
        normal = code == Beat.NORMAL
        self._felt.interval(t, nn_ms * stands_for, quality, normal=normal)
        self._guided.interval(t, nn_ms * stands_for, quality, normal=normal)
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
        rows = np.array(self._rows).reshape(-1, 5)
        gram = tachogram(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3])
        share = share_of(rows, STRETCH)
        window = window_of(gram, t) if steady else None
        self._spectra.append(spectrum_of(window) if share.corrected <= SPECTRUM else None)
        read, spectrum = self._bands(rows)
        found, rhythm = UNKNOWN, NO_SHARE
        if window is not None and share.corrected <= RHYTHM:
            found = coherence_of(window)
            rhythm = share if math.isfinite(found.ratio) else NO_SHARE
        paced_ms, paced_at, paced = self._at_guide(t, rows) if steady else NOT_PACED
        late = gram.newest(HISTORY)
        sampen, dfa, stress, sequence = math.nan, math.nan, math.nan, NO_SHARE
        if steady:
            sampen, dfa, stress, sequence = sequence_of(late, share_of(rows, HISTORY))
        return Variability(
            bands=read, spectrum=spectrum, coherence=found, rhythm=rhythm,
            swing=self._swing(t) if steady else NO_SWING,
            paced_ms=paced_ms, paced_at=paced_at, paced=paced, sampen=sampen, dfa_alpha1=dfa,
            stress_index=stress, sequence=sequence, sequence_s=late.length,
        )  # fmt: skip

    def _bands(self, rows: F64) -> tuple[Bands, Share]:
        """Average the newest spectra, if there are enough of them without a gap."""
        if len(self._spectra) < APART * (STRETCHES - 1) + 1:
            return NOTHING, NO_SHARE
        chosen = [self._spectra[APART * k] for k in range(STRETCHES)]
        known = [power for power in chosen if power is not None]
        if len(known) < STRETCHES:
            return NOTHING, NO_SHARE
        share = share_of(rows, STRETCH + EVERY * APART * (STRETCHES - 1))
        if share.corrected > SPECTRUM:
            return NOTHING, NO_SHARE
        read = bands(np.asarray(np.mean(known, axis=0), dtype=np.float64))
        if share.corrected > FAST:
            read = replace(read, hf_ms2=math.nan, lf_hf=math.nan, hf_peak_hz=math.nan)
        return read, share

    def _swing(self, t: float) -> BreathSwing:
        """Return the swing with the breaths felt, or where none are, with those guided."""
        is_felt = t - self._felt.newest_breath <= JUDGED + LONGEST
        return (self._felt if is_felt else self._guided).at(t - JUDGED)

    def _at_guide(self, t: float, rows: F64) -> tuple[float, float, Share]:
        """Return the swing with the guide, if what it rests on is new and sound."""
        swing, shortest_at = self._paced.now()
        if self._pace is None or math.isnan(swing) or t - self._paced.newest > FRESH:
            return NOT_PACED
        share = share_of(rows, BREATHS * self._pace.period)
        return (swing, shortest_at, share) if share.corrected <= RHYTHM else NOT_PACED

    def _count_guided(self, t: float) -> None:
        """Take the guide's breaths that have begun by ``t``."""
        while self._pace is not None and self._next <= t:
            self._guided.breath(self._next)
            self._next = self._pace.next_breath(self._next + 0.1)
