"""The skin as three numbers: its level, what is still recovering, and the sweat that drives it."""

from engine.dsp.eda_layout import (
    COUPLING,
    DECAY,
    DRIVER,
    DRIVER_NOISE,
    DT,
    NOISE,
    P00,
    P01,
    P02,
    P11,
    P12,
    P22,
    PHASIC,
    POWER,
    RISE,
    SIGMA,
    STARTED,
    TONIC,
)
from engine.dsp.jit import kernel
from engine.streams import F64

MOST_TONIC_VARIANCE = 4.0


@kernel("void(f8[::1], f8)")
def anchor(s: F64, y: float) -> None:
    """Begin again at conductance ``y``, uS, knowing nothing of what came before."""
    s[TONIC] = y
    s[PHASIC] = 0.0
    s[DRIVER] = 0.0
    s[P00] = s[P11] = s[P22] = 0.01
    s[P01] = s[P02] = s[P12] = 0.0
    s[STARTED] = 1.0


@kernel("void(f8[::1])")
def predict(s: F64) -> None:
    """Let one step go by: the level wanders, the driver fades into the recovering part."""
    ep, er, c, dt = s[DECAY], s[RISE], s[COUPLING], s[DT]
    a01, a02, a11, a12, a22 = s[P01], s[P02], s[P11], s[P12], s[P22]
    s[PHASIC] = ep * s[PHASIC] + c * s[DRIVER]
    s[DRIVER] *= er
    # An active skin may surprise more than a quiet one.
    surprise = dt * (0.002 + s[DRIVER_NOISE] * min(1.0, s[POWER]))
    s[P00] = min(MOST_TONIC_VARIANCE, s[P00] + 4e-5 * (1.0 + 0.04 * s[TONIC] * s[TONIC]) * dt)
    s[P01] = ep * a01 + c * a02
    s[P02] = er * a02
    s[P11] = ep * ep * a11 + 2.0 * ep * c * a12 + c * c * a22 + 1e-7
    s[P12] = er * (ep * a12 + c * a22)
    s[P22] = er * er * a22 + surprise


@kernel("void(f8[::1], f8)")
def update(s: F64, y: float) -> None:
    """Take in a valid conductance ``y``, uS.

    Sweat glands secrete, they do not suck back: a negative driver, then a negative
    phasic part, is projected to zero along the covariance.
    """
    sigma = s[NOISE] * SIGMA
    h0 = s[P00] + s[P01]
    h1 = s[P01] + s[P11]
    h2 = s[P02] + s[P12]
    total = h0 + h1 + sigma * sigma + 1e-6
    e = y - s[TONIC] - s[PHASIC]
    k0, k1, k2 = h0 / total, h1 / total, h2 / total
    t = s[TONIC] + k0 * e
    p = s[PHASIC] + k1 * e
    z = s[DRIVER] + k2 * e
    b11 = s[P11] - k1 * h1
    b12 = s[P12] - k1 * h2
    b22 = s[P22] - k2 * h2
    b01 = s[P01] - k0 * h1
    b02 = s[P02] - k0 * h2
    s[P00] -= k0 * h0
    if z < 0.0:
        g = -z / b22
        t += b02 * g
        p += b12 * g
        z = 0.0
    if p < 0.0:
        g = -p / b11
        t += b01 * g
        z = max(0.0, z + b12 * g)
        p = 0.0
    s[TONIC], s[PHASIC], s[DRIVER] = t, p, z
    s[P01], s[P02], s[P11], s[P12], s[P22] = b01, b02, b11, b12, b22
