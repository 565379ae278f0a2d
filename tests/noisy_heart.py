"""Noise as electrodes, muscles and breathing make it, laid over an electrocardiogram."""

import numpy as np
from scipy import signal

from engine.streams import F64

REACH = 0.05
"""Half the width of what counts as a beat's QRS when its size is measured, s."""


def electrode_motion(n: int, rate: float, seed: int) -> F64:
    """Return steps that fade, a wander, and waves much like a QRS; unit power."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    slips = int(1.6 * n / rate)
    where, how_far = rng.integers(0, n, slips), rng.standard_t(3, slips)
    for fades, rises, share in ((0.15, 0.02, 1.0), (0.5, 0.04, 1.0), (0.06, 0.012, 0.8)):
        steps = np.zeros(n)
        chosen = rng.random(slips) < 0.5
        np.add.at(steps, where[chosen], how_far[chosen])
        decay, rise = np.exp(-1.0 / (fades * rate)), np.exp(-1.0 / (rises * rate))
        risen = signal.lfilter([1.0 - rise], [1.0, -rise], steps)
        x += share * signal.lfilter([1.0], [1.0, -decay], risen)
    x += 0.5 * x.std() * _band(rng, n, rate, 1, (0.3, 8.0))
    x *= 1.0 + 0.8 * np.sin(2.0 * np.pi * np.arange(n) / rate / rng.uniform(15.0, 25.0))
    return _unit(x)


def muscle(n: int, rate: float, seed: int) -> F64:
    """Return the noise of muscles that tighten and let go again; unit power."""
    rng = np.random.default_rng(seed)
    x = _band(rng, n, rate, 2, (15.0, min(120.0, 0.45 * rate)))
    swell = signal.butter(1, 0.3, fs=rate, output="sos")
    tension = signal.sosfilt(swell, rng.standard_normal(n))
    return _unit(x * np.clip(1.0 + 1.2 * tension / tension.std(), 0.1, 3.0))


def wander(n: int, rate: float, seed: int) -> F64:
    """Return a base line that wanders with breathing and posture; unit power."""
    return _unit(_band(np.random.default_rng(seed), n, rate, 1, (0.05, 0.6)))


def endless(kept: F64, n: int, seed: int) -> F64:
    """Return ``n`` samples of a recorded noise, to and fro without a step; unit power.

    It begins anywhere.
    """
    turns = np.concatenate([kept, kept[::-1]])
    first = int(np.random.default_rng(seed).integers(0, turns.size))
    return _unit(np.resize(np.roll(turns, -first), n))


def mixed(x: F64, r: F64, rate: float, noise: F64, db: float) -> F64:
    """Return ``x`` with ``noise`` ``db`` below it; ``r`` are the beats, s.

    The power of the signal is that of a sine as high as the median QRS from trough to top: an
    eighth of its square, whatever lies between the beats.
    """
    reach = int(REACH * rate)
    places = np.round(r * rate).astype(int)
    places = places[(places >= reach) & (places < x.size - reach)]
    height = float(np.median([np.ptp(x[p - reach : p + reach]) for p in places]))
    return np.asarray(x + noise * height / np.sqrt(8.0 * 10.0 ** (db / 10.0)), dtype=np.float64)


def _band(
    rng: np.random.Generator, n: int, rate: float, order: int, edges: tuple[float, float]
) -> F64:
    sections = signal.butter(order, edges, "bandpass", fs=rate, output="sos")
    return _unit(signal.sosfilt(sections, rng.standard_normal(n)))


def _unit(x: F64) -> F64:
    x = x - x.mean()
    return np.asarray(x / x.std(), dtype=np.float64)
