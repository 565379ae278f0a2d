"""The filter every voice shapes its noise with, and the curves between two settings."""

import math

from engine.dsp.jit import kernel
from engine.sound.voice import RATE
from engine.streams import F64


@kernel("f8(f8)")
def warp(hertz: float) -> float:
    """Return the coefficient ``g`` of `svf` for a corner frequency, kept within 5..21000 Hz."""
    return math.tan(math.pi * min(max(hertz, 5.0), 21000.0) / RATE)


@kernel("UniTuple(f8,3)(f8,f8[::1],i8,f8,f8)")
def svf(x: float, state: F64, at: int, g: float, k: float) -> tuple[float, float, float]:
    """Return the low, band and high output of a state-variable filter for one sample.

    Trapezoidal integrators with zero delay, so that it may be retuned while it sounds
    without a thump. ``k`` is 1/Q; the band has unity gain at its centre. State: two
    numbers at ``state[at]``.
    """
    s1 = state[at]
    s2 = state[at + 1]
    v3 = x - s2
    a1 = 1.0 / (1.0 + g * (g + k))  # the same in every turn of a loop: computed once
    v1 = a1 * (s1 + g * v3)
    v2 = s2 + g * v1
    state[at] = 2.0 * v1 - s1
    state[at + 1] = 2.0 * v2 - s2
    return v2, k * v1, x - k * v1 - v2


@kernel("f8(f8)")
def smooth(u: float) -> float:
    """Return 0..1 for ``u`` 0..1 with no corner at either end (held outside)."""
    u = min(max(u, 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


@kernel("UniTuple(f8,2)(f8)")
def pan(x: float) -> tuple[float, float]:
    """Return the left and right gain for a place -1 (left) .. 1 (right), equal power."""
    angle = (min(max(x, -1.0), 1.0) + 1.0) * math.pi / 4.0
    return math.cos(angle), math.sin(angle)


@kernel("void(f8[::1])")
def flush(state: F64) -> None:
    """Set what has died away to zero: denormal numbers make a processor crawl."""
    for i in range(state.shape[0]):
        if abs(state[i]) < 1e-30:
            state[i] = 0.0
