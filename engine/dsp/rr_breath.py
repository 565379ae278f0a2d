"""Asks whether heartbeat intervals only follow the breath: a second opinion.

In deep breathing with three to six beats a breath the heart turns so sharply that short and
long intervals stand beside one another like an early beat and its pause. But they come
back with every breath. One wave through the latest heart rates, its frequency found
anew each time, tells them apart: early beats do not lie on it.

It costs some microseconds, so it is asked only where the rules are about to flag.
"""

import numpy as np

from engine.dsp import rr_layout as at
from engine.dsp.jit import kernel
from engine.streams import F64

BEATS = 24
"""Newest intervals the wave is laid through, at most."""
LEAST = 12
SLOWEST, STEP, STEPS = 0.07, 0.0115, 21
"""Breaths a beat that are tried, up to 0.3: fewer than 3.3 beats a breath cannot be told
from every third beat coming early."""
AROUND, AROUND_STEPS = 0.08, 5
"""How far from the guide's own rate is looked, as a share of it."""
SWING = 0.05
"""Smallest wave of interest, as a share of the heart rate."""
EXPLAINED, EXPLAINED_GUIDED = 0.80, 0.70
"""Share of the variance the wave must explain."""
OFF_MIN, OFF_MAX, OFF_GAIN = 0.045, 0.10, 2.6
"""How far from the wave an interval may lie: root mean squares, within these bounds."""
NEXT = 1.5
"""The interval after next may lie this much further off."""

# Scratch of a wave: what was found, then one row each a beat, newest first.
(A_COS, B_SIN, LEFT, SIZE, SHARE) = range(5)
Y, C, S, TURN_C, TURN_S = (5 + k * BEATS for k in range(5))
WAVE = 5 + 5 * BEATS


@kernel("void(float64[::1], int64, float64[::1])")
def lay_wave(wave: F64, n: int, out: F64) -> None:
    """Fit one wave to the ``n`` values in ``wave[Y:]`` by least squares into ``out[:5]``.

    Told are its two coefficients, the root mean square that is left, its size, and the share
    of the variance that is left.
    """
    c1 = s1 = cc = cs = ss = yc = ys = yy = 0.0
    for i in range(n):
        y, c, s = wave[Y + i], wave[C + i], wave[S + i]
        c1 += c
        s1 += s
        cc += c * c
        cs += c * s
        ss += s * s
        yc += y * c
        ys += y * s
        yy += y * y
    cc -= c1 * c1 / n
    ss -= s1 * s1 / n
    cs -= c1 * s1 / n
    det = cc * ss - cs * cs
    out[SHARE] = 1.0
    out[SIZE] = 0.0
    if det < 1e-6 * n * n or yy <= 0.0:
        return
    a = (yc * ss - ys * cs) / det
    b = (ys * cc - yc * cs) / det
    left = max(yy - a * yc - b * ys, 0.0)
    out[A_COS] = a
    out[B_SIN] = b
    out[LEFT] = np.sqrt(left / n)
    out[SIZE] = np.sqrt(a * a + b * b)
    out[SHARE] = left / yy


@kernel("void(float64[::1], int64)")
def turn(wave: F64, n: int) -> None:
    """Step the phases of the ``n`` beats to the next frequency."""
    for i in range(n):
        c, s = wave[C + i], wave[S + i]
        wave[C + i] = c * wave[TURN_C + i] - s * wave[TURN_S + i]
        wave[S + i] = s * wave[TURN_C + i] + c * wave[TURN_S + i]


@kernel("void(float64[::1], int64, float64, float64[::1])")
def at_phase(state: F64, n: int, per_beat: float, wave: F64) -> None:
    """Set the phases of the newest ``n`` beats, and the steps, for ``per_beat`` breaths a beat."""
    newest = int(state[at.PAST_NEXT]) - 1 + at.PAST
    mean = 0.0
    for i in range(n):
        mean += state[at.PAST_AT + (newest - i) % at.PAST]
    mean /= n
    t = 0.0
    for i in range(n):
        x = state[at.PAST_AT + (newest - i) % at.PAST] / mean
        turned = 2.0 * np.pi * per_beat * (t - 0.5 * x)
        t -= x
        wave[C + i] = np.cos(turned)
        wave[S + i] = np.sin(turned)


@kernel("int64(float64[::1], float64[::1])")
def follows_breath(state: F64, wave: F64) -> int:
    """Tell whether the newest three intervals lie on the wave the latest ones make."""
    n = int(min(state[at.PAST_FILLED], float(BEATS)))
    if n < LEAST:
        return 0
    newest = int(state[at.PAST_NEXT]) - 1 + at.PAST
    mean = 0.0
    rate = 0.0
    for i in range(n):
        x = state[at.PAST_AT + (newest - i) % at.PAST]
        mean += x
        rate += 1.0 / x
    mean /= n
    rate /= n
    guided = state[at.BREATH] > 3.2 * mean
    first, step, steps = SLOWEST, STEP, STEPS
    if guided:
        first = (1.0 - AROUND) * mean / state[at.BREATH]
        step = 2.0 * AROUND / (AROUND_STEPS - 1) * mean / state[at.BREATH]
        steps = AROUND_STEPS
    at_phase(state, n, step, wave)
    for i in range(n):
        wave[Y + i] = 1.0 / (state[at.PAST_AT + (newest - i) % at.PAST] * rate) - 1.0
        wave[TURN_C + i] = wave[C + i]
        wave[TURN_S + i] = wave[S + i]
    at_phase(state, n, first, wave)
    best = first
    least = 2.0
    for k in range(steps):
        if k > 0:
            turn(wave, n)
        lay_wave(wave, n, wave)
        if wave[SHARE] < least:
            least = wave[SHARE]
            best = first + k * step
    most = 1.0 - (EXPLAINED_GUIDED if guided else EXPLAINED)
    if least > most + 0.1:
        return 0
    # Between the steps.
    finest = best
    for k in range(3):
        at_phase(state, n, best + 0.4 * step * (k - 1), wave)
        lay_wave(wave, n, wave)
        if wave[SHARE] <= least:
            least = wave[SHARE]
            finest = best + 0.4 * step * (k - 1)
    at_phase(state, n, finest, wave)
    lay_wave(wave, n, wave)
    if wave[SHARE] > most or wave[SIZE] < SWING:
        return 0
    c1 = s1 = 0.0
    for i in range(n):
        c1 += wave[C + i] / n
        s1 += wave[S + i] / n
    limit = min(max(OFF_GAIN * wave[LEFT], OFF_MIN), OFF_MAX)
    for i in range(3):
        on = wave[A_COS] * (wave[C + i] - c1) + wave[B_SIN] * (wave[S + i] - s1)
        if abs(wave[Y + i] - on) > (NEXT if i == 0 else 1.0) * limit:
            return 0
    return 1
