"""Single breaths: where the chest begins to rise and to fall."""

import math

from engine.dsp.belt_layout import (
    BREATHS,
    CREST,
    CYCLE_RATE,
    CYCLES,
    EXTREME,
    EXTREME_TIME,
    HALF_WIDTH,
    HIGHEST,
    LAST_SWING,
    LOWEST,
    NOISE,
    ONSET_TIME,
    ONSETS,
    R_TIME,
    R_VALUE,
    RATE,
    RING,
    SPREAD,
    STEP,
    SWING_RING,
    SWINGS,
    TROUGH,
    UNEVEN,
    UNLIKE,
    UNSTEADY,
    UP,
    USUAL,
)
from engine.dsp.jit import kernel
from engine.dsp.robust import deviations, order
from engine.streams import F64

TURN = 0.3
"""A turn counts once the signal came back by this share of the usual swing."""
FORGET_AFTER = 12.0
"""Without a swing for so long the usual swing begins to shrink, s."""
WINDOW = 28.0
"""Breaths are averaged over at least so long, s, and at least three of them."""


@kernel("f8(f8[::1], f8[:,::1], f8[::1])")
def smoothed(s: F64, ring: F64, window: F64) -> float:
    """Return the signal `HALF_WIDTH` steps ago, smoothed by a window around it."""
    n = int(s[STEP])
    width = window.size
    total = 0.0
    for j in range(width):
        total += window[j] * ring[R_VALUE, (n - width + 1 + j) % RING]
    return total


@kernel("void(f8[::1], f8[::1], f8[::1], f8[::1])")
def average_breath(s: F64, cycles: F64, logs: F64, scratch: F64) -> None:
    """Average the breaths of the last half minute, and tell how alike their lengths are."""
    n = int(s[ONSETS])
    newest = cycles[(n - 1) % CYCLES]
    j = n - 2
    while j > n - 31 and j > 0 and (newest - cycles[j % CYCLES] < WINDOW or n - 1 - j < 3):
        j -= 1
    if newest - cycles[j % CYCLES] > WINDOW + 6.0 and n - 1 - j > 3:
        j += 1
    breaths = n - 1 - j
    s[BREATHS] = breaths
    mean = (newest - cycles[j % CYCLES]) / breaths
    squares = 0.0
    for q in range(j, n - 1):
        length = cycles[(q + 1) % CYCLES] - cycles[q % CYCLES]
        squares += (length - mean) * (length - mean)
        logs[q - j] = math.log(length)
    s[CYCLE_RATE] = 1.0 / mean
    s[SPREAD] = math.sqrt(squares / breaths) / mean
    deviations(logs, breaths, scratch)
    kept = breaths - 1 if breaths > 4 else breaths  # one sigh says nothing of the others
    squares = 0.0
    for q in range(kept):
        squares += scratch[q] * scratch[q] / kept
    s[UNSTEADY] = math.sqrt(squares)


@kernel("void(f8[::1], f8[::1], f8, f8[::1], f8[::1])")
def take_swing(s: F64, swings: F64, size: float, logs: F64, scratch: F64) -> None:
    """Keep a rise or fall; bring the usual one, and how alike they are, up to date.

    The usual one is the median, the larger middle one, so that of the first two swings a
    tiny one does not count.
    """
    swings[int(s[SWINGS]) % SWING_RING] = size
    s[SWINGS] += 1.0
    n = min(int(s[SWINGS]), SWING_RING)
    order(swings, n, scratch)
    s[USUAL] = scratch[n // 2]
    s[UNEVEN] = 0.0
    for j in range(n):
        s[UNEVEN] += min(1.5, abs(swings[j] - s[USUAL]) / (s[USUAL] + 1e-300)) / n
        logs[j] = math.log(swings[j] + 1e-300)
    deviations(logs, n, scratch)
    kept = max(1, n - 2)
    s[UNLIKE] = 0.0
    for j in range(kept):
        s[UNLIKE] += scratch[j] / kept


@kernel("b1(f8[::1], f8[:,::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def follow_breath(
    s: F64, ring: F64, window: F64, swings: F64, cycles: F64, logs: F64, scratch: F64
) -> bool:
    """Take the newest step; return whether a breath in was noticed.

    A zigzag: a rise of `TURN` of the usual swing above the lowest point makes that point the
    beginning of a breath in. Its time is exact, it is only known a little later.
    """
    y = smoothed(s, ring, window)
    i = (int(s[STEP]) - int(s[HALF_WIDTH])) % RING
    rough = ring[R_VALUE, i] - y
    s[NOISE] += (rough * rough - s[NOISE]) / (10.0 * s[RATE])
    t = ring[R_TIME, i]
    if s[STEP] == 0.0:
        s[EXTREME] = s[CREST] = s[TROUGH] = s[HIGHEST] = s[LOWEST] = y
        s[EXTREME_TIME] = s[LAST_SWING] = t
    turn = TURN * s[USUAL]
    if s[SWINGS] > 0.0 and t - s[LAST_SWING] > FORGET_AFTER:
        less = math.exp(-0.1 / s[RATE])
        s[USUAL] *= less
        for j in range(SWING_RING):
            swings[j] *= less
    if s[SWINGS] < 2.0:
        s[HIGHEST] = max(s[HIGHEST], y)
        s[LOWEST] = min(s[LOWEST], y)
        turn = max(turn, TURN * (s[HIGHEST] - s[LOWEST]))
    begun = False
    if s[UP] == 1.0:
        if y > s[EXTREME]:
            s[EXTREME], s[EXTREME_TIME] = y, t
        elif s[EXTREME] - y > turn > 0.0:
            take_swing(s, swings, s[EXTREME] - s[TROUGH], logs, scratch)
            s[CREST] = s[EXTREME]
            s[UP] = 0.0
            s[EXTREME], s[EXTREME_TIME], s[LAST_SWING] = y, t, t
    elif y < s[EXTREME]:
        s[EXTREME], s[EXTREME_TIME] = y, t
    elif y - s[EXTREME] > turn > 0.0:
        take_swing(s, swings, s[CREST] - s[EXTREME], logs, scratch)
        s[TROUGH] = s[EXTREME]
        began = s[EXTREME_TIME]
        s[UP] = 1.0
        s[EXTREME], s[EXTREME_TIME], s[LAST_SWING] = y, t, t
        n = int(s[ONSETS])
        if n == 0 or began - cycles[(n - 1) % CYCLES] > 0.9:
            cycles[n % CYCLES] = began
            s[ONSETS] = n + 1
            s[ONSET_TIME] = began
            begun = True
            if n + 1 >= 3:
                average_breath(s, cycles, logs, scratch)
    return begun
