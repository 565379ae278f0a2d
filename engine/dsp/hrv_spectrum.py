"""How much of the heart's variation is slow and how much is fast: power over frequency.

One recipe everywhere, because tools that choose freely differ by half: intervals on a
4 Hz grid by cubic spline, stretches of 64 s, mean taken off, Hann window, one-sided
density, evaluated every 1/512 Hz and integrated up to the very edge of a band. A sine of
amplitude A anywhere well inside a band counts A^2 / 2. Swings slower than 64 s are taken
off with the mean of each stretch; what 64 s cannot separate smears over +-0.03 Hz.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from engine.streams import F64

RATE = 4.0
"""Grid of the spectra, Hz."""
STRETCH = 64.0
"""Seconds one spectrum is taken from."""
RESOLUTION = 1.0 / 512.0
"""Spacing of the density, Hz."""
LF = (0.04, 0.15)
HF = (0.15, 0.40)
TOTAL = (0.0, 0.40)
HOLE = 5.0
"""s without a normal interval that no spline is drawn across."""


def density(series: F64, rate: float, *, straighten: bool = False) -> F64:
    """Return the one-sided power density of evenly sampled stretches.

    Parameters
    ----------
    series
        (..., n) ms.
    rate
        Hz.
    straighten
        Whether to take off a straight line rather than the mean.

    Returns
    -------
    (..., rate / 2 / RESOLUTION + 1) float64
        ms^2 / Hz at multiples of `RESOLUTION`; NaN throughout a stretch of which any sample is.
    """
    n = series.shape[-1]
    level = series - series.mean(axis=-1, keepdims=True)
    if straighten:
        ramp = np.arange(n) - 0.5 * (n - 1)
        level = level - ramp * ((level @ ramp) / float(ramp @ ramp))[..., None]
    window, gain = _hann(n)
    spectrum = np.fft.rfft(level * window, round(rate / RESOLUTION))
    power: F64 = (spectrum.real**2 + spectrum.imag**2) / (rate * gain)
    power[..., 1:-1] *= 2.0
    return power


@functools.cache
def _hann(n: int) -> tuple[F64, float]:
    """Return the window of ``n`` samples and the sum of its squares."""
    window: F64 = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(n) / n)
    window.flags.writeable = False
    return window, float(window @ window)


def band_power(power: F64, low: float, high: float) -> F64:
    """Return the power (...,) between ``low`` and ``high`` Hz, ms^2, of densities (..., n).

    Every value of the density stands for `RESOLUTION` about it, cut at the edges, so that
    neighbouring bands neither share nor lose anything.
    """
    last = power.shape[-1] - 1
    low, high = max(low / RESOLUTION, 0.0), min(high / RESOLUTION, float(last))
    first, final = int(low + 0.5), int(high + 0.5)
    if high <= low:
        return np.zeros(power.shape[:-1])
    # The ends of a one-sided density hold all of their power, over half a step each.
    under = low + 0.5 - first if first > 0 else 2.0 * low
    over = final + 0.5 - high if final < last else 2.0 * (last - high)
    whole = power[..., first : final + 1].sum(axis=-1)
    made: F64 = RESOLUTION * (whole - under * power[..., first] - over * power[..., final])
    return made


def peak_hz(power: F64, low: float, high: float) -> F64:
    """Return where densities (..., n) are highest between ``low`` and ``high`` Hz, (...,).

    Only a summit counts: where the density merely falls away from a band's edge there is
    no rhythm in the band, and the answer is NaN.
    """
    first, last = math.ceil(low / RESOLUTION), math.floor(high / RESOLUTION)
    here = power[..., first : last + 1]
    summit = (here > power[..., first - 1 : last]) & (here >= power[..., first + 1 : last + 2])
    k = first + np.argmax(np.where(summit, here, -1.0), axis=-1)
    # Through one flat row: to take along an axis takes several times as long.
    at_ = k + power.shape[-1] * np.arange(k.size).reshape(k.shape)
    flat = power.reshape(-1)
    a, b, c = np.log(flat[np.stack((at_ - 1, at_, at_ + 1))] + 1e-300)
    bend = a - 2.0 * b + c
    offset = np.where(bend < 0.0, 0.5 * (a - c) / np.where(bend < 0.0, bend, -1.0), 0.0)
    at = np.clip((k + offset) * RESOLUTION, low, high)
    return np.where(summit.any(axis=-1), at, np.nan)


@dataclass(frozen=True, slots=True)
class Bands:
    """What is read from densities, each (...,); NaN where there is nothing to read."""

    lf_ms2: F64
    hf_ms2: F64
    total_ms2: F64
    lf_hf: F64
    lf_peak_hz: F64
    hf_peak_hz: F64


BANDS = ("lf_ms2", "hf_ms2", "total_ms2", "lf_hf", "lf_peak_hz", "hf_peak_hz")


def bands(power: F64) -> Bands:
    """Read the usual bands from densities (..., n).

    LF 0.04-0.15 Hz, HF 0.15-0.40 Hz; the total is all below 0.40 Hz that is left after
    taking off the mean of each 64 s. Their ratio is only a ratio: with slow breathing all
    of the breath's swing lies in LF, and nothing follows about branches of the nervous
    system.
    """
    lf, hf = band_power(power, *LF), band_power(power, *HF)
    return Bands(
        lf_ms2=lf,
        hf_ms2=hf,
        total_ms2=band_power(power, *TOTAL),
        lf_hf=np.divide(lf, hf, out=np.full_like(lf, np.nan), where=hf > 0.0),
        lf_peak_hz=peak_hz(power, *LF),
        hf_peak_hz=peak_hz(power, *HF),
    )
