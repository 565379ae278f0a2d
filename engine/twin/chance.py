"""Chance inside the twin: the same seed always makes the same person and the same day.

The generator's state is part of the body's state, so a body advanced in many small
pieces is bit for bit the body advanced in one. `MRG32k3a` needs only 64-bit integers
without overflow, so it gives the same numbers compiled and interpreted.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.dsp.jit import kernel

Chance: TypeAlias = NDArray[np.int64]
"""State of one generator, ``(6,)``."""

M1 = 4294967087
M2 = 4294944443


def chance(*seed: int) -> Chance:
    """Return the generator of ``seed``; different seeds give independent ones.

    Parameters
    ----------
    seed
        Whole numbers, zero or more, that together name the generator.
    """
    words = np.random.SeedSequence(seed).generate_state(6, np.uint64)
    state = np.empty(6, np.int64)
    for i, word in enumerate(words.tolist()):
        state[i] = 1 + word % ((M1 if i < 3 else M2) - 1)
    return state


@kernel("float64(int64[::1])")
def uniform(c: Chance) -> float:
    """Return a number between 0 and 1, never 0 or 1, and step ``c``, ``(6,)``.

    Combined multiple recursive generator MRG32k3a of L'Ecuyer; period about 2^191.
    """
    a = (1403580 * c[1] - 810728 * c[0]) % M1
    b = (527612 * c[5] - 1370589 * c[3]) % M2
    c[0], c[1], c[2] = c[1], c[2], a
    c[3], c[4], c[5] = c[4], c[5], b
    return float(((a - b) % M1 + 0.5) / M1)


@kernel("float64(int64[::1])")
def normal(c: Chance) -> float:
    """Return a standard normal number and step ``c``, ``(6,)``, twice (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(uniform(c)))
    return radius * math.cos(2.0 * math.pi * uniform(c))
