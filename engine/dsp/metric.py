"""One number with everything needed to trust it, or to see why it must not be trusted."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why a value is not told."""

    IRREGULAR = "rhythm too irregular"
    SHORT = "too short"
    CORRECTED = "too many corrected beats"
    MISSING = "too much missing"
    DOUBTFUL = "too doubtful"
    FEW = "too few unbroken stretches"
    NONE = "there is none"


@dataclass(frozen=True, slots=True)
class Metric:
    """A value of a stretch of recording.

    Attributes
    ----------
    value
        In ``unit``; NaN unless ``valid``.
    valid
        Whether it may be shown: enough heartbeat for this index, not too much of it
        corrected, a rhythm the index makes sense for.
    quality
        Of the signal it rests on, 0..1.
    corrected
        Share of its intervals that were flagged and repaired, 0..1.
    window_s
        Seconds of heartbeat it rests on.
    unit
        As written beside the number: ``ms``, ``ms2``, ``Hz``, ``1/min``, ``%``, ``1``.
    definition
        How it was computed, in one English sentence (Chinese and English:
        `engine.dsp.hrv_limits.INDICES`).
    doubt
        How far the value may be off, one standard deviation in ``unit``; NaN where no doubt is
        told.
    why
        Why there is no value; None where there is one.
    """

    value: float
    valid: bool
    quality: float
    corrected: float
    window_s: float
    unit: str
    definition: str
    doubt: float = math.nan
    why: Why | None = None
