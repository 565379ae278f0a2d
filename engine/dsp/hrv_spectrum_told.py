"""From spectra, each told in several ways, to values with how far they may be off."""

import math
from collections.abc import Iterable

import numpy as np

from engine.dsp.hrv_coherence import CONFIDENCE, Coherence
from engine.dsp.hrv_retold import chance_of_mean, chance_without, moved
from engine.dsp.hrv_spectrum import BANDS, STRETCH, bands
from engine.dsp.hrv_trust import LITTLE, Share, Told, told
from engine.streams import F64

PEAKS = frozenset({"lf_peak_hz", "hf_peak_hz"})


def bands_told(
    spectra: Iterable[F64], share: Share, seconds: float, *, steady: bool = True
) -> dict[str, Told]:
    """Return the usual bands of the mean spectrum.

    Parameters
    ----------
    spectra
        (TELLINGS, n) each, one or more: densities of stretches that overlap by half at most.
    share, seconds
        What they rest on.
    steady
        Whether the rhythm is regular.
    """
    # What the mean spectrum says, and how much the stretches differ in it.
    own: list[F64] = []
    total = np.zeros(1)
    for densities in spectra:
        total = total + densities
        own.append(densities[0].copy())  # a view would keep all its tellings
    stretches = np.array(own)
    mean, each = bands(total / len(own)), bands(stretches)
    # A summit jumps to another hill where the stretches that made it are few: leave each one out.
    less = bands((total[0] - stretches) / (len(own) - 1)) if len(own) > 1 else each
    made: dict[str, Told] = {}
    for name in BANDS:
        chance = chance_of_mean(getattr(each, name))
        if name in PEAKS:
            jumps = chance_without(getattr(less, name))
            chance = max(chance, jumps) if math.isfinite(jumps) else chance
        made[name] = told(name, getattr(mean, name), chance, share, seconds, steady=steady)
    return made


def coherence_told(found: Coherence, share: Share) -> dict[str, Told]:
    """Return the ratio and the peak of one stretch of 64 s."""
    of_ratio, of_peak = coherence_chance(found)
    return {
        "coherence_ratio": told("coherence_ratio", found.ratios, of_ratio, share, STRETCH),
        "coherence_hz": told("coherence_hz", found.peaks, of_peak, share, STRETCH),
    }


def coherence_chance(found: Coherence) -> tuple[float, float]:
    """Return how far chance may have moved the ratio and the peak (Hz) of one stretch of 64 s."""
    chance = 0.0
    of_peak = found.peak_chance if math.isfinite(found.peak_chance) else 0.0
    if found.low > 0.0:
        whole = math.log(found.high / found.ratio) / CONFIDENCE
        repaired = moved(np.log(np.maximum(found.ratios, LITTLE)))
        # `told` adds what corrections may have done.
        chance = found.ratio * math.sqrt(max(whole**2 - repaired**2, 0.0))
    return chance, of_peak
