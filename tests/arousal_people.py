"""Drawn people with rest and stress, as the five channels of arousal would hear them."""

from functools import cache

import numpy as np

from engine.dsp import eda_layout as at
from engine.dsp.arousal import Arousal, ArousalIndex
from engine.dsp.eda import SkinConductance
from engine.streams import F64
from engine.twin.body import Body
from engine.twin.person import draw_person

REST = 200


def hour(seed: int, seconds: int = 1500, rest: int = REST) -> F64:
    """Return heart rate, RMSSD, level, activity, breathing rate of a person, ``(seconds, 5)``.

    In the units of `engine.dsp.arousal_channels.SIGNS`; NaN where a window is not full yet.
    """
    return lived(seed, seconds, rest)[0]


def stress(seed: int, seconds: int = 1500, rest: int = REST) -> F64:
    """Return how much stress that person was under, 0 to 1, ``(seconds,)``."""
    return lived(seed, seconds, rest)[1]


@cache
def lived(seed: int, seconds: int = 1500, rest: int = REST) -> tuple[F64, F64]:
    """Return what `hour` and `stress` do of one person.

    ``rest`` seconds without stress come first, then stretches of two to five minutes of any
    stress between none and all.
    """
    rng = np.random.default_rng([seed, 0x61726F])
    body = Body(draw_person(seed), seed=seed)
    parts = [body.advance(float(rest))]
    at_ = float(rest)
    label = np.zeros(seconds)
    while at_ < seconds:
        begin, at_ = at_, min(float(seconds), at_ + rng.uniform(120.0, 300.0))
        level = rng.uniform(0.0, 1.0) if rng.uniform() < 0.6 else 0.0
        parts.append(body.advance(at_, stress=level))
        label[int(begin) : int(at_)] = level
    beat_t = np.concatenate([p.beat_t for p in parts])
    beat_rr = np.concatenate([p.beat_rr for p in parts])
    eda = np.concatenate([p.eda_us for p in parts])[::5]
    breath = np.concatenate([p.breath_rate for p in parts])[::20]
    rows = SkinConductance(4.0).push(
        np.arange(eda.size) / 4.0, eda + rng.normal(0.0, 0.003, eda.size)
    )
    x = np.full((seconds, 5), np.nan)
    for s in range(seconds):
        newest = (beat_t <= s) & (beat_t > s - 60)
        rr = beat_rr[newest]
        late = rr[beat_t[newest] > s - 10]
        if s >= 10 and len(late):
            x[s, 0] = 60.0 / late.mean()
        if s >= 30 and len(rr) > 2:
            x[s, 1] = 1000.0 * np.sqrt(np.mean(np.diff(rr) ** 2))
        k = 4 * s + 3
        if k < len(rows):
            x[s, 2:4] = rows[k, [at.O_TONIC, at.O_ACTIVITY]]
        if s >= 30 and s < len(breath):
            x[s, 4] = breath[s - 30 : s].mean()
    return x, label


def index_of(x: F64, quality: F64 | None = None, rest: int = REST) -> list[Arousal]:
    """Return what the index says in every second; the baseline is the first ``rest`` seconds."""
    quality = np.where(np.isfinite(x), 1.0, 0.0) if quality is None else quality
    index = ArousalIndex()
    index.begin_baseline()
    told = []
    for s, (values, qualities) in enumerate(zip(x.tolist(), quality.tolist(), strict=True)):
        if s == rest:
            index.end_baseline()
        told.append(index.push(tuple(values), tuple(qualities)))
    return told
