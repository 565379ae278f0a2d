"""The balance of the mix: the breath is heard over the place, the whole keeps its loudness.

Three slow hands: one keeps the guide a few decibels above the place within its band, one
makes room for it by lowering that band of the place, and one rides the loudness of
everything toward its target.
"""

import math

import numpy as np

from engine.dsp.jit import kernel
from engine.sound.filters import flush, svf
from engine.sound.loudness import STATE as WEIGHTING
from engine.sound.loudness import weighted_power
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

TARGET_LUFS = -23.0
"""Loudness of every scene at full volume (EBU R 128)."""
REACH_DB = 6.0
"""How far the rider may go."""
OVER_DB = 2.0
"""How far the guide shall stand above the place within its band."""
GUIDE_BAND_DB = -33.5
"""Mean square of the unscaled guide within its band at the height of a breath, dB."""

# What the state holds.
SLOW, FAST, GUIDE_DB, DIP_DB, POWER, RIDER_DB, AGE = 0, 1, 2, 3, 4, 5, 6
BAND, BELL, HIGH_PASS = 8, 16, 20
SIZE = 24

_BAND_LOW = math.tan(math.pi * 250.0 / RATE)
_BAND_HIGH = math.tan(math.pi * 1600.0 / RATE)
_BELL = math.tan(math.pi * 670.0 / RATE)
_RUMBLE = math.tan(math.pi * 22.0 / RATE)
_DT = BLOCK / RATE


@kernel("f8(f8)")
def decibels(power: float) -> float:
    """Return a mean square in dB."""
    return 10.0 * math.log10(power + 1e-12)


@kernel("f8(f8)")
def amplitude(level_db: float) -> float:
    """Return the factor of a level in dB."""
    return math.pow(10.0, level_db / 20.0)


@kernel("void(f8[:,::1],f8[::1],f8)")
def _listen(bed: F64, state: F64, presence: float) -> None:
    """Hear how loud the place is within the guide's band, and decide on both gains."""
    power = 0.0
    for ear in range(2):
        for n in range(BLOCK):
            _, _, y = svf(bed[ear, n], state, BAND + 4 * ear, _BAND_LOW, 1.4)
            y, _, _ = svf(y, state, BAND + 4 * ear + 2, _BAND_HIGH, 1.4)
            power += y * y
    power /= 2.0 * BLOCK
    if state[AGE] == 0.0:
        state[SLOW] = power
    state[SLOW] += (power - state[SLOW]) * _DT / 6.0
    state[FAST] += (power - state[FAST]) * _DT / (0.15 if power > state[FAST] else 0.8)
    goal = decibels(state[SLOW]) + OVER_DB - GUIDE_BAND_DB
    goal = min(max(goal, -12.0), 10.0)
    step = 3.0 * _DT
    state[GUIDE_DB] += min(max(goal - state[GUIDE_DB], -step), step)
    # A breaking wave would cover the breath: lower the place while it lasts.
    short = decibels(state[FAST]) + OVER_DB - (GUIDE_BAND_DB + state[GUIDE_DB])
    goal = min(max(short, 0.0), 9.0) * presence
    step = 24.0 * _DT
    state[DIP_DB] += min(max(goal - state[DIP_DB], -step), step)


@kernel("void(f8[:,::1],f8[:,::1],f8[::1],f8[::1],f8[::1])")
def _balance(bed: F64, guide: F64, state: F64, weighting: F64, gains: F64) -> None:
    """Mix one block into ``bed`` in place.

    Parameters
    ----------
    bed, guide : (2, BLOCK)
        The place, and the guide at unit level.
    state, weighting
        See above; and what the loudness filter remembers.
    gains : (5,)
        Presence of the guide at the first and after the last sample, the master
        gain likewise, and 1 if the loudness may be ridden.
    """
    guide_before, dip_before = state[GUIDE_DB], state[DIP_DB]
    _listen(bed, state, gains[1])
    guide_now = amplitude(guide_before) * gains[0]
    guide_step = (amplitude(state[GUIDE_DB]) * gains[1] - guide_now) / BLOCK
    dip_now = amplitude(-dip_before) - 1.0
    dip_step = (amplitude(-state[DIP_DB]) - 1.0 - dip_now) / BLOCK
    for ear in range(2):
        for n in range(BLOCK):
            x = bed[ear, n]
            _, band, _ = svf(x, state, BELL + 2 * ear, _BELL, 2.4)
            y = x + (dip_now + dip_step * n) * band
            bed[ear, n] = y + (guide_now + guide_step * n) * guide[ear, n]

    before = amplitude(state[RIDER_DB])
    power = weighted_power(bed, weighting)
    state[POWER] += (power - state[POWER]) * _DT / 12.0
    state[AGE] += _DT
    if state[AGE] > 4.0 and gains[4] > 0.0:
        error = TARGET_LUFS - (decibels(state[POWER]) - 0.691 + state[RIDER_DB])
        if abs(error) > 0.5:
            step = 0.25 * _DT
            state[RIDER_DB] += min(max(error, -2.0 * step), step)
            state[RIDER_DB] = min(max(state[RIDER_DB], -REACH_DB), REACH_DB)
    rider = before * gains[2]
    rider_step = (amplitude(state[RIDER_DB]) * gains[3] - rider) / BLOCK
    for ear in range(2):
        for n in range(BLOCK):
            x = bed[ear, n] * (rider + rider_step * n)
            _, _, bed[ear, n] = svf(x, state, HIGH_PASS + 2 * ear, _RUMBLE, 1.414)
    flush(state)


class Balance:
    """Brings place and guide together at the target loudness."""

    def __init__(self) -> None:
        self._state = np.zeros(SIZE)
        # As if it had long been right: nothing swells at the beginning.
        self._state[POWER] = 10.0 ** ((TARGET_LUFS + 0.691) / 10.0)
        self._weighting = np.zeros(WEIGHTING)
        self._gains = np.zeros(5)

    @property
    def rider_db(self) -> float:
        """How far the rider stands from where it began, dB."""
        return float(self._state[RIDER_DB])

    @property
    def guide_db(self) -> float:
        """Gain of the guide, dB."""
        return float(self._state[GUIDE_DB])

    def mix(
        self,
        bed: F64,
        guide: F64,
        presence: tuple[float, float],
        master: tuple[float, float],
        *,
        ride: bool,
    ) -> None:
        """Mix the next block into ``bed``, ``(2, BLOCK)``, in place.

        ``presence`` and ``master`` are gains at the first and after the last sample;
        without ``ride`` the loudness stays as it is.
        """
        gains = self._gains
        gains[0], gains[1] = presence
        gains[2], gains[3] = master
        gains[4] = 1.0 if ride else 0.0
        _balance(bed, guide, self._state, self._weighting, gains)
