"""Keeps heart rate and its variability up to date, and says when they must not be shown."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from engine.dsp import rr_layout as at
from engine.dsp.hrv_window import BeatWindow
from engine.dsp.rr_layout import Beat
from engine.dsp.rr_repair import RrClassifier

RATE_SPAN, RATE_LEAST, RATE_AGE, RATE_FRESH = 10.0, 10.0, 20.0, 8.0
"""Heart rate: s of heartbeat averaged, needed; how old the oldest, the newest may be."""
HRV_SPAN, HRV_AGE = 60.0, 75.0
RMSSD_LEAST, RMSSD_JOINED, SDNN_LEAST = 30.0, 15.0, 60.0
"""Seconds of heartbeat RMSSD needs, those of them with true differences, and for SDNN."""
SILENCE = 3.0
"""s without a beat after which nothing is known any more, and no interval is one."""
PLAUSIBLE = 0.25
"""Intervals from before the level was known count if they are this near to it."""
USUAL = 0.7
"""A beat less like the person's usual one than this is none of a normal interval's. On
record 102 (paced) all ventricular beats lie below, 1 of 99 normal ones."""
ROUNDING = 1e-6
"""A window is full up to this many seconds."""


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

    ``quality`` is the mean quality of the beats in the value's window times the share
    that needed no correction in the last minute; 0 where the value is NaN.
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


class HeartTracker:
    """From beats to heart rate, RMSSD, SDNN and pNN50, artefacts taken out.

    Feed it every beat with `beat`; ask for the `state` at any time.
    Heart rate counts repaired intervals; RMSSD and pNN50 only true differences; all of
    them lag two beats behind, the price of judging an interval by what follows it.

    Parameters
    ----------
    silence
        Seconds without a beat after which nothing is known any more; longer for devices
        that tell of their beats late.
    """

    def __init__(self, silence: float = SILENCE) -> None:
        self.silence = silence
        self._classifier = RrClassifier()
        self._rate = BeatWindow(RATE_SPAN, RATE_AGE)
        self._hrv = BeatWindow(HRV_SPAN, HRV_AGE)
        self._waiting: deque[tuple[float, float, float, bool]] = deque(maxlen=8)
        self._early: deque[Interval] = deque(maxlen=at.RING)
        self._before_ms = math.nan
        self._after_foreign = False
        self._foreign_beat = False
        self._last = -math.inf

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
        foreign = likeness < USUAL
        touched = foreign or self._foreign_beat
        self._foreign_beat = foreign
        if math.isfinite(self._last) and t - self._last > SILENCE:
            rr_ms = math.nan
        self._last = max(self._last, t)
        rows = self._classifier.push(rr_ms)
        if math.isfinite(rr_ms) and self._classifier.waiting > 0:
            self._waiting.append((t, rr_ms, quality, touched))
        judged = [self._judged(*self._waiting.popleft(), *row) for row in rows.tolist()]
        if self._classifier.waiting == 0:
            self._waiting.clear()
            self._before_ms = math.nan
        for interval in judged:
            self._count(interval)
        return judged

    def state(self, t: float) -> HeartState:
        """Return what is known at ``t`` (s), which may be some time after a beat."""
        self._rate.advance(t)
        self._hrv.advance(t)
        classifier = self._classifier
        corrected = self._hrv.corrected
        sound = 1.0 - corrected
        heard = t - self._last <= self.silence
        steady = heard and not (classifier.is_irregular or classifier.is_burdened)
        hrv = self._hrv
        has_rate = (
            heard
            and self._rate.length >= RATE_LEAST - ROUNDING
            and t - self._rate.newest <= RATE_FRESH + self.silence - SILENCE
        )
        has_rmssd = steady and hrv.length >= RMSSD_LEAST and hrv.joined_length >= RMSSD_JOINED
        has_sdnn = steady and hrv.length >= SDNN_LEAST - ROUNDING
        return HeartState(
            rate=self._rate.rate if has_rate else math.nan,
            rate_quality=self._rate.quality * sound if has_rate else 0.0,
            rmssd_ms=hrv.rmssd_ms if has_rmssd else math.nan,
            rmssd_quality=hrv.quality * sound if has_rmssd else 0.0,
            sdnn_ms=hrv.sdnn_ms if has_sdnn else math.nan,
            sdnn_quality=hrv.quality * sound if has_sdnn else 0.0,
            pnn50=hrv.pnn50 if has_rmssd else math.nan,
            corrected=corrected,
            irregular=classifier.is_irregular,
            burdened=classifier.is_burdened,
            ultra_short=has_rmssd and hrv.length < SDNN_LEAST - ROUNDING,
        )

    def _judged(
        self, t: float, rr_ms: float, quality: float, touched: bool,  # noqa: FBT001
        code: float, nn_ms: float, stands_for: float, difference_ok: float,
    ) -> Interval:  # fmt: skip
        """Put together what was known of an interval with what became of it."""
        usual = not (touched or self._after_foreign)
        difference = rr_ms - self._before_ms if difference_ok > 0 and usual else math.nan
        self._before_ms = rr_ms
        self._after_foreign = touched
        kind = Beat(int(code))
        if touched and kind is Beat.NORMAL:
            kind = Beat.FOREIGN
        return Interval(t, nn_ms, kind, int(stands_for), difference, quality)

    def _count(self, interval: Interval) -> None:
        """Let the interval into the windows it belongs to."""
        if interval.code is Beat.LEARN:
            self._early.append(interval)
        for early in self._now_plausible():
            self._rate.push(early.t, early.nn_ms, quality=early.quality)
        if interval.code in {Beat.LEARN, Beat.GAP}:
            return
        for window in (self._rate, self._hrv):
            window.push(
                interval.t, interval.nn_ms, stands_for=interval.stands_for,
                difference_ms=interval.difference_ms, quality=interval.quality,
                corrected=interval.code is not Beat.NORMAL,
                varies=interval.code is not Beat.FOREIGN,
            )  # fmt: skip

    def _now_plausible(self) -> Iterator[Interval]:
        """Yield intervals that were not judged but lie near the level now known."""
        level = self._classifier.level_ms
        if math.isnan(level):
            return
        while self._early:
            early = self._early.popleft()
            if abs(early.nn_ms / level - 1.0) < PLAUSIBLE:
                yield early
