"""The breath one hears: air and a tone that rise as one breathes in and sink as one breathes out.

For closed eyes the two halves differ in three ways: direction (rising, sinking), colour
(bright, dark) and the chime at the turn (high before the breath in, low before the breath
out). Everything is a function of the pace at the time the sample is heard; nothing lags.
"""

import math
from dataclasses import replace

import numpy as np

from engine.dsp.jit import kernel
from engine.pace import Pace
from engine.sound.filters import flush, smooth, svf, warp
from engine.sound.modes import pool, sound_modes, strike
from engine.sound.noise import U64, seeded, white
from engine.sound.voice import BLOCK, RATE, TICK
from engine.streams import F64

OVERLAP = 0.35
"""Seconds in which one half of the breath gives way to the other: no dark gap at the turn."""

# Ramps (inhale, exhale, tone, brightness), the tone's phase, filters of both airs.
IN, OUT, TONE, BRIGHT, TURN, FILTERS = 0, 1, 2, 3, 4, 8
STATE = FILTERS + 16


@kernel("f8(f8)")
def late(u: float) -> float:
    """Return how far the end of the breath out has faded, 0..1."""
    return smooth((u - 0.86) / 0.14)


@kernel("UniTuple(f8,6)(f8,f8,f8)")
def course(
    phase: float, ratio: float, period: float
) -> tuple[float, float, float, float, float, float]:
    """Return the cue at one place of the breath.

    Parameters
    ----------
    phase
        Place within the breath, 0..1; 0 begins the breath in.
    ratio
        Share of it spent breathing in.
    period
        Seconds a breath takes.

    Returns
    -------
    Level of the air in and of the air out, their centre frequencies (Hz), the
    tone's frequency (Hz), and how rich the tone is, 0..1.
    """
    turn = min(OVERLAP, 0.4 * ratio * period, 0.4 * (1.0 - ratio) * period)
    if phase < ratio:
        u = phase / ratio
        since = phase * period
        rising = smooth(since / min(0.7, 0.4 * ratio * period)) * (0.8 + 0.2 * u)
        sinking = 0.12 * (1.0 - smooth(since / turn))
        tone = 196.0 * (293.66 / 196.0) ** smooth(u)
        # From where the breath out left it, quickly and almost unheard.
        tone *= (146.83 / 196.0) ** (1.0 - smooth(since / turn))
        return rising, sinking, 380.0 * (1750.0 / 380.0) ** smooth(u), 300.0, tone, 0.55 + 0.45 * u
    u = (phase - ratio) / (1.0 - ratio)
    since = (phase - ratio) * period
    rising = 1.0 - smooth(since / turn)
    # Held up long: the late breath out is where a listener loses the thread.
    sinking = smooth(since / turn) * (1.0 - 0.15 * u**1.5) * (1.0 - (1.0 - 0.12 / 0.85) * late(u))
    tone = 293.66 * (146.83 / 293.66) ** smooth(u)
    bright = (1.0 - u) * (0.55 + 0.45 * rising)
    return rising, sinking, 1750.0, 1200.0 * (300.0 / 1200.0) ** smooth(u**0.85), tone, bright


@kernel("void(f8[:,::1],f8[::1],f8[:,::1],u8[::1],f8,f8,f8,f8,f8)")
def _breath(  # noqa: PLR0917 - kernels take numbers in order
    out: F64,
    state: F64,
    chimes: F64,
    noise: U64,
    begin: float,
    end: float,
    ratio: float,
    period: float,
    chime: float,
) -> None:
    """Write one block of the cue into ``out`` (overwritten).

    ``begin`` and ``end`` are breaths since the pace began, at the first sample of
    this block and of the next; ``chime`` is the level of the chimes.
    """
    for n in range(BLOCK):
        out[0, n] = 0.0
        out[1, n] = 0.0
    step = (end - begin) / BLOCK
    whole = math.floor(begin)
    for turn in range(2):
        for k in range(2):
            at = whole + k + ratio * turn
            if begin <= at < end and chime > 1e-4:
                frame = (at - begin) / step
                if turn == 0:
                    strike(chimes, 587.33, 0.030 * chime, 0.35, 0.9, frame)
                else:
                    strike(chimes, 392.0, 0.034 * chime, 0.5, 1.1, frame)
    for first in range(0, BLOCK, TICK):
        cycles = begin + step * first
        _, _, in_hz, out_hz, tone_hz, _ = course(cycles - math.floor(cycles), ratio, period)
        cycles = begin + step * (first + TICK)
        a, b, _, _, _, bright = course(cycles - math.floor(cycles), ratio, period)
        tone = a + b
        d_in, d_out = (a - state[IN]) / TICK, (b - state[OUT]) / TICK
        d_tone, d_bright = (tone - state[TONE]) / TICK, (bright - state[BRIGHT]) / TICK
        bright_air, dark_air = warp(in_hz), warp(out_hz)
        # A band of noise carries less the lower it lies; and the breath in stays below the
        # breath out: bright sounds carry further.
        in_level = 0.19 * (1000.0 / in_hz) ** 0.3
        out_level = 0.29 * (600.0 / out_hz) ** 0.75
        w = 2.0 * math.pi * tone_hz / RATE
        for n in range(first, first + TICK):
            state[IN] += d_in
            state[OUT] += d_out
            state[TONE] += d_tone
            state[BRIGHT] += d_bright
            state[TURN] += w
            if state[TURN] > 2.0 * math.pi:
                state[TURN] -= 2.0 * math.pi
            s, c = math.sin(state[TURN]), math.cos(state[TURN])
            rich = state[BRIGHT]
            y = s + 0.7 * rich * s * c + 0.18 * rich * rich * s * (4.0 * c * c - 1.0)
            y *= 0.022 * state[TONE]
            both = white(noise)
            for ear in range(2):
                x = 0.7 * both + 0.7 * white(noise)
                f = FILTERS + 8 * ear
                _, high, _ = svf(x, state, f, bright_air, 0.34)
                high, _, _ = svf(high, state, f + 2, min(2.2 * bright_air, 2.0), 1.4)
                _, deep, _ = svf(x, state, f + 4, dark_air, 0.45)
                deep, _, _ = svf(deep, state, f + 6, min(2.2 * dark_air, 2.0), 1.4)
                out[ear, n] += y + in_level * state[IN] * high + out_level * state[OUT] * deep
    sound_modes(chimes, out)
    flush(state)


class BreathCue:
    """The guide's sound, following a pace.

    A pace whose breath goes on where the old one was is taken up at once; one
    that jumps is faded out and in again, so that nobody hears a breath torn.
    """

    _HOLD = 0.02  # breaths; a smaller jump is slid over
    _SLIDE = 0.3  # s
    _FADE = 0.18  # s

    def __init__(self, seed: int) -> None:
        self._noise = seeded(seed, 3)
        self._state = np.zeros(STATE)
        self._chimes = pool(48)
        self._pace = Pace()
        self._coming: Pace | None = None
        self._slip = 0.0  # breaths by which the cue still differs from its pace
        self._ratio = self._pace.ratio
        self._duck = 1.0
        self._fresh = True
        self.gain = (0.0, 0.0)
        """Presence at the first and after the last sample of the newest block."""
        self._presence = 0.0

    def render(self, out: F64, t: float, pace: Pace, presence: float) -> None:
        """Write the next block into ``out``, without its gain.

        Parameters
        ----------
        out : (2, BLOCK)
            Overwritten.
        t
            Session time its first sample is heard.
        pace
            The pace as known now.
        presence
            How present the cue shall be, 0..1; taken up in about 0.3 s, see `gain`.
        """
        dt = BLOCK / RATE
        self._take(pace, t)
        if self._coming is not None:
            self._duck = max(self._duck - dt / self._FADE, 0.0)
            if self._duck == 0.0:
                self._pace, self._coming, self._slip = self._coming, None, 0.0
                self._ratio = self._pace.ratio
        else:
            self._duck = min(self._duck + dt / self._FADE, 1.0)
        before = self.gain[1]
        self._presence += (presence - self._presence) * dt / 0.25
        if presence == 0.0 and self._presence < 1e-4:
            self._presence = 0.0
        self.gain = (before, self._presence * self._duck)

        begin = self._pace.cycles(t) + self._slip
        self._slip *= 1.0 - dt / self._SLIDE
        if abs(self._slip) < 1e-9:
            self._slip = 0.0
        end = self._pace.cycles(t + dt) + self._slip
        self._ratio += (self._pace.ratio - self._ratio) * dt / self._SLIDE
        if abs(self._ratio - self._pace.ratio) < 1e-6:
            self._ratio = self._pace.ratio
        _breath(
            out, self._state, self._chimes, self._noise, begin, max(end, begin),
            self._ratio, self._pace.period, self.gain[1],
        )  # fmt: skip

    def _take(self, pace: Pace, t: float) -> None:
        """Follow ``pace`` from ``t`` on: at once, sliding, or after a fade."""
        pace = replace(pace, guide=0.0)
        if self._fresh:
            self._pace, self._ratio, self._fresh = pace, pace.ratio, False
            return
        if pace in (self._pace, self._coming):
            return
        gap = self._pace.cycles(t) + self._slip - pace.cycles(t)
        gap -= round(gap)
        if self._coming is None and abs(gap) < self._HOLD and abs(pace.ratio - self._ratio) < 0.03:
            self._pace, self._slip = pace, gap
        else:
            self._coming = pace
