"""The obvious way to compute variability, and hearts whose variability is known."""

import math

import numpy as np

from engine.dsp.hrv_coherence import Coherence
from engine.dsp.hrv_spectrum_beats import tachogram
from engine.dsp.hrv_spectrum_window import coherence_of, share_of, tellings_of
from engine.dsp.hrv_trust import Share
from engine.dsp.rr_repair import RrClassifier
from engine.streams import F64


def modulated(lasts: float, *waves: tuple[float, float], mean_ms: float = 800.0) -> tuple[F64, F64]:
    """Return times (s) and intervals (ms) whose value at time t is known exactly.

    Every interval that ends at t lasts ``mean_ms`` plus the waves (amplitude in ms,
    frequency in Hz) at t.
    """
    t, times, nn = 0.0, [], []
    while t < lasts:
        # The interval that ends at t + x lasts x: solved by going round a few times.
        x = mean_ms / 1000.0
        for _ in range(60):
            swing = sum(a * math.sin(2.0 * math.pi * f * (t + x)) for a, f in waves)
            x = (mean_ms + swing) / 1000.0
        t += x
        times.append(t)
        nn.append(1000.0 * x)
    return np.array(times), np.array(nn)


def sample_entropy(nn: F64, m: int = 2, share: float = 0.2) -> float:
    """Return sample entropy straight from its definition."""
    r = share * float(np.std(nn, ddof=1))
    n = nn.size - m

    def alike(length: int) -> int:
        parts = np.array([nn[i : i + length] for i in range(n)])
        return sum(
            int(np.sum(np.max(np.abs(parts[i + 1 :] - parts[i]), axis=1) <= r))
            for i in range(n - 1)
        )

    a, b = alike(m + 1), alike(m)
    return -math.log(a / b) if a and b else math.nan


def dfa_alpha1(nn: F64) -> float:
    """Return the short-term exponent straight from its definition."""
    walk = np.cumsum(nn - nn.mean())
    sizes = np.arange(4, 17)
    f = []
    for n in sizes.tolist():
        parts = walk[: walk.size // n * n].reshape(-1, n)
        k = np.arange(n)
        left = [part - np.polyval(np.polyfit(k, part, 1), k) for part in parts]
        f.append(math.sqrt(float(np.mean(np.square(left)))))
    return float(np.polyfit(np.log(sizes), np.log(f), 1)[0])


def judged(times: F64) -> F64:
    """Return (n, 5) time, repaired interval, code, beats, quality of beats at ``times``."""
    classifier = RrClassifier()
    waiting: list[float] = []
    rows: list[tuple[float, ...]] = []
    for before, t in zip(times[:-1].tolist(), times[1:].tolist(), strict=True):
        waiting.append(t)
        for code, nn, stands_for, *_ in classifier.push(1000.0 * (t - before)).tolist():
            rows.append((waiting.pop(0), nn, code, stands_for, 1.0))
    return np.array(rows)


def newest_coherence(times: F64) -> tuple[Coherence | None, Share]:
    """Return coherence of the newest 64 s of a heart that beat at ``times``."""
    rows = judged(times)
    gram = tachogram(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3])
    series = tellings_of(gram, float(rows[-1, 0]))
    return (coherence_of(series) if series else None), share_of(rows, 64.0)


ARTEFACTS = ("missed", "extra", "early", "misplaced")


def hurt(times: F64, kind: str, at: int, rng: np.random.Generator) -> F64:
    """Return the beats with one artefact at beat ``at``."""
    t = times.copy()
    if kind == "missed":
        return np.delete(t, at)
    if kind == "extra":
        return np.insert(t, at + 1, t[at] + rng.uniform(0.15, 0.85) * (t[at + 1] - t[at]))
    if kind == "early":
        t[at] -= rng.uniform(0.15, 0.4) * (t[at] - t[at - 1])
    else:
        t[at] += rng.choice([-1.0, 1.0]) * rng.uniform(0.04, 0.2)
    return t
