"""Electrocardiograms and intervals made up with exactly known beats."""

from dataclasses import dataclass

import numpy as np

from engine.streams import F64

# Each wave: where it lies against the R peak (s), its width (s), its height (mV).
NARROW = ((-0.16, 0.025, 0.12), (-0.032, 0.009, -0.12), (0.0, 0.0105, 1.1),
          (0.030, 0.010, -0.22), (0.27, 0.055, 0.28))  # fmt: skip
TALL_T = (*NARROW[:-1], (0.27, 0.055, 1.0))
WIDE = ((0.0, 0.026, 1.2), (0.075, 0.03, -0.7), (0.25, 0.06, -0.5))


@dataclass(frozen=True, slots=True)
class Ecg:
    """A made-up electrocardiogram.

    ``x`` in mV at ``t`` seconds; the R peaks are exactly at ``r`` seconds.
    """

    t: F64
    x: F64
    r: F64


def ecg(
    rate: float,
    lasts: float,
    *,
    seed: int = 0,
    per_minute: float = 70.0,
    noise: float = 0.01,
    wander: float = 0.1,
    waves: tuple[tuple[float, float, float], ...] = NARROW,
) -> Ecg:
    """Return an electrocardiogram with breathing in its rhythm and its size."""
    rng = np.random.default_rng(seed)
    beats: list[float] = []
    t = 1.0
    while t < lasts - 1.0:
        beats.append(t)
        sway = 0.04 * np.sin(2.0 * np.pi * 0.25 * t) + 0.02 * rng.standard_normal()
        t += 60.0 / per_minute * (1.0 + sway)
    return drawn(rate, lasts, np.array(beats), rng, noise=noise, wander=wander, waves=waves)


def drawn(
    rate: float,
    lasts: float,
    r: F64,
    rng: np.random.Generator,
    *,
    noise: float = 0.01,
    wander: float = 0.1,
    waves: tuple[tuple[float, float, float], ...] = NARROW,
) -> Ecg:
    """Return the electrocardiogram whose R peaks are at ``r``."""
    t = np.arange(int(lasts * rate)) / rate
    x = wander * np.sin(2.0 * np.pi * 0.28 * t) + noise * rng.standard_normal(t.size)
    for beat in r:
        size = 1.0 + 0.08 * np.sin(2.0 * np.pi * 0.25 * beat)
        for place, width, height in waves:
            first = max(0, int((beat + place - 6.0 * width) * rate))
            part = slice(first, min(t.size, int((beat + place + 6.0 * width) * rate) + 2))
            x[part] += size * height * np.exp(-0.5 * ((t[part] - beat - place) / width) ** 2)
    return Ecg(t, x, r)


def with_late_foreign_beats(rate: float, lasts: float, *, seed: int = 0) -> tuple[Ecg, F64]:
    """Return an electrocardiogram with wide beats 6 % early, and the other beats' times.

    So little early that intervals alone do not betray them.
    """
    rng = np.random.default_rng(seed)
    t = np.cumsum(intervals(int(lasts), seed=seed, swing=4.0, noise_ms=6.0)) / 1000.0
    t = t[t < lasts - 1.0]
    foreign = np.zeros(t.size, dtype=bool)
    foreign[12::9] = True
    moved = t.copy()
    moved[foreign] -= 0.06 * 60.0 / 68.0
    made = drawn(rate, lasts, moved[~foreign], rng)
    wide = drawn(rate, lasts, moved[foreign], rng, noise=0.0, wander=0.0, waves=WIDE)
    return Ecg(made.t, made.x + wide.x, moved), t


def intervals(
    n: int,
    *,
    seed: int = 0,
    per_minute: float = 68.0,
    swing: float = 8.0,
    breaths: float = 12.0,
    noise_ms: float = 8.0,
) -> F64:
    """Return ``n`` intervals (ms) of a heart that breathes ``swing`` beats up and down."""
    rng = np.random.default_rng(seed)
    t = 0.0
    made: list[float] = []
    for _ in range(n):
        rate = per_minute + 0.5 * swing * np.sin(2.0 * np.pi * breaths / 60.0 * t)
        rate += 2.0 * np.sin(2.0 * np.pi * t / 90.0)
        rr = 60000.0 / rate + noise_ms * float(rng.standard_normal())
        made.append(rr)
        t += rr / 1000.0
    return np.array(made)


def matched(truth: F64, found: F64, tolerance: float) -> tuple[int, int, int]:
    """Return how many beats were found, missed and made up (times in s, sorted)."""
    i = j = both = 0
    while i < truth.size and j < found.size:
        if abs(found[j] - truth[i]) <= tolerance:
            both, i, j = both + 1, i + 1, j + 1
        elif found[j] < truth[i]:
            j += 1
        else:
            i += 1
    return both, truth.size - both, found.size - both
