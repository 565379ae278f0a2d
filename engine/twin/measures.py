"""Offline figures the twin is judged by, with the usual textbook definitions.

They are slow and plain on purpose and share no code with the engine's own streaming
figures, so that each can be checked against the other.
"""

from typing import NamedTuple

import numpy as np
from scipy import interpolate, signal

from engine.streams import F64

FS = 4.0
"""Hz of the evenly spaced series spectra are taken from."""


class Hrv(NamedTuple):
    """Heart rate variability of one stretch; times in ms, powers in ms^2."""

    rr_ms: float
    heart_rate: float
    sdnn_ms: float
    rmssd_ms: float
    vlf: float
    lf: float
    hf: float


class Swing(NamedTuple):
    """How heart rate swings with a breath of known rate."""

    peak_to_trough: float
    """Of the breath-by-breath average, 1/min."""
    fundamental: float
    """Twice the amplitude at the breathing rate, 1/min."""
    phase_deg: float
    """How far heart rate leads lung volume, degrees."""


def hrv(beats: F64) -> Hrv:
    """Return the figures of the beats at ``beats``, ``(n,)`` s."""
    rr = np.diff(beats) * 1e3
    even = _even(beats)
    frequency, power = signal.welch(signal.detrend(even), FS, nperseg=min(1024, len(even)))

    def band(low: float, high: float) -> float:
        within = (frequency >= low) & (frequency < high)
        return float(power[within].sum() * (frequency[1] - frequency[0]))

    return Hrv(
        rr_ms=float(rr.mean()),
        heart_rate=60000.0 / float(rr.mean()),
        sdnn_ms=float(rr.std(ddof=1)),
        rmssd_ms=float(np.sqrt(np.mean(np.diff(rr) ** 2))),
        vlf=band(0.003, 0.04),
        lf=band(0.04, 0.15),
        hf=band(0.15, 0.40),
    )


def _even(beats: F64) -> F64:
    """Return the interval in ms at `FS`, by cubic spline through each interval's end."""
    rr = np.diff(beats) * 1e3
    t = np.arange(beats[1], beats[-1], 1.0 / FS)
    even: F64 = interpolate.CubicSpline(beats[1:], rr)(t)
    return even


def swing(beats: F64, t: F64, volume_l: F64, rate: float) -> Swing:
    """Return how heart rate swings while breathing ``rate`` times a minute.

    Parameters
    ----------
    beats
        R peaks, ``(m,)`` s.
    t, volume_l
        Lung volume, ``(n,)`` s and litres.
    rate
        Breaths a minute.
    """
    # An interval speaks for its middle, not for the beat that ends it.
    middle = 0.5 * (beats[1:] + beats[:-1])
    heart = 60.0 / np.diff(beats)
    grid = np.arange(max(t[0], middle[0]), min(t[-1], middle[-1]), 0.1)
    smooth = interpolate.CubicSpline(middle, heart)(grid)
    lungs = np.interp(grid, t, volume_l)
    turn = 2.0 * np.pi * rate / 60.0 * grid
    parts = np.stack(
        [
            np.cos(turn),
            np.sin(turn),
            np.ones_like(grid),
            grid - grid.mean(),
            (grid - grid.mean()) ** 2,
        ]
    ).T
    of_heart = np.linalg.lstsq(parts, smooth, rcond=None)[0]
    of_lungs = np.linalg.lstsq(parts, lungs, rcond=None)[0]
    a = complex(of_heart[0], -of_heart[1])
    b = complex(of_lungs[0], -of_lungs[1])
    slow = parts[:, 2:] @ of_heart[2:]
    place = np.floor((turn / (2.0 * np.pi) % 1.0) * 20).astype(int)
    average = np.array([np.mean((smooth - slow)[place == k]) for k in range(20)])
    return Swing(float(np.ptp(average)), 2.0 * abs(a), float(np.degrees(np.angle(a / b))))


def dfa_alpha1(rr: F64) -> float:
    """Return the short-term scaling exponent of intervals ``rr``, ``(n,)``, over 4-16 beats."""
    path = np.cumsum(rr - rr.mean())
    sizes = np.arange(4, 17)
    spread: list[float] = []
    for size in sizes.tolist():
        boxes = path[: len(path) // size * size].reshape(-1, size)
        x = np.arange(size) - (size - 1) / 2.0
        slope = boxes @ x / (x @ x)
        rest = boxes - boxes.mean(axis=1, keepdims=True) - slope[:, None] * x
        spread.append(float(np.sqrt(np.mean(rest**2))))
    return float(np.polyfit(np.log(sizes), np.log(spread), 1)[0])


def sample_entropy(rr: F64, m: int = 2, r: float = 0.2) -> float:
    """Return the sample entropy of intervals ``rr``, ``(n,)``: length ``m``, ``r`` SD wide."""
    n, width = len(rr) - m, r * float(rr.std())

    def alike(length: int) -> int:
        words = np.stack([rr[i : i + n] for i in range(length)])
        far = np.abs(words[:, :, None] - words[:, None, :]).max(axis=0)
        return int((far <= width).sum()) - n

    return float(-np.log(alike(m + 1) / alike(m)))


class Hinge(NamedTuple):
    """Swing against breathing rate: flat, then falling."""

    plateau: float
    """1/min."""
    corner: float
    """Breaths a minute."""
    roll_off: float
    """dB a decade."""


def hinge(rates: F64, swings: F64) -> Hinge:
    """Return the plateau, corner and slope that fit ``swings``, ``(n,)`` 1/min, best."""
    x, y = np.log(rates), np.log(swings)
    best = (np.inf, Hinge(0.0, 0.0, 0.0))
    for corner in np.exp(np.linspace(np.log(4.0), np.log(14.0), 120)).tolist():
        parts = np.stack([np.ones_like(x), -np.maximum(0.0, x - np.log(corner))]).T
        fit = np.linalg.lstsq(parts, y, rcond=None)[0]
        error = float(((parts @ fit - y) ** 2).sum())
        best = min(best, (error, Hinge(float(np.exp(fit[0])), corner, 20.0 * float(fit[1]))))
    return best[1]
