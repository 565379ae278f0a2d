"""Soft random patterns that tile: clouds, gusts and wood are drawn from them."""

import numpy as np
from numpy.typing import NDArray


def tiling_noise(
    rng: np.random.Generator, size: int = 256, *, slope: float = 1.5, channels: int = 4
) -> NDArray[np.float32]:
    """Return smooth noise, ``(size, size, channels)``, uniform in 0..1, without a seam.

    White noise filtered to an amplitude of ``1 / frequency ** slope``; ranks make the
    values uniform, so that a threshold of 0.3 leaves 30 %.
    """
    f = np.fft.fftfreq(size) * size
    k = np.hypot(*np.meshgrid(f, f))
    weight = np.where(k < 1.5, 0.0, np.maximum(k, 1.0) ** -slope) * np.exp(
        -((k / (0.42 * size)) ** 4)
    )
    planes: list[NDArray[np.float64]] = []
    for _ in range(channels):
        plane = np.fft.ifft2(np.fft.fft2(rng.normal(size=(size, size))) * weight).real
        ranks = np.empty(size * size)
        ranks[np.argsort(plane, axis=None)] = np.arange(size * size)
        planes.append(ranks.reshape(size, size) / (size * size - 1))
    return np.stack(planes, -1).astype(np.float32)
