"""The skin as three numbers: its level, what is still recovering, and the sweat that drives it.

Sweat comes in bursts and then not at all, and people differ in how fast their skin recovers.
So there is a pair of Kalman filters for each of three recovery times: one of the pair believes
that no sweat comes now, the other that a burst is under way. Each pair weighs its two beliefs
by how well they foretell (an interacting multiple model), and the pairs are weighed by how
well they foretold lately. Without the quiet belief a skin that never comes to rest would
read as a higher level: it is the moments without sweat that tell where the level is.
"""

import math

from engine.dsp.eda_layout import (
    B_COUPLING,
    B_DECAY,
    B_DRIVER,
    B_EVIDENCE,
    B_P00,
    B_P01,
    B_P02,
    B_P11,
    B_P12,
    B_P22,
    B_PHASIC,
    B_RECOVERY,
    B_SHARE,
    B_SURPRISE,
    B_TONIC,
    BANK_DT,
    DRIVER,
    GROUP_SUM,
    GROUP_VALID,
    NOISE,
    PAIRS,
    PHASIC,
    POWER,
    RECOVERY,
    RISE,
    SIGMA,
    STARTED,
    TONIC,
)
from engine.dsp.jit import kernel
from engine.streams import F64

MOST_TONIC_VARIANCE = 4.0
BURSTS = 0.1
"""Bursts a second that are expected."""
BURST = 1.0
"""How long one lasts, s."""
REMEMBERED = 150.0
"""Time constant with which it is forgotten how well a recovery time foretold, s."""
TEMPER = 0.5
"""The model is not the skin: only so much of the evidence is believed."""
LEAST_SHARE = 1e-6


@kernel("void(f8[::1], f8[:,::1], f8)")
def anchor(s: F64, bank: F64, y: float) -> None:
    """Begin again at conductance ``y``, uS, knowing nothing of what came before but the person.

    How much of ``y`` is still recovering is not known, only the sum is.
    """
    unknown = min(0.5 * MOST_TONIC_VARIANCE, 0.25 + 0.01 * y * y)
    s[TONIC], s[PHASIC], s[DRIVER] = y, 0.0, 0.0
    s[GROUP_SUM] = s[GROUP_VALID] = 0.0
    for r in range(2 * PAIRS):
        bank[r, :B_SHARE] = 0.0
        bank[r, B_TONIC] = y
        bank[r, B_P00] = bank[r, B_P11] = unknown
        bank[r, B_P01] = 0.005 - unknown
        bank[r, B_P22] = 0.01
        bank[r, B_SHARE] = 0.8 if r % 2 == 0 else 0.2
    s[STARTED] = 1.0


@kernel("void(f8[:,::1], i8, i8, f8)")
def blend(bank: F64, pair: int, into: int, share: float) -> None:
    """Write the mixture of both filters of ``pair`` into row ``into``; ``share`` is the first's."""
    q, b = bank[2 * pair], bank[2 * pair + 1]
    other = 1.0 - share
    both = share * other
    for c in range(B_P00):
        bank[into, c] = share * q[c] + other * b[c]
    d0, d1, d2 = q[B_TONIC] - b[B_TONIC], q[B_PHASIC] - b[B_PHASIC], q[B_DRIVER] - b[B_DRIVER]
    bank[into, B_P00] = share * q[B_P00] + other * b[B_P00] + both * d0 * d0
    bank[into, B_P01] = share * q[B_P01] + other * b[B_P01] + both * d0 * d1
    bank[into, B_P02] = share * q[B_P02] + other * b[B_P02] + both * d0 * d2
    bank[into, B_P11] = share * q[B_P11] + other * b[B_P11] + both * d1 * d1
    bank[into, B_P12] = share * q[B_P12] + other * b[B_P12] + both * d1 * d2
    bank[into, B_P22] = share * q[B_P22] + other * b[B_P22] + both * d2 * d2


@kernel("void(f8[::1], f8, f8)")
def predict(f: F64, rise: float, dt: float) -> None:
    """Let filter ``f`` see time go by: the level wanders, the driver fades into the phasic part."""
    ep, c = f[B_DECAY], f[B_COUPLING]
    a01, a02, a11, a12, a22 = f[B_P01], f[B_P02], f[B_P11], f[B_P12], f[B_P22]
    f[B_PHASIC] = ep * f[B_PHASIC] + c * f[B_DRIVER]
    f[B_DRIVER] *= rise
    # Only growth is stopped: cutting a variance without its covariances would break the filter.
    if f[B_P00] < MOST_TONIC_VARIANCE:
        f[B_P00] += 4e-5 * (1.0 + 0.04 * f[B_TONIC] * f[B_TONIC]) * dt
    f[B_P01] = ep * a01 + c * a02
    f[B_P02] = rise * a02
    f[B_P11] = ep * ep * a11 + 2.0 * ep * c * a12 + c * c * a22 + 1e-7
    f[B_P12] = rise * (ep * a12 + c * a22)
    f[B_P22] = rise * rise * a22 + f[B_SURPRISE]


@kernel("f8(f8[::1], f8, f8)")
def update(f: F64, y: float, variance: float) -> float:
    """Let filter ``f`` take in ``y``, uS; return the log-likelihood it gave to it.

    Sweat glands secrete, they do not suck back: a negative driver, then a negative phasic
    part, is projected to zero along the covariance, at its cost in likelihood.
    """
    h0, h1, h2 = f[B_P00] + f[B_P01], f[B_P01] + f[B_P11], f[B_P02] + f[B_P12]
    total = h0 + h1 + variance
    e = y - f[B_TONIC] - f[B_PHASIC]
    told = math.log(total) + e * e / total
    k0, k1, k2 = h0 / total, h1 / total, h2 / total
    t, p, z = f[B_TONIC] + k0 * e, f[B_PHASIC] + k1 * e, f[B_DRIVER] + k2 * e
    b11 = f[B_P11] - k1 * h1
    b12 = f[B_P12] - k1 * h2
    b22 = f[B_P22] - k2 * h2
    b01 = f[B_P01] - k0 * h1
    b02 = f[B_P02] - k0 * h2
    f[B_P00] -= k0 * h0
    if z < 0.0:
        told += z * z / b22
        g = -z / b22
        t += b02 * g
        p += b12 * g
        z = 0.0
    if p < 0.0:
        told += p * p / b11
        g = -p / b11
        t += b01 * g
        z = max(0.0, z + b12 * g)
        p = 0.0
    f[B_TONIC], f[B_PHASIC], f[B_DRIVER] = t, p, z
    f[B_P01], f[B_P02], f[B_P11], f[B_P12], f[B_P22] = b01, b02, b11, b12, b22
    likelihood: float = -0.5 * told
    return likelihood


@kernel("f8(f8[::1], f8[:,::1], i8, f8, f8)")
def step_pair(s: F64, bank: F64, pair: int, y: float, variance: float) -> float:
    """Take one step with both filters of ``pair``; return its log-likelihood of ``y``.

    ``y`` is NaN where it is missing; then nothing is learnt and the likelihood is 0.
    """
    quiet, burst = bank[2 * pair], bank[2 * pair + 1]
    dt = s[BANK_DT]
    begins = quiet[B_SHARE] * (1.0 - math.exp(-BURSTS * dt))
    ends = burst[B_SHARE] * (1.0 - math.exp(-dt / BURST))
    quietly, loudly = quiet[B_SHARE] - begins + ends, burst[B_SHARE] - ends + begins
    first, second = 2 * PAIRS, 2 * PAIRS + 1
    blend(bank, pair, first, (quiet[B_SHARE] - begins) / quietly)
    blend(bank, pair, second, begins / loudly)
    for k in range(B_SHARE):
        quiet[k], burst[k] = bank[first, k], bank[second, k]
    predict(quiet, s[RISE], dt)
    predict(burst, s[RISE], dt)
    told = 0.0
    if math.isfinite(y):
        by_quiet, by_burst = update(quiet, y, variance), update(burst, y, variance)
        told = max(by_quiet, by_burst)
        quietly *= math.exp(by_quiet - told)
        loudly *= math.exp(by_burst - told)
        told += math.log(quietly + loudly)
    share = quietly / (quietly + loudly)
    quiet[B_SHARE] = min(1.0 - LEAST_SHARE, max(LEAST_SHARE, share))
    burst[B_SHARE] = 1.0 - quiet[B_SHARE]
    return told


@kernel("void(f8[::1], f8[:,::1], f8)")
def split(s: F64, bank: F64, y: float) -> None:
    """Let every filter see conductance ``y``, uS (NaN: missing); store what they say together."""
    dt, sigma = s[BANK_DT], s[NOISE] * SIGMA
    variance = sigma * sigma / max(1.0, s[GROUP_VALID]) + 1e-6
    forget = 1.0 - dt / REMEMBERED
    best = -math.inf
    for pair in range(PAIRS):
        told = step_pair(s, bank, pair, y, variance)
        bank[2 * pair, B_EVIDENCE] = forget * bank[2 * pair, B_EVIDENCE] + TEMPER * told
        best = max(best, bank[2 * pair, B_EVIDENCE])
    total = tonic = phasic = driver = recovery = 0.0
    for pair in range(PAIRS):
        weight = math.exp(bank[2 * pair, B_EVIDENCE] - best)
        total += weight
        recovery += weight * bank[2 * pair, B_RECOVERY]
        for r in (2 * pair, 2 * pair + 1):
            share = weight * bank[r, B_SHARE]
            tonic += share * bank[r, B_TONIC]
            phasic += share * bank[r, B_PHASIC]
            driver += share * bank[r, B_DRIVER]
    s[TONIC], s[PHASIC], s[DRIVER] = tonic / total, phasic / total, driver / total
    s[RECOVERY] = recovery / total
    s[POWER] += (4.0 * s[DRIVER] * s[DRIVER] - s[POWER]) * dt / 30.0
