"""The vibration one feels: a deep tone that swells, never harsh, never sudden, never a click."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.sound.filters import flush, smooth, svf, warp
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

LOWEST, HIGHEST = 30.0, 120.0
"""Hz a transducer on a seat or bed may be driven at."""
EASE = 0.06
"""Time constant of each of the two stages that smooth the strength, s."""
GLIDE = 0.25
"""Time constant of the frequency, s."""
CLOSES_IN, OPENS_IN = 0.2, 1.0
"""Seconds in which the tone dies away when nobody vouches for it any more, and returns."""
RUMBLE = 12.0
"""Hz below which nothing passes: a transducer must not be pushed out of its middle."""
DAMPING = (1.8477590650225735, 0.7653668647301796)
"""1/Q of the two halves of a fourth-order Butterworth low-pass."""

PHASE, FIRST, SECOND, HERTZ, DOOR, FILTERS = 0, 1, 2, 3, 4, 6
STATE = FILTERS + 6


@kernel("f8(f8[::1],f8[::1],f8,f8,f8,f8,f8,f8)")
def _vibrate(  # noqa: PLR0917 - kernels take numbers in order
    out: F64, state: F64, first: float, last: float, hertz: float, door: float, top: float,
    ceiling: float,
) -> float:  # fmt: skip
    """Write one block ``(BLOCK,)`` and return its mean power, full strength being 1.

    Parameters
    ----------
    first, last
        Strength wanted at the first and after the last sample, 0..1.
    hertz
        Frequency wanted.
    door
        1 lets the tone out, 0 closes it within `CLOSES_IN`.
    top
        Hz above which nothing is wanted.
    ceiling
        What no sample passes, whatever happens before.
    """
    ease = 1.0 - math.exp(-1.0 / (EASE * RATE))
    glide = 1.0 - math.exp(-1.0 / (GLIDE * RATE))
    swing = 1.0 / (CLOSES_IN * RATE) if door < state[DOOR] else 1.0 / (OPENS_IN * RATE)
    above, below = warp(top), warp(RUMBLE)
    step = (last - first) / out.shape[0]
    power = 0.0
    for n in range(out.shape[0]):
        state[FIRST] += (first + step * n - state[FIRST]) * ease
        state[SECOND] += (state[FIRST] - state[SECOND]) * ease
        state[HERTZ] += (hertz - state[HERTZ]) * glide
        if door < state[DOOR]:
            state[DOOR] = max(state[DOOR] - swing, door)
        else:
            state[DOOR] = min(state[DOOR] + swing, door)
        state[PHASE] += 2.0 * math.pi * state[HERTZ] / RATE
        if state[PHASE] > 2.0 * math.pi:
            state[PHASE] -= 2.0 * math.pi
        strength = state[SECOND] * smooth(state[DOOR])
        power += strength * strength
        x = strength * ceiling * math.sin(state[PHASE])
        x, _, _ = svf(x, state, FILTERS, above, DAMPING[0])
        x, _, _ = svf(x, state, FILTERS + 2, above, DAMPING[1])
        _, _, x = svf(x, state, FILTERS + 4, below, math.sqrt(2.0))
        out[n] = min(max(x, -ceiling), ceiling)
    flush(state)
    mean: float = power / out.shape[0]
    return mean


class Vibration:
    """One transducer's signal, block by block.

    Parameters
    ----------
    high
        Hz above which nothing is wanted.
    ceiling_db
        Level no sample passes, dB of full scale.
    """

    def __init__(self, high: float, ceiling_db: float) -> None:
        self.ceiling = 10.0 ** (ceiling_db / 20.0)
        self._top = 1.5 * high
        self._out = np.zeros(BLOCK)
        self._state = np.zeros(STATE)
        self._last = 0.0

    @property
    def silent(self) -> bool:
        """Whether it has died away, or never began."""
        state = self._state
        return bool(state[DOOR] == 0.0 or (self._last == 0.0 and state[SECOND] < 1e-5))

    def render(self, strength: float, hertz: float, *, let_out: bool) -> tuple[F64, float]:
        """Return the next block, the same array at every call, and its mean power.

        What is no number is silence.
        """
        wanted = min(max(strength, 0.0), 1.0) if math.isfinite(strength) else 0.0
        hertz = min(max(hertz, LOWEST), HIGHEST) if math.isfinite(hertz) else LOWEST
        if self._state[HERTZ] == 0.0 or self.silent:
            self._state[HERTZ] = hertz
        power = _vibrate(
            self._out, self._state, self._last, wanted, hertz, float(let_out), self._top,
            self.ceiling,
        )  # fmt: skip
        self._last = wanted
        return self._out, power
