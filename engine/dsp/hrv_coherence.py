"""How much of the heart's rhythm is one single slow wave, as in slow steady breathing."""

import math
from dataclasses import dataclass

import numpy as np

from engine.dsp.hrv_retold import TELLINGS, moved, once
from engine.dsp.hrv_spectrum import RESOLUTION, band_power, density, peak_hz
from engine.streams import F64

RATE = 2.0
"""Grid of the intervals, Hz."""
SAMPLES = 128
"""64 s of it."""
SEARCHED = (0.04, 0.26)
"""Where the peak is looked for, Hz."""
HALF_WIDTH = 0.015
"""Half the width of the peak, Hz."""
LEAST_POWER = 1e-6
"""Less variation than this (ms^2) is none."""
NEARBY = 0.10
"""How far from the peak noise that may lie below it is looked for, Hz."""
CONFIDENCE = 1.96
"""Standard errors of a 95 % interval."""
MOST_LOG = 20.0
"""A doubt larger than this says nothing at all."""
HANN_BANDWIDTH = 1.5 * RATE / SAMPLES
"""Hz from which one independent value comes (equivalent noise bandwidth)."""


@dataclass(frozen=True, slots=True)
class Coherence:
    """How coherent 64 seconds of heartbeat were.

    Attributes
    ----------
    ratio
        Power within +-0.015 Hz of the peak over all other power below 1 Hz; 0 where no
        rhythm stands out. A perfect sine reaches about 9: 64 s cannot show it narrower.
    low, high
        95 % interval of the ratio, from the spread such estimates have over 64 s and from how
        far corrections may have moved it.
    peak_hz
        Where the peak lies; NaN where there is none.
    peak_chance
        Its standard error, Hz: of the frequency of a steady wave in noise.
    ratios, peaks : (TELLINGS,) float64
        Both for every telling of the stretch (`engine.dsp.hrv_retold`), itself the first.
    """

    ratio: float
    low: float
    high: float
    peak_hz: float
    peak_chance: float
    ratios: F64
    peaks: F64


NO_TELLING: F64 = np.full(TELLINGS, np.nan)
UNKNOWN = Coherence(math.nan, math.nan, math.nan, math.nan, math.nan, NO_TELLING, NO_TELLING)


def coherence(series: F64) -> Coherence:
    """Return the coherence of 64 s of intervals.

    Parameters
    ----------
    series
        (TELLINGS, SAMPLES) ms, at 2 Hz, told in several ways (`engine.dsp.hrv_retold`), or
        (SAMPLES,); a straight drift is taken off.
    """
    found = _told(series)
    if found is None:
        return UNKNOWN
    power, ratios, peaks = found
    ratio, peak = float(ratios[0]), float(peaks[0])
    repaired = moved(np.log(np.maximum(ratios, LEAST_POWER)))
    low, high = _interval(power, ratio, peak, repaired)
    # A rhythm on the very edge may count the next time: its ratio bounds the doubt.
    edge = float(peak_hz(power, SEARCHED[0] - HALF_WIDTH, SEARCHED[1] + HALF_WIDTH))
    if edge != peak:
        high = max(high, _interval(power, _ratio_at(power, edge), edge, repaired)[1])
    chance = math.nan
    if math.isfinite(peak):
        chance = math.sqrt(_of_peak(power, peak)) / (2.0 * math.pi * SAMPLES / RATE)
    return Coherence(ratio, low, high, peak, chance, ratios, peaks)


def rhythm_of(series: F64) -> tuple[F64, F64]:
    """Return ``ratios`` and ``peaks`` of `coherence` alone, in half its time."""
    found = _told(series)
    return (NO_TELLING, NO_TELLING) if found is None else found[1:]


def _told(series: F64) -> tuple[F64, F64, F64] | None:
    """Return density, ratios and peaks (TELLINGS,) of 64 s; None if nothing is known of them."""
    tellings = np.atleast_2d(series)
    if tellings.shape[1] != SAMPLES or not np.isfinite(tellings[0]).all():
        return None
    own, place = once(tellings)
    every = density(own, RATE, straighten=True)
    if float(band_power(every[0], 0.0, 0.5 * RATE)) < LEAST_POWER:
        return None
    ratios, peaks = ratios_of(every)
    if len(tellings) == TELLINGS:
        return every[0], ratios[place], peaks[place]
    return every[0], np.full(TELLINGS, ratios[0]), np.full(TELLINGS, peaks[0])


def ratios_of(every: F64) -> tuple[F64, F64]:
    """Return the ratios and peaks (k,) of densities (k, n); where there is no peak 0 and NaN."""
    peaks = peak_hz(every, *SEARCHED)
    ratios = [_ratio_at(*one) for one in zip(every, peaks.tolist(), strict=True)]
    return np.array(ratios), peaks


def _ratio_at(power: F64, peak: float) -> float:
    """Return the ratio with the peak at ``peak`` Hz; 0 if NaN."""
    if math.isnan(peak):
        return 0.0 if math.isfinite(power[0]) else math.nan
    inside, rest = _parts(power, peak)
    return inside / rest


def _parts(power: F64, peak: float) -> tuple[float, float]:
    inside = float(band_power(power, peak - HALF_WIDTH, peak + HALF_WIDTH))
    return inside, max(float(band_power(power, 0.0, 0.5 * RATE)) - inside, LEAST_POWER)


def _interval(power: F64, ratio: float, peak: float, repaired: float) -> tuple[float, float]:
    """Return the 95 % interval of a ratio with the peak at ``peak`` Hz; 0 if NaN."""
    if math.isnan(peak):
        return 0.0, 0.0
    off = math.hypot(math.sqrt(_variance(power, peak)), repaired)
    factor = math.exp(min(CONFIDENCE * off, MOST_LOG))
    return ratio / factor, ratio * factor


def _variance(power: F64, peak: float) -> float:
    """Return the variance of the logarithm of the ratio.

    The peak is a steady wave in noise like that beside it; the rest is noise, of as many
    independent values as its power is spread over.
    """
    apart = _apart(power, peak)
    others = float(apart.sum())
    spread = others**2 / max(float(apart @ apart), 1e-300)
    of_rest = 1.0 / max(spread * RESOLUTION / HANN_BANDWIDTH, 1.0)
    leaked = min(others * RESOLUTION / _parts(power, peak)[1], 1.0)
    return _of_peak(power, peak) + of_rest * leaked**2


def _apart(power: F64, peak: float) -> F64:
    """Return the density without what the wave at ``peak`` Hz can have brought."""
    # Beyond the reach of the window's main lobe, else the wave counts as its own noise.
    reach = 2.0 * RATE / SAMPLES
    apart = np.array(power)
    apart[_bin(peak - reach) : _bin(peak + reach) + 1] = 0.0
    return apart


def _of_peak(power: F64, peak: float) -> float:
    """Return the variance of the logarithm of a wave's power in noise like that beside it."""
    apart = _apart(power, peak)
    beside = apart[_bin(max(peak - NEARBY, 0.5 * SEARCHED[0])) : _bin(peak + NEARBY)]
    beside = beside[beside > 0.0]
    noise = float(beside.mean()) * HANN_BANDWIDTH if beside.size else 0.0
    return min(4.0 * noise / _parts(power, peak)[0], 2.0)


def _bin(f: float) -> int:
    """Return the place of ``f`` Hz in a density, at least 0."""
    return max(0, round(f / RESOLUTION))
