"""The motion meter: whether the picture as a whole moves, as it must not.

Waves and clouds may move within the picture; the picture itself may not shift, turn or
grow, because a body that sits still while its eyes say otherwise feels sick.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Motion:
    """The fastest the whole picture moved.

    Attributes
    ----------
    shift
        Degrees a second, sideways or up and down.
    roll
        Degrees a second, about the middle.
    growth
        Share of its size a second.
    """

    shift: float
    roll: float
    growth: float


def measure(frames: NDArray[np.uint8], rate: float, fov: float) -> Motion:
    """Measure ``frames``, ``(n, height, width, 3)``, shown ``rate`` a second.

    ``fov`` is the angle across the picture, degrees. Fits one motion of the whole picture
    (shift, roll, growth) to each pair of frames by least squares; robust, so that waves that
    run within it do not pass for it. The value is the median over one second at its worst.
    """
    luma = frames.astype(np.float64).mean(axis=-1)
    fits = np.array([_fit(a, b) for a, b in pairwise(luma)])
    window = max(min(round(rate), len(fits)), 1)
    means = np.array([
        np.abs(np.median(fits[i : i + window], axis=0)) for i in range(len(fits) - window + 1)
    ])  # fmt: skip
    dx, dy, turn, growth = means.max(axis=0)
    degrees = fov / luma.shape[2]
    return Motion(
        shift=float(np.hypot(dx, dy)) * degrees * rate,
        roll=float(np.degrees(turn)) * rate,
        growth=float(growth) * rate,
    )


def _fit(before: F64, after: F64, rounds: int = 6) -> F64:
    """Return shift x, shift y (pixels), roll (radians) and growth from one frame to the next."""
    a, b = _soft(before), _soft(after)
    gy, gx = np.gradient(0.5 * (a + b))
    height, width = a.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    x -= (width - 1) / 2
    y -= (height - 1) / 2
    design = np.stack([gx, gy, gy * x - gx * y, gx * x + gy * y], -1).reshape(-1, 4)
    target = -(b - a).ravel()
    weight = np.ones(len(target))
    fit: F64 = np.zeros(4)
    for _ in range(rounds):
        weighted = design * weight[:, None]
        square = weighted.T @ design + 1e-9 * np.eye(4)
        fit = np.asarray(np.linalg.solve(square, weighted.T @ target), np.float64)
        left = np.abs(target - design @ fit)
        weight = 1.0 / (1.0 + (left / (1.5 * np.median(left) + 1e-6)) ** 2)
    return fit


def _soft(picture: F64) -> F64:
    """Blur a little, so that a shift of a pixel or two is still within a slope."""
    for axis in (0, 1):
        for _ in range(2):
            picture = 0.5 * picture + 0.25 * (
                np.roll(picture, 1, axis) + np.roll(picture, -1, axis)
            )
    return np.asarray(picture, np.float64)
