"""Made-up skin conductance of which every response is known."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve

from engine.dsp import eda_layout as at
from engine.dsp.eda import SkinConductance
from engine.streams import F64


def response(t: F64, rise: float, recovery: float) -> tuple[F64, float]:
    """Return a response of height 1 that begins at 0, and when it peaks, s."""
    peak = float(np.log(recovery / rise) / (1.0 / rise - 1.0 / recovery))
    late = np.maximum(t, 0.0)
    shape = np.where(t >= 0.0, np.exp(-late / recovery) - np.exp(-late / rise), 0.0)
    return shape / (np.exp(-peak / recovery) - np.exp(-peak / rise)), peak


Shape = Callable[[F64, np.random.Generator], tuple[F64, float]]


def varied(t: F64, rng: np.random.Generator) -> tuple[F64, float]:
    """Return a response that begins at 0, no two alike: rise 0.5-1 s, recovery 2-4.5 s."""
    return response(t, rng.uniform(0.5, 1.0), rng.uniform(2.0, 4.5))


def slow(t: F64, rng: np.random.Generator) -> tuple[F64, float]:
    """Return one of a skin that recovers slowly: half way back after 4 to 6 s."""
    return response(t, rng.uniform(0.7, 1.3), rng.uniform(4.5, 7.0))


def quick(t: F64, rng: np.random.Generator) -> tuple[F64, float]:
    """Return one without an exponential tail: ``t^2 exp(-t)``, as bell-shaped as they get."""
    width = rng.uniform(0.7, 1.3)
    late = np.maximum(t, 0.0) / width
    return np.where(t >= 0.0, (0.5 * late) ** 2 * np.exp(2.0 - late), 0.0), 2.0 * width


def rounded(t: F64, rng: np.random.Generator) -> tuple[F64, float]:
    """Return one whose sweat comes as a bell of 0.35-0.6 s and goes in two exponentials."""
    fine = np.arange(-3.0, 40.0, 0.02)
    bell = np.exp(-0.5 * ((fine - 1.2) / rng.uniform(0.35, 0.6)) ** 2)
    goes = np.where(fine >= 0.0, 0.8 * np.exp(-fine / rng.uniform(2.0, 4.0)), 0.0)
    goes += np.where(fine >= 0.0, 0.2 * np.exp(-fine / 0.6), 0.0)
    curve = np.convolve(bell, goes)[: fine.size]
    curve /= curve.max()
    late = 0.02 * np.arange(fine.size)
    begin = float(late[np.argmax(curve > 0.02)])
    peak = float(late[np.argmax(curve)]) - begin
    return np.interp(t, late - begin, curve, left=0.0, right=0.0), peak


def two_paced(t: F64, rng: np.random.Generator) -> tuple[F64, float]:
    """Return one that recovers fast at first, then slowly."""
    fast, peak = response(t, rng.uniform(0.5, 0.9), rng.uniform(1.5, 2.5))
    tail, _ = response(t, rng.uniform(0.5, 0.9), rng.uniform(5.0, 8.0))
    return 0.7 * fast + 0.3 * tail, peak


SHAPES: dict[str, Shape] = {
    "varied": varied,
    "quick": quick,
    "rounded": rounded,
    "two-paced": two_paced,
    "slow": slow,
}


@dataclass(frozen=True)
class Truth:
    t: F64
    y: F64
    tonic: F64
    onsets: F64
    peaks: F64
    amplitudes: F64


def skin(
    rate: float,
    a_minute: float,
    noise: float,
    seed: int,
    seconds: float = 300.0,
    *,
    shape: str = "varied",
    first: float = 5.0,
) -> Truth:
    """Return a wandering level with ``a_minute`` responses and white noise, uS.

    Individuals differ: level 2-10 uS, responses 0.03-2.5 uS (log-normal, median 0.25) of one of
    `SHAPES`, at least 1 s apart, from ``first`` on (before 0: the record begins amid them).
    """
    rng = np.random.default_rng(seed)
    n = int(seconds * rate)
    t = np.arange(n) / rate
    level = rng.uniform(2.0, 10.0)
    steps = rng.normal(0.0, 0.006 * np.sqrt(level / 5.0 / rate), n).cumsum()
    width = int(20 * rate)
    walk = fftconvolve(np.pad(steps, width, "edge"), np.hanning(2 * width + 1) / width, "valid")
    swing = np.sin(2.0 * np.pi * t / rng.uniform(90.0, 200.0) + rng.uniform(0.0, 6.0))
    tonic = level * (1.0 + rng.uniform(-0.15, 0.15) * t / 300.0 + 0.02 * swing) + walk
    onsets: list[float] = []
    at_ = first
    while True:
        at_ += 1.0 + rng.exponential(max(60.0 / a_minute - 1.0, 0.1))
        if at_ > seconds - 8.0:
            break
        onsets.append(at_)
    amplitudes = np.clip(rng.lognormal(np.log(0.25), 0.7, len(onsets)), 0.03, 2.5)
    y = tonic.copy()
    peaks: list[float] = []
    for onset, amplitude in zip(onsets, amplitudes, strict=True):
        curve, peak = SHAPES[shape](t - onset, rng)
        y += amplitude * curve
        peaks.append(onset + peak)
    y += rng.normal(0.0, noise, n)
    seen = np.array(onsets) >= 0.0
    return Truth(t, y, tonic, np.array(onsets)[seen], np.array(peaks)[seen], amplitudes[seen])


def level_error(rate: float, true: Truth, after: float = 5.0) -> float:
    """Return how far the level is from the truth, mean of its share, later than ``after`` s."""
    rows = SkinConductance(rate).push(true.t, true.y)
    rows = rows[rows[:, at.O_TIME] > after]
    tonic = np.interp(rows[:, at.O_TIME], true.t, true.tonic)
    return float(np.nanmean(np.abs(rows[:, at.O_TONIC] - tonic) / tonic))


def found(rate: float, t: F64, y: F64) -> tuple[F64, F64]:
    """Return all rows, and those that confirm a response."""
    rows = SkinConductance(rate).push(t, y)
    return rows, rows[~np.isnan(rows[:, at.O_ONSET])]


def match(seen: F64, true: F64, within: float = 2.0) -> tuple[float, F64]:
    """Return F1 of the best one-to-one pairing, and the errors of the pairs, s."""
    pairs = sorted(
        (abs(a - b), i, j)
        for i, a in enumerate(seen)
        for j, b in enumerate(true)
        if abs(a - b) <= within
    )
    used: set[int] = set()
    hit: set[int] = set()
    errors: list[float] = []
    for _, i, j in pairs:
        if i not in used and j not in hit:
            used.add(i)
            hit.add(j)
            errors.append(float(seen[i] - true[j]))
    total = len(seen) + len(true)
    return (2.0 * len(errors) / total if total else 1.0), np.array(errors)


def wandering(rate: float, away: float, smoothed: float, seed: int) -> tuple[F64, F64]:
    """Return times, s, and ten minutes of a level, uS, that walks at random, without responses.

    In a minute it goes ``away`` (uS, standard deviation); a window of ``smoothed`` s takes the
    corners off. 3 nS of noise.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, 600.0, 1.0 / rate)
    window = np.hanning(max(3, int(smoothed * rate)))
    steps = rng.normal(0.0, 1.0, t.size + 2 * window.size) / np.sqrt(60.0 * rate)
    walk = np.convolve(np.cumsum(steps), window / window.sum(), "same")[window.size : -window.size]
    return t, 8.0 + away * walk + rng.normal(0.0, 0.003, t.size)
