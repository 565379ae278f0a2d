"""Made-up pulse waves of which every pulse is known."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.streams import F64


@dataclass(frozen=True)
class PulseTruth:
    t: F64
    x: F64
    feet: F64


def finger(
    rate: float,
    seed: int,
    *,
    seconds: float = 120.0,
    noise: float = 0.01,
    heart: float = 66.0,
    motion: tuple[float, float] | None = None,
) -> PulseTruth:
    """Return pulses of a finger with breathing in rate and size, wander and noise.

    Pulses are of height 1: a systolic and a dicrotic bump. ``motion`` is a stretch (s) in
    which the hand moves three times as much as the pulse.
    """
    rng = np.random.default_rng(seed)
    feet = [0.3]
    while feet[-1] < seconds:
        wave = 0.06 * np.sin(2.0 * np.pi * 0.1 * feet[-1])
        feet.append(feet[-1] + 60.0 / heart * (1.0 + wave + 0.012 * rng.standard_normal()))
    t = np.arange(int(seconds * rate)) / rate
    x = np.zeros(t.size)
    for start, stop in pairwise(feet):
        size = 1.0 + 0.08 * np.sin(2.0 * np.pi * 0.1 * start)
        near = (t >= start - 0.1) & (t < start + 1.6)
        u = (t[near] - start) / (0.9 * np.sqrt(np.clip(stop - start, 0.5, 1.1)))
        systole = np.exp(-0.5 * ((u - 0.17) / 0.075) ** 2)
        x[near] += size * (systole + 0.45 * np.exp(-0.5 * ((u - 0.42) / 0.10) ** 2))
    x += 0.2 * band(rng, t.size, rate, 0.02, 0.4) + noise * rng.standard_normal(t.size)
    if motion is not None:
        moving = (t >= motion[0]) & (t < motion[1])
        x += 3.0 * np.where(moving, band(rng, t.size, rate, 0.4, 4.0), 0.0)
    return PulseTruth(t, x, np.array(feet[:-1]))


def band(rng: np.random.Generator, n: int, rate: float, low: float, high: float) -> F64:
    """Return noise between two frequencies, of unit standard deviation."""
    f = np.fft.rfftfreq(n, 1.0 / rate)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum[(f < low) | (f > high)] = 0.0
    y = np.fft.irfft(spectrum, n)
    return np.asarray(y / y.std(), dtype=np.float64)


def steps(
    t: F64,
    per_minute: float,
    seed: int,
    *,
    strength: float = 0.2,
    during: tuple[float, float] = (-np.inf, np.inf),
) -> F64:
    """Return the acceleration of a wrist whose owner takes so many steps a minute, (n, 3) g.

    Strides, steps and what is faster, in a direction of its own each, on gravity and a
    sensor's noise; the cadence wanders by three in a hundred.
    """
    rng = np.random.default_rng(seed)
    pace = 1.0 + 0.03 * np.sin(2.0 * np.pi * 0.07 * t + rng.uniform(0.0, 6.0))
    phase = 2.0 * np.pi * np.cumsum(pace * np.diff(t, prepend=t[0])) * per_minute / 60.0
    x: F64 = np.zeros((t.size, 3))
    for harmonic, size in ((0.5, 0.7), (1.0, 1.0), (2.0, 0.5), (3.0, 0.25)):
        direction = size * rng.normal(1.0, 0.3, 3)
        x += direction * np.sin(harmonic * phase[:, None] + rng.uniform(0.0, 6.28, 3))
    x += 0.15 * rng.standard_normal(x.shape)
    x *= strength / np.sqrt((x**2).sum(axis=1).mean())
    x[(t < during[0]) | (t > during[1])] = 0.0
    x += 0.003 * rng.standard_normal(x.shape) + np.array([0.0, 0.6, 0.8])
    return x
