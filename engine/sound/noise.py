"""Chance, the same chance every time: the random numbers voices are made of.

xorshift64 by shifts alone, not the starred variant: its multiplication overflows by
design, which the interpreter (``NUMBA_DISABLE_JIT=1``) refuses, and the upper 53 bits
used here are as white to the ear and to the periodogram without it.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.dsp.jit import kernel

U64: TypeAlias = NDArray[np.uint64]

_A, _B, _C, _MANTISSA = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0
_TO_ONE_SD = math.sqrt(3.0)


def seeded(seed: int, *path: int) -> U64:
    """Return a generator's state ``(1,)``, well mixed from ``seed`` and where it is used."""
    state = np.random.SeedSequence((seed, *path)).generate_state(1, np.uint64)
    return np.where(state == 0, np.uint64(0x9E3779B97F4A7C15), state)


@kernel("f8(u8[::1])")
def uniform(noise: U64) -> float:
    """Return the next number, uniform within 0 <= x < 1."""
    x = noise[0]
    x ^= x << _A
    x ^= x >> _B
    x ^= x << _C
    noise[0] = x
    return float(x >> _MANTISSA) * _UNIT


@kernel("f8(u8[::1])")
def white(noise: U64) -> float:
    """Return the next number, uniform within -1 <= x < 1 (rms 0.577)."""
    return 2.0 * uniform(noise) - 1.0


@kernel("f8(u8[::1])")
def gauss(noise: U64) -> float:
    """Return the next number, mean 0, SD 1, near enough normal (sum of four)."""
    total = uniform(noise) + uniform(noise) + uniform(noise) + uniform(noise)
    return (total - 2.0) * _TO_ONE_SD


@kernel("f8(u8[::1])")
def exponential(noise: U64) -> float:
    """Return the next number, exponential with mean 1: a wait between chance events."""
    return -math.log(1.0 - 0.999999 * uniform(noise))


@kernel("f8(f8,f8,f8,u8[::1])")
def wander(x: float, step: float, tau: float, noise: U64) -> float:
    """Return an Ornstein-Uhlenbeck process of SD 1 after ``step`` more seconds.

    ``tau`` is its memory, s; ``step`` must be far below it.
    """
    return x - x * step / tau + math.sqrt(2.0 * step / tau) * gauss(noise)
