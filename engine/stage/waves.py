"""Waves as numbers: a swell of a dozen long ones, and a looping carpet of ripples."""

import numpy as np
from numpy.typing import NDArray

GRAVITY = 9.81
WAVES = 12
FRAMES, LOOP = 24, 6.0  # of the ripples: pictures, seconds


def swell(
    rng: np.random.Generator, wind: float, *, short: float = 4.5, long: float = 62.0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return a swell that comes from ``wind`` degrees (0 ahead, 90 from the right).

    Returns
    -------
    waves : (WAVES, 4) float32
        Wave vector x and y (1/m), amplitude (m), angular frequency (1/s, deep water).
    phases : (WAVES,) float64
        At the start, radians.
    """
    steps = (np.arange(WAVES) + rng.uniform(-0.3, 0.3, WAVES)) / (WAVES - 1)
    length = long * (short / long) ** steps
    k = 2 * np.pi / length
    heading = np.radians(180.0 + wind) + rng.normal(0, 0.42, WAVES) * np.linspace(0.5, 1.6, WAVES)
    # The long ones are steeper than the short ones: an old sea that has run on, not a storm.
    amplitude = 0.0105 * length * (length / long) ** 0.6 * np.exp(-((length / 60.0) ** 2))
    waves = np.stack(
        [k * np.sin(heading), k * np.cos(heading), amplitude, np.sqrt(GRAVITY * k)], -1
    )
    return waves.astype(np.float32), rng.uniform(0, 2 * np.pi, WAVES)


def ripples(rng: np.random.Generator, size: int = 128, length: float = 10.0) -> NDArray[np.float32]:
    """Return slopes of small waves, ``(FRAMES, size, size, 4)``, that tile and loop.

    Channels are the slopes in x and y and their squares: the mean of the squares minus
    the square of the mean is the roughness that a coarser picture cannot show (LEAN
    mapping, doi:10.1145/1730804.1730834). The slopes' mean square is 1.
    """
    f = 2 * np.pi * np.fft.fftfreq(size, length / size)
    kx, ky = np.meshgrid(f, f)
    k = np.hypot(kx, ky)
    k[0, 0] = 1e-6
    wavelength = 2 * np.pi / k
    # A broad band about a metre long, more along the wind than across it.
    power = np.exp(-((np.log(wavelength / 0.95) / 0.85) ** 2)) / k**2
    power *= 0.35 + 0.65 * ((kx * 0.94 + ky * 0.34) / k) ** 2
    power[0, 0] = 0.0
    start = (rng.normal(size=k.shape) + 1j * rng.normal(size=k.shape)) * np.sqrt(power / 2)
    # Frequencies (with surface tension) snapped to the loop, so that the end meets the start.
    base = 2 * np.pi / LOOP
    turn = np.maximum(np.round(np.sqrt(GRAVITY * k + 7.3e-5 * k**3) / base), 1) * base
    back = (-np.arange(size)) % size
    mirrored = np.conj(start[np.ix_(back, back)])
    out = np.zeros((FRAMES, size, size, 4), np.float32)
    for n in range(FRAMES):
        t = n * LOOP / FRAMES
        height = start * np.exp(1j * turn * t) + mirrored * np.exp(-1j * turn * t)
        out[n, ..., 0] = np.fft.ifft2(1j * kx * height).real
        out[n, ..., 1] = np.fft.ifft2(1j * ky * height).real
    out[..., :2] /= np.sqrt((out[..., :2] ** 2).sum(-1).mean())
    out[..., 2:] = out[..., :2] ** 2
    return out
