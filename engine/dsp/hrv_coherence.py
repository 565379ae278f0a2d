"""How much of the heart's rhythm is one single slow wave, as in slow steady breathing."""

import math
from dataclasses import dataclass

import numpy as np

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
        95 % interval of the ratio, from the spread such estimates have over 64 s.
    peak_hz
        Where the peak lies; NaN where there is none.
    """

    ratio: float
    low: float
    high: float
    peak_hz: float


UNKNOWN = Coherence(math.nan, math.nan, math.nan, math.nan)


def coherence(series: F64) -> Coherence:
    """Return the coherence of 64 s of intervals.

    Parameters
    ----------
    series
        (SAMPLES,) ms, at 2 Hz; a straight drift is taken off.
    """
    if series.size != SAMPLES or not np.isfinite(series).all():
        return UNKNOWN
    power = density(series, RATE, straighten=True)
    whole = band_power(power, 0.0, 0.5 * RATE)
    if whole < LEAST_POWER:
        return UNKNOWN
    peak = peak_hz(power, *SEARCHED)
    ratio, low, high = _around(power, whole, peak)
    # A rhythm on the very edge may count the next time: its ratio bounds the doubt.
    edge = peak_hz(power, SEARCHED[0] - HALF_WIDTH, SEARCHED[1] + HALF_WIDTH)
    if edge != peak:
        high = max(high, _around(power, whole, edge)[2])
    return Coherence(ratio, low, high, peak)


def _around(power: F64, whole: float, peak: float) -> tuple[float, float, float]:
    """Return the ratio with the peak at ``peak`` Hz and its 95 % interval; 0 if NaN."""
    if math.isnan(peak):
        return 0.0, 0.0, 0.0
    inside = band_power(power, peak - HALF_WIDTH, peak + HALF_WIDTH)
    rest = max(whole - inside, LEAST_POWER)
    factor = math.exp(CONFIDENCE * math.sqrt(_variance(power, peak, inside, rest)))
    return inside / rest, inside / rest / factor, inside / rest * factor


def _variance(power: F64, peak: float, inside: float, rest: float) -> float:
    """Return the variance of the logarithm of the ratio.

    The peak is a steady wave in noise like that beside it; the rest is noise, of as many
    independent values as its power is spread over.
    """
    # Beyond the reach of the window's main lobe, else the wave counts as its own noise.
    reach = 2.0 * RATE / SAMPLES
    apart = np.array(power)
    apart[_bin(peak - reach) : _bin(peak + reach) + 1] = 0.0
    beside = apart[_bin(max(peak - NEARBY, 0.5 * SEARCHED[0])) : _bin(peak + NEARBY)]
    beside = beside[beside > 0.0]
    noise = float(beside.mean()) * HANN_BANDWIDTH if beside.size else 0.0
    of_peak = min(4.0 * noise / inside, 2.0)
    others = float(apart.sum())
    spread = others**2 / max(float(apart @ apart), 1e-300)
    of_rest = 1.0 / max(spread * RESOLUTION / HANN_BANDWIDTH, 1.0)
    leaked = min(others * RESOLUTION / rest, 1.0)
    return of_peak + of_rest * leaked**2


def _bin(f: float) -> int:
    """Return the place of ``f`` Hz in a density, at least 0."""
    return max(0, round(f / RESOLUTION))
