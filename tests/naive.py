"""The obvious way to compute what the kernels compute fast."""

import math

import numpy as np
from scipy import signal

from engine.streams import F64


def filtered(sections: F64, x: F64) -> F64:
    """Return ``x`` through second-order sections, straight from the difference equation."""
    for b0, b1, b2, _, a1, a2 in sections:
        y = np.zeros_like(x)
        for n in range(x.size):
            x1, x2 = (x[n - 1] if n > 0 else 0.0), (x[n - 2] if n > 1 else 0.0)
            y1, y2 = (y[n - 1] if n > 0 else 0.0), (y[n - 2] if n > 1 else 0.0)
            y[n] = b0 * x[n] + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
        x = y
    return x


def rate(nn_ms: F64) -> float:
    """Return beats a minute."""
    return 60000.0 / float(np.mean(nn_ms))


def sdnn_ms(nn_ms: F64) -> float:
    """Return the standard deviation of intervals, n - 1."""
    return float(np.std(nn_ms, ddof=1))


def rmssd_ms(nn_ms: F64) -> float:
    """Return the root mean square of successive differences."""
    return math.sqrt(float(np.mean(np.diff(nn_ms) ** 2)))


def pnn50(nn_ms: F64) -> float:
    """Return the share of successive differences above 50 ms, %."""
    return 100.0 * float(np.mean(np.abs(np.diff(nn_ms)) > 50.0))


def newest(nn_ms: F64, seconds: float) -> F64:
    """Return the fewest latest intervals that together last at least ``seconds``."""
    total = 0.0
    for n in range(1, nn_ms.size + 1):
        total += float(nn_ms[-n])
        if total >= 1000.0 * seconds:
            return nn_ms[-n:]
    return nn_ms


def movement(acceleration: F64, rate: float) -> F64:
    """Return acceleration (n, 3) without gravity, smoothed, by scipy's one-pole filters."""
    slow, smooth = (1.0 - np.exp(-1.0 / (rate * tau)) for tau in (0.32, 0.02))
    x = acceleration - acceleration[0]
    for _ in range(2):
        x = x - signal.lfilter([slow], [1.0, slow - 1.0], x, axis=0)
    for _ in range(2):
        x = signal.lfilter([smooth], [1.0, smooth - 1.0], x, axis=0)
    return np.asarray(x, dtype=np.float64)


def shared(cycles: F64) -> float:
    """Return the share of the movement around pulses, (n, m), that every second one repeats.

    Chance, two of n, is taken off.
    """
    groups = cycles[::2], cycles[1::2]
    same = sum(len(group) * float((group.mean(axis=0) ** 2).sum()) for group in groups)
    share, chance = same / float((cycles**2).sum()), 2.0 / len(cycles)
    return max(0.0, (share - chance) / (1.0 - chance))
