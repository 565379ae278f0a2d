"""Heart rate and its variability over the whole recording and over parts of it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from engine.analysis.beats import Intervals
from engine.analysis.rhythm import TOO_MUCH, Rhythm
from engine.dsp import rr_layout as at
from engine.dsp.hrv_follow import MADE_UP
from engine.dsp.hrv_limits import BY_BREATH, INDICES
from engine.dsp.hrv_rsa import swing_of_all
from engine.dsp.hrv_spectrum import HOLE
from engine.dsp.hrv_trust import NOTHING
from engine.dsp.hrv_whole import metric_of, whole_hrv
from engine.dsp.metric import Metric, Why
from engine.streams import F64

MOST_CORRECTED = INDICES["rmssd_ms"].most_corrected
MOST_CORRECTED_ORDER = min(index.most_corrected for index in INDICES.values())
SURE = MADE_UP
"""An interval that touches a beat of lower quality is not used."""
ALL_ALIKE = 20
"""So many intervals that are the same to the last digit were not measured."""
COVERED = 0.5
"""Share of a stretch that must be usable heartbeat before its variability stands for it."""


class Withheld(StrEnum):
    """Why variability, or part of it, is not told."""

    NOTHING = "no heartbeat"
    IRREGULAR = "rhythm too irregular"
    CORRECTED = "too many corrected beats"
    MISSING = "too much missing"
    CORRECTED_ORDER = "too many corrected beats for some indices"
    INTERRUPTED = "interrupted"
    CONSTANT = "every interval the same"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch ``start`` to ``end``, s, and its metrics by name.

    Attributes
    ----------
    covered
        Share of it that was heartbeat fit for use, 0..1.
    corrected
        Share of its intervals that were corrected, 0..1.
    quality
        Mean quality of the beats used, 0..1; that of a metric is at most this times ``covered``
        and the share that needed no correction, squared where differences count, as live.
    withheld
        Why some metrics are not valid besides the stretch being too short for them.
    """

    start: float
    end: float
    metrics: Mapping[str, Metric]
    covered: float
    corrected: float
    quality: float
    withheld: tuple[Withheld, ...]


def stretch(found: Intervals, rhythm: Rhythm, start: float, end: float, *, onsets: F64) -> Stretch:
    """Return the metrics of ``start`` to ``end``, s; what must not be told is NaN, not valid.

    Where the rhythm was irregular for a small part of the stretch only, that part is left
    out; where it was for more, variability is withheld. ``onsets`` (n,) s is when a breathing
    sensor felt breaths in begin.
    """
    irregular = rhythm.share(start, end) > TOO_MUCH
    # Intervals that touch the stretch: a minute then holds a whole minute of heartbeat.
    inside = (found.t > start) & (found.t - found.ms / 1000.0 < end)
    t, nn, code = found.t[inside], found.nn_ms[inside].copy(), found.code[inside]
    may = found.may_be_ms[inside].copy()
    count = found.count[inside].astype(np.float64)
    unsure = found.quality[inside] < SURE
    nn[unsure] = may[unsure] = np.nan
    if irregular:
        # What the classifier repairs then is no fault: the mean is that of all intervals.
        sure = np.isfinite(nn) & (code != at.LEARN) & (code != at.GAP)
        nn = np.where(sure, found.ms[inside], np.nan)
        code, count = np.where(sure, at.NORMAL, code), np.ones(len(t))
        may[:] = np.nan
    else:
        nn[rhythm.during(t)] = np.nan
    used = np.isfinite(nn) & (code != at.LEARN) & (code != at.GAP)
    heartbeat = float(nn[used] @ count[used]) / 1000.0
    covered = min(1.0, heartbeat / max(end - start, 1e-9))
    corrected = float(np.mean(code[used] != at.NORMAL)) if used.any() else 0.0
    quality = float(found.quality[inside][used].mean()) if used.any() else 0.0
    metrics = dict(whole_hrv(
        t, nn, found.difference_ok[inside], corrected, quality * covered,
        code=code.astype(np.float64), stands_for=count, may_be_ms=may, irregular=irregular,
    ))  # fmt: skip
    breaths = onsets[(onsets >= start) & (onsets <= end)]
    swing = swing_of_all(
        t[used], (nn * count)[used], quality, code[used] == at.NORMAL, may[used], breaths
    )
    metrics["rsa_ms"] = metric_of(
        BY_BREATH["rsa_ms"],
        replace(NOTHING, why=Why.IRREGULAR) if irregular else swing,
        swing.corrected,
    )
    missing = covered < COVERED
    # Of a heart no twenty intervals are the same to the last digit; of a curve or a template, all.
    constant = int(np.sum(used)) >= ALL_ALIKE and float(np.ptp(nn[used])) == 0.0
    why = [
        reason
        for reason, holds in (
            (Withheld.NOTHING, not used.any()),
            (Withheld.IRREGULAR, irregular),
            (Withheld.CORRECTED, corrected > MOST_CORRECTED),
            (Withheld.MISSING, missing and bool(used.any())),
            (Withheld.CORRECTED_ORDER, MOST_CORRECTED_ORDER < corrected <= MOST_CORRECTED),
            (Withheld.CONSTANT, constant),
            (Withheld.INTERRUPTED, _longest_hole(t[used], nn[used]) > HOLE),
        )
        if holds
    ]
    if missing or constant:
        metrics = {
            name: metric if name in {"hr_bpm", "mean_nn_ms"} else _hidden(metric, missing=missing)
            for name, metric in metrics.items()
        }
    return Stretch(start, end, metrics, covered, corrected, quality, tuple(why))


def windows(
    found: Intervals, rhythm: Rhythm, lasts: float, window: float, step: float, *, onsets: F64
) -> Iterator[Stretch]:
    """Yield the metrics of every full ``window`` of the recording, ``step`` s apart."""
    # A recording of five minutes ends a sample, or half a beat, before five minutes.
    count = math.floor((lasts + 1.0 - window) / step) + 1
    for start in (i * step for i in range(max(count, 0))):
        yield stretch(found, rhythm, start, start + window, onsets=onsets)


def _hidden(metric: Metric, *, missing: bool) -> Metric:
    hidden = Why.MISSING if missing else Why.NONE
    why = metric.why if metric.why in {Why.IRREGULAR, Why.SHORT} else hidden
    return replace(metric, value=math.nan, valid=False, quality=0.0, doubt=math.nan, why=why)


def _longest_hole(t: F64, nn: F64) -> float:
    """Return the longest time between two intervals that no interval fills, s."""
    return float(np.max(np.diff(t) - nn[1:] / 1000.0)) if len(t) > 1 else 0.0
