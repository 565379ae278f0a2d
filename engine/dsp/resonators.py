"""A row of resonators, each listening to one rate of breathing.

Third-order gammatone filters: three equal complex one-pole resonators in a row. Their
phase at a known frequency is known exactly, so it can be taken back: the phase of a
breath comes out without delay.
"""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.streams import F64

# Rows of a bank's table.
(B_F, B_LOG, B_RADIUS, B_COS, B_SIN, B_FOLLOW, BANK_ROWS) = range(7)
STAGES = 6
"""Real and imaginary part of three stages."""


def bank(rate: float, low: float, high: float, channels: int, width: float) -> F64:
    """Design ``channels`` resonators spaced evenly in log frequency.

    Parameters
    ----------
    rate
        Steps a second.
    low, high
        First and last frequency, Hz.
    width
        The larger, the quicker and the broader.

    Returns
    -------
    (BANK_ROWS, channels) float64
        Frequency, its logarithm, pole radius, pole, gain of the power average.
    """
    table = np.zeros((BANK_ROWS, channels))
    f = np.exp(np.linspace(math.log(low), math.log(high), channels))
    r = np.exp(-f / (width * rate))
    angle = 2.0 * np.pi * f / rate
    table[B_F], table[B_LOG], table[B_RADIUS] = f, np.log(f), r
    table[B_COS], table[B_SIN] = r * np.cos(angle), r * np.sin(angle)
    table[B_FOLLOW] = 1.0 - np.sqrt(r)
    return table


@kernel("void(f8, f8[:,::1], f8[:,::1])")
def resonate(u: float, table: F64, z: F64) -> None:
    """Let the resonators hear ``u``; ``z`` (channels, STAGES) is their state."""
    for k in range(z.shape[0]):
        g = 1.0 - table[B_RADIUS, k]
        a, b = table[B_COS, k], table[B_SIN, k]
        x0 = a * z[k, 0] - b * z[k, 1] + g * u
        x1 = a * z[k, 1] + b * z[k, 0]
        y0 = a * z[k, 2] - b * z[k, 3] + g * x0
        y1 = a * z[k, 3] + b * z[k, 2] + g * x1
        z0 = a * z[k, 4] - b * z[k, 5] + g * y0
        z1 = a * z[k, 5] + b * z[k, 4] + g * y1
        z[k, 0], z[k, 1], z[k, 2], z[k, 3], z[k, 4], z[k, 5] = x0, x1, y0, y1, z0, z1


@kernel("f8(f8, f8[:,::1], i8, f8)")
def own_phase(f: float, table: F64, k: int, rate: float) -> float:
    """Return the phase that resonator ``k`` adds at ``f`` Hz, rad."""
    d = 2.0 * math.pi * (f - table[B_F, k]) / rate
    r = table[B_RADIUS, k]
    return -3.0 * math.atan2(r * math.sin(d), 1.0 - r * math.cos(d))


@kernel("f8(f8, f8, f8)")
def centring_phase(f: float, keep: float, rate: float) -> float:
    """Return the phase that taking off a running mean (factor ``keep``) adds at ``f``, rad."""
    return math.atan2((1.0 - keep) * rate / (2.0 * math.pi), f)


@kernel("f8(f8)")
def wrap(phase: float) -> float:
    """Return ``phase`` within -pi..pi, rad."""
    return phase - 2.0 * math.pi * math.floor((phase + math.pi) / (2.0 * math.pi))


@kernel("f8(f8[:,::1], f8[::1], i8)")
def peak_between(table: F64, power: F64, k: int) -> float:
    """Return the frequency of the maximum near channel ``k``, Hz: a parabola in log power."""
    n = power.size
    k = min(max(k, 1), n - 2)
    a = math.log(power[k - 1] + 1e-300)
    b = math.log(power[k] + 1e-300)
    c = math.log(power[k + 1] + 1e-300)
    bend = a - 2.0 * b + c
    offset = 0.0
    if bend < 0.0:
        offset = min(1.0, max(-1.0, 0.5 * (a - c) / bend))
    spacing = table[B_LOG, 1] - table[B_LOG, 0]
    f: float = table[B_F, k] * math.exp(offset * spacing)
    return f
