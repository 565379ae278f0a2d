"""Things that ring: a pool of decaying tones, for bubbles, bowls and chimes."""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

# What a row of the pool holds.
LEVEL, DECAY, ATTACK, ATTACK_DECAY = 0, 1, 2, 3
RE, IM, COS, SIN, GLIDE_COS, GLIDE_SIN = 4, 5, 6, 7, 8, 9
LEFT, RIGHT, DELAY = 10, 11, 12
FIELDS = 13

_GONE = 1e-7


def pool(size: int) -> F64:
    """Return an empty pool for at most ``size`` tones at a time, ``(size, FIELDS)``."""
    return np.zeros((size, FIELDS))


@kernel("b1(f8[:,::1],f8,f8,f8,f8,f8,f8,f8,f8)")
def ring(  # noqa: PLR0917 - kernels take numbers in order
    tones: F64,
    hertz: float,
    decay: float,
    attack: float,
    level: float,
    left: float,
    right: float,
    delay: float,
    glide: float,
) -> bool:
    """Start a tone; a full pool drops it, because taking another's place would click.

    Parameters
    ----------
    tones : (size, FIELDS)
        The pool, changed in place.
    hertz, decay, attack
        Frequency, Hz; times to fall and to rise by 1/e, s.
    level, left, right
        Peak, and its share in each ear.
    delay
        Frames until it starts.
    glide
        How fast the frequency rises, Hz/s.
    """
    w = 2.0 * math.pi * hertz / RATE
    if w > 2.5 or level < 1e-6:
        return False
    for i in range(tones.shape[0]):
        if tones[i, LEVEL] == 0.0:
            tones[i, LEVEL] = level
            tones[i, DECAY] = math.exp(-1.0 / (decay * RATE))
            tones[i, ATTACK] = 1.0
            tones[i, ATTACK_DECAY] = math.exp(-1.0 / (attack * RATE))
            tones[i, RE] = 1.0
            tones[i, IM] = 0.0
            tones[i, COS] = math.cos(w)
            tones[i, SIN] = math.sin(w)
            bend = 2.0 * math.pi * glide / RATE / RATE
            tones[i, GLIDE_COS] = math.cos(bend)
            tones[i, GLIDE_SIN] = math.sin(bend)
            tones[i, LEFT] = left
            tones[i, RIGHT] = right
            tones[i, DELAY] = max(delay, 0.0)
            return True
    return False


@kernel("void(f8[:,::1],f8[:,::1])")
def sound_modes(tones: F64, out: F64) -> None:
    """Add the next block of every tone in the pool to ``out``, ``(2, BLOCK)``."""
    for i in range(tones.shape[0]):
        level = tones[i, LEVEL]
        if level == 0.0:
            continue
        first = int(tones[i, DELAY])
        if first >= BLOCK:
            tones[i, DELAY] -= BLOCK
            continue
        decay, attack, attack_decay = tones[i, DECAY], tones[i, ATTACK], tones[i, ATTACK_DECAY]
        re, im, c, s = tones[i, RE], tones[i, IM], tones[i, COS], tones[i, SIN]
        bend_c, bend_s = tones[i, GLIDE_COS], tones[i, GLIDE_SIN]
        left, right = tones[i, LEFT], tones[i, RIGHT]
        for n in range(first, BLOCK):
            level *= decay
            attack *= attack_decay
            y = level * (1.0 - attack) * im
            out[0, n] += left * y
            out[1, n] += right * y
            re, im = re * c - im * s, re * s + im * c
            c, s = c * bend_c - s * bend_s, s * bend_c + c * bend_s
        if level < _GONE:
            level = 0.0
        tones[i, LEVEL] = level
        tones[i, ATTACK] = attack if attack > 1e-30 else 0.0
        tones[i, RE], tones[i, IM], tones[i, COS], tones[i, SIN] = re, im, c, s
        tones[i, DELAY] = 0.0


@kernel("void(f8[:,::1],f8,f8,f8,f8,f8)")
def strike(  # noqa: PLR0917 - kernels take numbers in order
    tones: F64, hertz: float, level: float, softness: float, last: float, at: float
) -> None:
    """Strike a singing bowl: four partials, each a pair that beats slowly.

    Parameters
    ----------
    tones : (size, FIELDS)
        The pool, changed in place; takes eight of its places.
    hertz, level
        The deepest partial: Hz, and its peak.
    softness
        0 a wooden mallet .. 1 felt.
    last
        Time for the deepest partial to fall by 1/e, s.
    at
        Frames until the stroke.
    """
    for m in range(4):
        ratio = (1.0, 2.74, 5.15, 8.14)[m]
        part = level * (1.0, 0.42, 0.16, 0.06)[m] * math.exp(-0.9 * softness * m)
        decay = last * (1.0, 0.5, 0.25, 0.14)[m]
        attack = 0.004 + 0.03 * softness
        beat = 0.35 + 0.4 * m
        ring(tones, hertz * ratio, decay, attack, 0.6 * part, 0.8, 0.6, at, 0.0)
        ring(tones, hertz * ratio + beat, decay, attack, 0.4 * part, 0.6, 0.8, at, 0.0)
