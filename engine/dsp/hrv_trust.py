"""Puts a value, how far it may be off, and what it rests on together, or withholds it."""

import math
from dataclasses import dataclass

import numpy as np

from engine.dsp.hrv_limits import BY_BREATH, INDICES, Index
from engine.dsp.hrv_retold import WIDER, moved
from engine.dsp.metric import Why
from engine.streams import F64

ROUNDING = 1e-6
"""A window is full up to this many seconds."""
MOST = 4.0 / 3.0
"""Times the doubt that halves quality beyond which nothing is told."""
LITTLE = 1e-9
"""Less than this of a power or ratio is none."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a window rests on: mean quality of its beats times the share not corrected."""

    quality: float
    corrected: float


NO_SHARE = Share(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Told:
    """A value that may be shown; NaN, of quality 0, where it may not.

    Attributes
    ----------
    value
        In the unit of its index (`engine.dsp.hrv_limits.INDICES`).
    quality
        Of what it rests on, 0..1, half where corrections may have moved it by the index's
        ``doubtful``.
    corrected
        Share of its intervals that were corrected.
    window_s
        Seconds of heartbeat it rests on.
    doubt
        How far it may be off, one standard deviation in its own unit: because of
        corrections, and because another stretch as short would have told another value.
    why
        Why there is no value; None where there is one.
    """

    value: float
    quality: float
    corrected: float
    window_s: float
    doubt: float
    why: Why | None = None


NOTHING = Told(math.nan, 0.0, 0.0, 0.0, math.nan, Why.SHORT)


def told(
    name: str, values: F64, chance: float, share: Share, window_s: float,
    *, steady: bool = True, coarse: float = 0.0,
) -> Told:  # fmt: skip
    """Return the index ``name`` from its tellings, or nothing where it must not be shown.

    Parameters
    ----------
    name
        Of `engine.dsp.hrv_limits`.
    values
        (TELLINGS,) as `engine.dsp.hrv_retold.tellings`; the first is the value.
    chance
        Standard deviation that the shortness of the stretch brings, in the unit.
    share, window_s
        What it rests on.
    steady
        Whether the rhythm is regular.
    coarse
        How far the steps in which intervals are told may have moved it, as the index counts.
    """
    index = INDICES[name] if name in INDICES else BY_BREATH[name]
    value = float(values[0])
    off = moved(np.log(np.maximum(values, LITTLE)) if index.relative else values)
    off = math.hypot(off, coarse)
    return judged(index, value, off, chance, share, window_s, steady=steady, wider=WIDER)


def judged(
    index: Index, value: float, off: float, chance: float, share: Share, window_s: float,
    *, steady: bool = True, wider: float = 1.0,
) -> Told:  # fmt: skip
    """Return a value which corrections may have moved by ``off``, as the index counts it.

    The doubt that is told is ``wider`` by that factor, for how few ways ``off`` is known from.
    """
    reasons = (
        (Why.IRREGULAR, index.needs_regular and not steady),
        (Why.SHORT, window_s < index.least - ROUNDING),
        (Why.CORRECTED, share.corrected > index.most_corrected),
        (Why.NONE, not math.isfinite(value)),
        (Why.DOUBTFUL, not off <= MOST * index.doubtful),
        (Why.FEW, not math.isfinite(chance)),
    )
    for why, holds in reasons:
        if holds:
            return Told(math.nan, 0.0, share.corrected, window_s, math.nan, why)
    return Told(
        value=value,
        quality=share.quality / (1.0 + (off / index.doubtful) ** 2),
        corrected=share.corrected,
        window_s=window_s,
        doubt=math.hypot(wider * off * (abs(value) if index.relative else 1.0), chance),
    )
