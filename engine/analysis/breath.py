"""Breathing of a recording: its rate second by second, and over the whole."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.analysis.naming import NAMES
from engine.analysis.passing import Heard
from engine.analysis.rhythm import TOO_MUCH, Rhythm
from engine.dsp.metric import Metric, Why
from engine.streams import F64

LEAST = 30.0
"""s with a rate that the whole needs."""
LEAST_DERIVED = 0.2
"""Share of the time that needs a rate where only the heartbeats tell it: fewer moments do not
stand for the whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Breath:
    """How the person breathed.

    Attributes
    ----------
    t, rate_bpm, quality
        Once a second, ``(n,)``: s on the graph's clock; breaths a minute, NaN where the
        breath was too uneven to tell; confidence 0..1.
    belt
        Whether a breathing sensor told it, or only the heartbeats.
    fit
        How well the sensor moved, 0..1; NaN without one.
    metrics
        Over the whole recording.
    """

    t: F64
    rate_bpm: F64
    quality: F64
    belt: bool
    fit: float
    metrics: Mapping[str, Metric]

    @property
    def known(self) -> float:
        """Share of the time with a rate, 0..1."""
        return float(np.mean(np.isfinite(self.rate_bpm))) if len(self.t) else 0.0


def breath(heard: Heard, rhythm: Rhythm) -> Breath | None:
    """Return how the person breathed; None if nothing tells it.

    Where the rhythm is irregular the heartbeats tell nothing of the breath.
    """
    rows = heard.rows.get("resp.rate")
    if rows is None:
        return None
    belt = "resp" in heard.sources
    # Without a belt an estimate may be stamped just outside the recording.
    inside = (rows.t >= 0.0) & (rows.t <= heard.lasts + 1.0)
    t, rate = rows.t[inside], rows.axis("value")[inside].copy()
    quality = rows.axis("quality")[inside].copy()
    if not belt:
        whole = rhythm.share(0.0, heard.lasts) > TOO_MUCH
        blind = np.full(len(t), whole) | rhythm.during(t)
        rate[blind], quality[blind] = np.nan, 0.0
    fits = heard.rows.get("resp.quality")
    fit = float(np.mean(fits.x[:, 0])) if belt and fits is not None and len(fits.t) else math.nan
    there = np.isfinite(rate)
    seconds = float(np.count_nonzero(there))
    share = seconds / len(t) if len(t) else 0.0
    enough = seconds >= LEAST and (belt or share >= LEAST_DERIVED)
    metric = Metric(
        float(np.median(rate[there])) if enough else math.nan, enough,
        float(quality.mean()) if len(t) else 0.0, 0.0, seconds, "1/min",
        NAMES["rate_bpm"].meaning.en, why=None if enough else Why.MISSING,
    )  # fmt: skip
    return Breath(t, rate, quality, belt, fit, {"rate_bpm": metric})
