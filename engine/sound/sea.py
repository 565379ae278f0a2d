"""The sea at a quiet beach: each wave gathers, roars, breaks, washes up and runs back.

Not noise on a slow oscillator: up to five waves are alive at once, each with a course of
its own; they come at irregular times and in groups, high ones after high ones, as wind
waves do.
"""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.sound.filters import flush, pan, smooth, svf, warp
from engine.sound.modes import pool, ring, sound_modes
from engine.sound.noise import U64, exponential, gauss, seeded, uniform, wander, white
from engine.sound.voice import BLOCK, RATE, TICK, Parameter, Voice
from engine.streams import F64

# A wave, one row: whether it is alive, its age and its nature ...
ALIVE, AGE, GATHER, WASH, RECEDE, HEIGHT, FROM, TO, COLOUR = 0, 1, 2, 3, 4, 5, 6, 7, 8
# ... where its ramps stand (roar, break, wash, recede, left, right) ...
RAMPS = 9
# ... two flutters of the foam, and three filters an ear.
FLUTTER, SIZZLE, FILTERS = 15, 16, 17
WAVE = 29
# The sea as a whole: frames to the next wave, height of the group, the far surf
# (its chance and its ramp), the high-pass at the end, the far surf's filters, the air
# between the sea and us.
NEXT, GROUP, SURF, SURF_RAMP, HIGH_PASS, SURF_FILTERS, AIR = 0, 1, 2, 3, 4, 8, 16
SEA = 20

_RUMBLE = math.tan(math.pi * 38.0 / RATE)
_AIR = math.tan(math.pi * 9000.0 / RATE)


@kernel("void(f8[:,::1],f8[::1],u8[::1],f8,f8)")
def _arrive(waves: F64, sea: F64, noise: U64, size: float, calm: float) -> None:
    """Let the next wave begin when it is time, and settle when the one after comes."""
    sea[NEXT] -= TICK
    if sea[NEXT] > 0.0:
        return
    for i in range(waves.shape[0]):
        if waves[i, ALIVE] == 0.0:
            sea[GROUP] = 0.6 * sea[GROUP] + 0.8 * gauss(noise)
            height = min(max(math.exp(0.34 * sea[GROUP]), 0.4), 1.9)
            for j in range(WAVE):
                waves[i, j] = 0.0
            waves[i, ALIVE] = 1.0
            waves[i, GATHER] = (2.6 + 1.6 * uniform(noise)) * (1.0 + 0.5 * calm)
            waves[i, WASH] = (1.7 + 1.3 * uniform(noise)) * (0.8 + 0.35 * height)
            waves[i, RECEDE] = 2.8 + 2.4 * uniform(noise)
            waves[i, HEIGHT] = height * (0.87 - 0.23 * calm)
            waves[i, FROM] = 1.4 * uniform(noise) - 0.7
            waves[i, TO] = waves[i, FROM] + 0.9 * white(noise)
            waves[i, COLOUR] = 0.85 + 0.3 * uniform(noise)
            break
    # Wide on purpose: a period one could count would tie the breath to it.
    mean = 6.4 + 4.8 * calm - 2.0 * size
    sea[NEXT] += RATE * mean * (0.4 + 0.45 * uniform(noise) + 0.38 * exponential(noise))


@kernel("void(f8[:,::1],f8[::1],u8[::1],i8,f8,f8,f8)")
def _surf(  # noqa: PLR0917 - kernels take numbers in order
    out: F64, sea: F64, noise: U64, at: int, size: float, calm: float, distance: float
) -> None:
    """Add one tick of the far surf that never stops."""
    sea[SURF] = wander(sea[SURF], TICK / RATE, 4.0, noise)
    level = (0.2 + 0.25 * distance) * math.exp(0.18 * sea[SURF]) * (0.5 + 0.5 * size)
    step = (level * (1.0 - 0.2 * calm) - sea[SURF_RAMP]) / TICK
    body = warp(420.0 * (1.0 - 0.4 * distance))
    air = warp(2600.0 * (1.0 - 0.6 * distance) * (1.0 - 0.3 * calm))
    for n in range(at, at + TICK):
        sea[SURF_RAMP] += step
        for ear in range(2):
            low, _, _ = svf(white(noise), sea, SURF_FILTERS + 2 * ear, body, 1.6)
            low, _, _ = svf(low, sea, SURF_FILTERS + 4 + 2 * ear, air, 1.4)
            out[ear, n] += 0.9 * sea[SURF_RAMP] * low


@kernel("f8(f8[:,::1],f8[::1],u8[::1],i8,f8,f8,f8)")
def _wave(  # noqa: PLR0917 - kernels take numbers in order
    out: F64, wave: F64, noise: U64, at: int, size: float, calm: float, distance: float
) -> float:
    """Add one tick of a wave and return how much foam it makes."""
    age = wave[AGE] / RATE
    first = wave[AGE] == 0.0
    wave[AGE] += TICK
    since = age - wave[GATHER]  # s since it broke
    end = wave[GATHER] + 1.1 * wave[WASH] + wave[RECEDE]
    height = wave[HEIGHT] * (0.47 + 0.45 * size)
    colour = wave[COLOUR] * (1.0 - 0.65 * distance) * (1.0 - 0.3 * calm)
    near_end = 1.0 - smooth((age - end + 1.5) / 1.5)
    u = min(age / wave[GATHER], 1.0)

    roar = 0.9 * u * u * u
    breaking = 0.0
    wash = 0.13 * smooth((since + 1.8) / 1.8) ** 2 * math.exp(-max(since, 0.0) / 1.0)
    recede = 0.0
    hiss = 1600.0
    if since > 0.0:
        roar *= math.exp(-since / 1.1)
        rise = 0.34 + 0.35 * calm + 0.35 * distance
        breaking = (1.0 - math.exp(-since / rise)) ** 2
        breaking *= 1.35 * (1.0 - 0.5 * distance) * math.exp(-since / (0.55 + 0.3 * height))
        wash += 0.75 * (1.0 - math.exp(-since / 0.9)) ** 2 * math.exp(-since / wave[WASH])
        hiss = 900.0 + 700.0 * math.exp(-since / 4.0)
        hiss += 5200.0 * math.exp(-since / 1.3) * (1.0 - math.exp(-since / 0.55))
        x = (since - 0.55 * wave[WASH]) / wave[RECEDE]
        if 0.0 < x < 1.0:
            recede = 0.23 * math.sin(math.pi * x**0.7) ** 2
    drift = smooth(since / 2.0)
    left, right = pan(wave[FROM] + (wave[TO] - wave[FROM]) * drift)
    # Wide, yet never from one side alone.
    goals = (
        height * roar * near_end,
        height * breaking * near_end,
        height * wash * near_end,
        height * recede * near_end * (1.0 - 0.7 * distance),
        0.35 + 0.75 * left,
        0.35 + 0.75 * right,
    )
    if first:
        wave[RAMPS + 4] = goals[4]
        wave[RAMPS + 5] = goals[5]
    steps = (
        (goals[0] - wave[RAMPS]) / TICK,
        (goals[1] - wave[RAMPS + 1]) / TICK,
        (goals[2] - wave[RAMPS + 2]) / TICK,
        (goals[3] - wave[RAMPS + 3]) / TICK,
        (goals[4] - wave[RAMPS + 4]) / TICK,
        (goals[5] - wave[RAMPS + 5]) / TICK,
    )
    deep = warp(90.0 + 170.0 * u * colour)
    middle = warp(750.0 * colour + 350.0 * height * colour)
    bright = warp(max(hiss * colour, 250.0))
    for n in range(at, at + TICK):
        for j in range(6):
            wave[RAMPS + j] += steps[j]
        wave[FLUTTER] += 0.004 * (white(noise) - wave[FLUTTER])
        flutter = max(1.0 + 6.0 * wave[FLUTTER], 0.2)
        wave[SIZZLE] += 0.06 * (white(noise) - wave[SIZZLE])
        sparse = 0.4 + (6.0 * wave[SIZZLE]) ** 2
        for ear in range(2):
            x = white(noise)
            f = FILTERS + 6 * ear
            low, _, _ = svf(x, wave, f, deep, 1.1)
            body, _, _ = svf(x, wave, f + 2, middle, 1.3)
            foam, sand, _ = svf(x, wave, f + 4, bright, 1.5)
            y = 2.6 * wave[RAMPS] * low + 1.3 * wave[RAMPS + 1] * body
            y += wave[RAMPS + 2] * flutter * foam + 0.9 * wave[RAMPS + 3] * sparse * sand
            out[ear, n] += y * wave[RAMPS + 4 + ear]
    if age > end:
        wave[ALIVE] = 0.0
    foamy: float = goals[2] * 1.2 + goals[3] * 3.0
    return foamy


@kernel("void(f8[:,::1],f8[:,::1],f8[::1],f8[:,::1],u8[::1],f8[::1])")
def _sea(  # noqa: PLR0917 - kernels take numbers in order
    out: F64, waves: F64, sea: F64, bubbles: F64, noise: U64, levels: F64
) -> None:
    """Write one block of the sea into ``out`` (overwritten)."""
    size, calm, distance = levels[0], 1.0 - levels[1], levels[2]
    for n in range(BLOCK):
        out[0, n] = 0.0
        out[1, n] = 0.0
    for at in range(0, BLOCK, TICK):
        _arrive(waves, sea, noise, size, calm)
        _surf(out, sea, noise, at, size, calm, distance)
        for i in range(waves.shape[0]):
            if waves[i, ALIVE] > 0.0:
                foam = _wave(out, waves[i], noise, at, size, calm, distance)
                if uniform(noise) < 70.0 * foam * (1.0 - distance) * TICK / RATE:
                    # A bubble in the foam sings at the pitch of its size.
                    hertz = 900.0 * math.exp(1.5 * uniform(noise))
                    left, right = pan(0.8 * white(noise))
                    level = 0.01 * (0.2 + uniform(noise) ** 3) * waves[i, HEIGHT]
                    when = at + TICK * uniform(noise)
                    ring(
                        bubbles, hertz, 0.004 + 4.0 / hertz, 0.0006, level, left, right,
                        when, 4.0 * hertz,
                    )  # fmt: skip
    sound_modes(bubbles, out)
    for ear in range(2):
        for n in range(BLOCK):
            _, _, x = svf(out[ear, n], sea, HIGH_PASS + 2 * ear, _RUMBLE, 1.4)
            out[ear, n], _, _ = svf(x, sea, AIR + 2 * ear, _AIR, 1.6)
    flush(sea)


class Sea:
    """A sounding sea."""

    def __init__(self, rate: int, seed: int) -> None:
        del rate  # every voice runs at RATE
        self._noise = seeded(seed, 1)
        self._waves = np.zeros((5, WAVE))
        self._sea = np.zeros(SEA)
        self._bubbles = pool(48)
        self._own = np.zeros((2, BLOCK))

    def render(self, out: F64, levels: F64) -> None:
        """Add the next block to ``out``; levels are size, roughness, distance."""
        _sea(self._own, self._waves, self._sea, self._bubbles, self._noise, levels)
        out += self._own


SEA_VOICE = Voice(
    id="sea",
    zh="海浪",
    en="Sea",
    parameters=(
        Parameter("size", "浪高", "Height of the waves", 0.4),
        Parameter("roughness", "浪急", "Roughness", 0.4),
        Parameter("distance", "距离", "Distance", 0.3),
    ),
    make=Sea,
    nominal_lufs=-27.3,
)
