"""The flash meter: whether what was shown keeps the rules against flashes and red.

WCAG 2.3.1 counts a flash where the relative luminance of a place rises by a tenth of full
white and falls again (or the reverse) while its darker state is below 0.8, and allows three
a second. It excuses small areas; here none is excused, because a headset fills the field.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

STEP, DARK = 0.10, 0.80
RED, FAINT = 0.80, 0.02  # share of red that is saturated; light too faint to matter
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class Flashes:
    """What the meter read.

    Attributes
    ----------
    most
        Flashes in the worst second of the worst place.
    red
        Largest share of a picture that was saturated red, 0..1.
    """

    most: float
    red: float


def measure(frames: NDArray[np.uint8], rate: float, cell: int = 8) -> Flashes:
    """Measure ``frames``, ``(n, height, width, 3)`` sRGB, shown ``rate`` a second.

    ``cell`` is the side of the squares looked at, pixels; the picture is cut to whole ones.
    """
    n, height, width, _ = frames.shape
    rows, columns = height // cell, width // cell
    light = np.empty((n, rows, columns))
    red = 0.0
    for i, frame in enumerate(frames):
        linear = linearised(frame)
        total = linear.sum(axis=-1)
        red = max(red, float(((linear[..., 0] >= RED * total) & (total > FAINT)).mean()))
        cut = (linear @ _WEIGHTS)[: rows * cell, : columns * cell]
        light[i] = cut.reshape(rows, cell, columns, cell).mean(axis=(1, 3))
    turns = _turns(light.reshape(n, -1))
    window = max(round(rate), 1)
    summed = np.cumsum(np.vstack([np.zeros(turns.shape[1]), turns]), axis=0)
    first = np.maximum(np.arange(1, n + 1) - window, 0)
    most = float((summed[1:] - summed[first]).max(initial=0.0)) / 2
    return Flashes(most, red)


def linearised(picture: NDArray[np.uint8]) -> F64:
    """Return sRGB values as light, 0..1."""
    v = picture.astype(np.float64) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def _turns(light: F64) -> F64:
    """Mark, frame by frame and place by place, changes of at least `STEP` that turn round."""
    n, places = light.shape
    marks = np.zeros((n, places))
    low, high = light[0].copy(), light[0].copy()
    heading = np.zeros(places)
    for i in range(1, n):
        now = light[i]
        rises = (now - low >= STEP) & (low < DARK) & (heading <= 0)
        falls = (high - now >= STEP) & (now < DARK) & (heading >= 0) & ~rises
        marks[i] = rises | falls
        heading = np.where(rises, 1.0, np.where(falls, -1.0, heading))
        # From a turn on, only the way onward counts.
        low = np.where(falls | rises, now, np.minimum(low, now))
        high = np.where(falls | rises, now, np.maximum(high, now))
    return marks
