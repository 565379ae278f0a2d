"""Skin conductance of a recording: its level, its responses, and a few numbers of both."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.analysis.naming import NAMES
from engine.analysis.passing import Heard
from engine.dsp.metric import Metric, Why
from engine.store.recording import Track
from engine.streams import F64

GOOD = 0.5
"""Quality from which a moment counts."""
STILL = 60.0
"""s on one and the same value after which it is no longer a measurement."""
LEAST_LEVEL, LEAST_COUNT = 10.0, 60.0
"""Good seconds a level and a count of responses need."""


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """What the skin did.

    Attributes
    ----------
    t, tonic_us, quality
        Once a second, ``(n,)``: s on the graph's clock, level in microsiemens (NaN where it
        cannot be told), quality 0..1.
    onset, peak, amplitude_us
        Confirmed responses, ``(k,)``.
    responder
        Whether the skin responds at all; None while that is not known.
    still
        Share of the time in which the signal stood on one value for a minute or more, 0..1.
    metrics
        Over the whole recording.
    """

    t: F64
    tonic_us: F64
    quality: F64
    onset: F64
    peak: F64
    amplitude_us: F64
    responder: bool | None
    still: float
    metrics: Mapping[str, Metric]

    @property
    def good(self) -> float:
        """Share of the time of good quality, 0..1."""
        return float(np.mean(self.quality >= GOOD)) if len(self.t) else 0.0


def _standing(track: Track) -> list[tuple[float, float]]:
    """Return when the signal stood on one value longer than any living skin, s."""
    there = np.flatnonzero(np.isfinite(track.x[:, 0]))
    t, x = track.t[there], track.x[there, 0]
    edges = np.flatnonzero(np.diff(x, prepend=np.nan, append=np.nan) != 0.0)
    if len(t) == 0:
        return []
    first, last = edges[:-1], edges[1:] - 1
    long = t[last] - t[first] >= STILL
    return list(zip(t[first[long]].tolist(), t[last[long]].tolist(), strict=True))


def skin(heard: Heard) -> Skin | None:
    """Return what the skin did; None if it was not recorded."""
    detail, scr = heard.rows.get("eda.detail"), heard.rows.get("eda.scr")
    if "eda" not in heard.sources or detail is None or scr is None:
        return None
    new = np.diff(np.floor(detail.t), prepend=-1.0) > 0
    t, tonic = detail.t[new], detail.axis("tonic_us")[new]
    quality = np.nan_to_num(detail.axis("quality")[new])
    standing = np.zeros(len(t), np.bool_)
    for start, end in _standing(heard.sources["eda"]):
        standing |= (t >= start) & (t <= end)
    tonic = np.where(standing, np.nan, tonic)
    quality[standing] = 0.0
    onset, amplitude = scr.axis("onset_s"), scr.axis("amplitude_us")
    responder = detail.axis("responder")
    known = responder[np.isfinite(responder)]
    good = (quality >= GOOD) & np.isfinite(tonic)
    seconds = float(np.count_nonzero(good))
    mean = float(quality.mean()) if len(quality) else 0.0

    def metric(name: str, value: float, least: float, unit: str) -> Metric:
        enough = seconds >= least and seconds >= 0.5 * len(t) and math.isfinite(value)
        said = NAMES[name].meaning.en
        long = seconds >= least and seconds >= 0.5 * len(t)
        why = None if enough else Why.NONE if long else Why.MISSING
        told = value if enough else math.nan
        return Metric(told, enough, mean, 0.0, seconds, unit, said, why=why)

    level = float(np.median(tonic[good])) if good.any() else math.nan
    count = 60.0 * len(onset) / seconds if seconds else math.nan
    size = float(np.mean(amplitude)) if len(onset) else math.nan
    metrics = (
        ("tonic_us", level, LEAST_LEVEL, "uS"), ("scr_per_min", count, LEAST_COUNT, "1/min"),
        ("scr_amplitude_us", size, LEAST_COUNT, "uS"),
    )  # fmt: skip
    return Skin(
        t, tonic, quality, onset, onset + scr.axis("rise_s"), amplitude,
        bool(known[-1]) if len(known) else None, float(np.mean(standing)) if len(t) else 0.0,
        {row[0]: metric(*row) for row in metrics},
    )  # fmt: skip
