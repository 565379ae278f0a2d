"""Wind: gusts on every scale from half a minute to a tenth of a second.

The speed of the air is a product of wandering factors (their spread grows with the cube
root of their time scale, as in turbulence); what one hears of it is a deep body, a
rush that brightens with speed, and a breath of aeolian tones.
"""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.sound.filters import flush, svf, warp
from engine.sound.noise import U64, gauss, seeded, wander, white
from engine.sound.voice import BLOCK, RATE, TICK, Parameter, Voice
from engine.streams import F64

# Four gust scales for both ears, two more for each, the speed at each ear, and the ramps.
GUSTS, EDDIES, SPEED, RUSH_RAMP, TONE_RAMP, FILTERS = 0, 4, 8, 10, 12, 16
PER_EAR = 14
WIND = FILTERS + 2 * PER_EAR

_RUMBLE = math.tan(math.pi * 32.0 / RATE)
_HISS = math.tan(math.pi * 5200.0 / RATE)


@kernel("void(f8[::1],u8[::1],f8,f8)")
def _blow(wind: F64, noise: U64, strength: float, gustiness: float) -> None:
    """Move the speed of the air at both ears on by one tick."""
    step = TICK / RATE
    shared = 0.0
    for j in range(4):
        tau = 24.0 * 3.0 ** (-j)
        wind[GUSTS + j] = wander(wind[GUSTS + j], step, tau, noise)
        shared += wind[GUSTS + j] * (tau / 24.0) ** (1.0 / 3.0)
    base = 0.32 + 0.58 * strength
    for ear in range(2):
        own = 0.0
        for j in range(2):
            tau = 0.3 * 3.0 ** (-j)
            i = EDDIES + 2 * ear + j
            wind[i] = wander(wind[i], step, tau, noise)
            own += wind[i] * (tau / 24.0) ** (1.0 / 3.0)
        speed = base * math.exp((0.09 + 0.15 * gustiness) * (shared + own))
        wind[SPEED + ear] += (min(speed, 1.9) - wind[SPEED + ear]) * step / 0.03


@kernel("void(f8[:,::1],f8[::1],u8[::1],f8[::1])")
def _wind(out: F64, wind: F64, noise: U64, levels: F64) -> None:
    """Add one block of wind to ``out``."""
    strength, gustiness, distance = levels[0], levels[1], levels[2]
    # A storm tells itself by its colour as much as by its level, which stays within what the
    # loudness of the mix may be ridden by.
    tamed = (0.5 / (0.32 + 0.58 * strength)) ** 0.8
    clear = (1.0 - 0.5 * distance) * (0.65 + 0.35 * gustiness)
    for at in range(0, BLOCK, TICK):
        _blow(wind, noise, strength, gustiness)
        for ear in range(2):
            v = wind[SPEED + ear]
            rush = 0.9 * tamed * min(v * v, 2.2)
            tone = 0.3 * tamed * min(v * v * v, 2.0) * (0.6 + 0.4 * gustiness)
            d_rush = (rush - wind[RUSH_RAMP + ear]) / TICK
            d_tone = (tone - wind[TONE_RAMP + ear]) / TICK
            deep = warp(110.0 + 330.0 * v * clear)
            air = warp(520.0 + 1500.0 * v * v * clear)
            # Three edges that sing, not the same ones at both ears.
            first = warp(300.0 + 240.0 * v)
            second = warp(640.0 + 420.0 * v * (0.9 + 0.2 * ear))
            third = warp(1050.0 + 650.0 * v)
            f = FILTERS + PER_EAR * ear
            for n in range(at, at + TICK):
                wind[RUSH_RAMP + ear] += d_rush
                wind[TONE_RAMP + ear] += d_tone
                x = white(noise)
                low, _, _ = svf(x, wind, f, deep, 1.5)
                mid, _, _ = svf(x, wind, f + 2, air, 1.6)
                _, a, _ = svf(x, wind, f + 4, first, 0.09)
                _, b, _ = svf(x, wind, f + 6, second, 0.06)
                _, c, _ = svf(x, wind, f + 8, third, 0.07)
                y = wind[RUSH_RAMP + ear] * (1.25 * low + 0.16 * mid)
                y += wind[TONE_RAMP + ear] * (1.3 * a + 0.9 * b + 0.4 * c)
                y, _, _ = svf(y, wind, f + 10, _HISS, 1.414)
                _, _, y = svf(y, wind, f + 12, _RUMBLE, 1.414)
                out[ear, n] += y
    flush(wind)


@kernel("void(f8[::1],u8[::1])")
def _begin(wind: F64, noise: U64) -> None:
    """Start in the middle of a wind that has long been blowing."""
    for j in range(8):
        wind[GUSTS + j] = gauss(noise)


class Wind:
    """A sounding wind."""

    def __init__(self, rate: int, seed: int) -> None:
        del rate  # every voice runs at RATE
        self._noise = seeded(seed, 2)
        self._wind = np.zeros(WIND)
        _begin(self._wind, self._noise)

    def render(self, out: F64, levels: F64) -> None:
        """Add the next block to ``out``; levels are strength, gustiness, distance."""
        _wind(out, self._wind, self._noise, levels)


WIND_VOICE = Voice(
    id="wind",
    zh="风",
    en="Wind",
    parameters=(
        Parameter("strength", "风力", "Strength", 0.3),
        Parameter("gustiness", "阵风", "Gustiness", 0.4),
        Parameter("distance", "距离", "Distance", 0.3),
    ),
    make=Wind,
    nominal_lufs=-32.1,
)
