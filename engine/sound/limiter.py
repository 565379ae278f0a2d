"""The last guard before the ears: no peak passes the ceiling, not even between samples."""

import numpy as np

from engine.dsp.jit import kernel
from engine.sound.loudness import TAPS, interpolator
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

AHEAD = 64
"""Frames the limiter looks ahead (1.3 ms), so that its gain may move gently."""
CENTRE = TAPS // 2
"""Frames by which the peak estimate lags."""
DELAY = AHEAD + CENTRE
"""Frames between what goes in and what comes out."""

# What the state holds: the held gain, the sum and place of the moving mean, and whether
# it rests; then the mean's memory.
HELD, SUM, PLACE, BUSY, MEMORY = 0, 1, 2, 3, 4


@kernel("void(f8[:,::1],f8[:,::1],f8[::1],f8[:,::1],f8[::1],f8,f8)")
def _limit(  # noqa: PLR0917 - kernels take numbers in order
    x: F64, ring: F64, wanted: F64, points: F64, state: F64, ceiling: float, reach: float
) -> None:
    """Limit one block in place.

    Parameters
    ----------
    x : (2, BLOCK)
        What goes in; holds what comes out, `DELAY` frames later.
    ring : (2, BLOCK + history)
        The newest samples at the end.
    wanted : (BLOCK + AHEAD,)
        The gain each sample asks for.
    points : (PHASES, TAPS)
        The interpolator between samples.
    state
        See above.
    ceiling, reach
        The highest level allowed; the most the interpolator can add up to.
    """
    taps = points.shape[1]
    history = ring.shape[1] - BLOCK
    loudest = 0.0
    for ear in range(2):
        for i in range(history):
            ring[ear, i] = ring[ear, i + BLOCK]
            if i >= history - taps:
                loudest = max(loudest, abs(ring[ear, i]))
        for i in range(BLOCK):
            ring[ear, history + i] = x[ear, i]
            loudest = max(loudest, abs(x[ear, i]))
    for i in range(AHEAD):
        wanted[i] = wanted[i + BLOCK]
    least = 1.0
    for i in range(BLOCK):
        gain = 1.0
        if loudest * reach > ceiling:  # else no point between samples can pass it
            peak = 0.0
            for ear in range(2):
                peak = max(peak, abs(ring[ear, history + i - CENTRE]))
                for phase in range(points.shape[0]):
                    y = 0.0
                    for j in range(taps):
                        y += points[phase, j] * ring[ear, history + i - taps + 1 + j]
                    peak = max(peak, abs(y))
            if peak > ceiling:
                gain = ceiling / peak
        wanted[AHEAD + i] = gain
        least = min(least, gain)
    busy = least < 1.0 or state[BUSY] > 0.0
    if busy:
        resting = True
        for i in range(BLOCK):
            lowest = 1.0
            for j in range(AHEAD + 1):
                lowest = min(lowest, wanted[i + j])
            if lowest < state[HELD]:
                state[HELD] = lowest
            else:
                state[HELD] += (lowest - state[HELD]) / (0.25 * RATE)
                if state[HELD] > 0.999999:
                    state[HELD] = 1.0
            k = int(state[PLACE])
            state[SUM] += state[HELD] - state[MEMORY + k]
            state[MEMORY + k] = state[HELD]
            state[PLACE] = (k + 1) % AHEAD
            gain = min(state[SUM] / AHEAD, 1.0)
            for ear in range(2):
                x[ear, i] = ring[ear, history + i - DELAY] * gain
        for j in range(AHEAD):
            resting = resting and state[MEMORY + j] == 1.0
        if resting:
            state[SUM] = float(AHEAD)
        state[BUSY] = 0.0 if resting and least == 1.0 else 1.0
    else:
        for ear in range(2):
            for i in range(BLOCK):
                x[ear, i] = ring[ear, history + i - DELAY]


class Limiter:
    """A look-ahead limiter for true peaks.

    Parameters
    ----------
    ceiling_db
        What no peak may pass, dBTP.
    """

    _MARGIN_DB = 0.35  # what four points a sample may still miss

    def __init__(self, ceiling_db: float = -1.5) -> None:
        self._ceiling = 10.0 ** ((ceiling_db - self._MARGIN_DB) / 20.0)
        self._points = interpolator()
        self._reach = float(np.abs(self._points).sum(axis=1).max())
        self._ring = np.zeros((2, BLOCK + DELAY + TAPS))
        self._wanted = np.ones(BLOCK + AHEAD)
        self._state = np.zeros(MEMORY + AHEAD)
        self._state[HELD] = 1.0
        self._state[SUM] = AHEAD
        self._state[MEMORY:] = 1.0

    def limit(self, x: F64) -> None:
        """Limit the next block ``(2, BLOCK)`` in place; it comes out `DELAY` frames later."""
        _limit(
            x, self._ring, self._wanted, self._points, self._state, self._ceiling, self._reach
        )  # fmt: skip
