"""Which skin-conductance samples can be skin at all."""

import math

from engine.dsp.eda_kalman import anchor
from engine.dsp.eda_layout import (
    B_P00,
    BAD_RUN,
    GOOD_RUN,
    JUMP,
    LAST_BAD,
    NOISE,
    PAIRS,
    PHASIC,
    RATE,
    SIGMA,
    SINCE_START,
    STARTED,
    TONIC,
    Y1,
    Y2,
)
from engine.dsp.jit import kernel
from engine.streams import F64

LOWEST, HIGHEST = 0.05, 60.0
"""Conductances a person with two electrodes on the fingers can have, uS."""

FASTEST = 10.0
"""Faster than this no skin changes, uS/s."""


@kernel("b1(f8)")
def plausible(y: float) -> bool:
    """Tell whether one sample, uS, may be skin."""
    return math.isfinite(y) and LOWEST <= y <= HIGHEST


@kernel("void(f8[:,::1], f8)")
def widen(bank: F64, variance: float) -> None:
    """Let every filter doubt its level more, by ``variance``, uS squared."""
    for r in range(2 * PAIRS):
        bank[r, B_P00] += variance


@kernel("b1(f8[::1], f8[:,::1], f8, b1, b1, f8)")
def gate(s: F64, bank: F64, y: float, present: bool, hard: bool, now: float) -> bool:  # noqa: FBT001 - kernels take no keywords
    """Judge one step of conductance ``y``, uS, and note artefacts in the state.

    Parameters
    ----------
    present
        Whether enough of the step's samples are plausible.
    hard
        Whether any of them was not.
    now
        Seconds of signal.

    Returns
    -------
    bool
        Whether the step may be used.
    """
    ok = present
    if ok and s[STARTED] == 0.0:
        anchor(s, bank, y)
        s[Y1] = s[Y2] = y
    if ok:
        sigma = s[NOISE] * SIGMA
        d = y - s[Y1]
        if s[BAD_RUN] == 0.0:
            # Nothing recovers faster than with a time constant of 0.7 s.
            fastest_fall = max(s[PHASIC], 0.0) / 0.7 + 0.10 * max(s[TONIC], 0.0)
            fastest_fall += 4.0 * sigma * s[RATE] + 0.03
            if abs(d) * s[RATE] > FASTEST or -d * s[RATE] > fastest_fall:
                ok = False
                hard = True
        # A skin response goes on rising; an electrode that slipped jumps and stays.
        if s[JUMP] > 0.0:
            if abs(d) < 0.15 * s[JUMP]:
                ok = False
                hard = True
                anchor(s, bank, y)
            s[JUMP] = 0.0
        elif ok and s[BAD_RUN] == 0.0 and d > max(0.05 + 0.02 * s[TONIC], 12.0 * sigma):
            s[JUMP] = d
    if not ok:
        s[BAD_RUN] += 1.0
        if hard:
            s[LAST_BAD] = now
    elif s[BAD_RUN] > 0.0:
        if abs(y - s[TONIC] - s[PHASIC]) > 0.05 + 0.05 * abs(s[TONIC]):
            anchor(s, bank, y)  # the contact is another one than before the gap
            widen(bank, 0.04)
        widen(bank, 0.0005 * s[BAD_RUN])
        s[BAD_RUN] = 0.0
    return ok


@kernel("void(f8[::1], f8, b1, f8)")
def follow_noise(s: F64, y: float, ok: bool, now: float) -> None:  # noqa: FBT001 - kernels take no keywords
    """Follow the median absolute second difference, away from artefacts, and keep ``y``."""
    if ok:
        if s[GOOD_RUN] >= 2.0 and now - s[LAST_BAD] > 1.0:
            second = abs(y - 2.0 * s[Y1] + s[Y2])
            settled = s[SINCE_START] > 20.0 * s[RATE]
            pace = 1.02 if settled else 1.12
            s[NOISE] *= pace if second > s[NOISE] else 1.0 / pace
            s[NOISE] = min(0.5, max(8e-4, s[NOISE]))
        s[GOOD_RUN] += 1.0
    else:
        s[GOOD_RUN] = 0.0
    s[Y2] = s[Y1]
    if math.isfinite(y):
        s[Y1] = y
