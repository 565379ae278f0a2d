"""Renders what the room shows right now, and keeps count of how well it does."""

import contextlib

import numpy as np

from engine.clock import SystemClock
from engine.errors import LinkError
from engine.processes.block import SharedBlock
from engine.sound.loudness import STATE, lufs, weighted_power
from engine.sound.mixer import Mixer
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

_COSTS = 2048
_BLOCK_SECONDS = BLOCK / RATE


class Player:
    """The live end of the mixer: each block shows the newest row of the room.

    Parameters
    ----------
    mixer
        What renders.
    block
        Where the room writes its rows.
    width
        Numbers in a row.
    clock
        The session's clock.
    """

    def __init__(self, mixer: Mixer, block: SharedBlock, width: int, clock: SystemClock) -> None:
        self.mixer = mixer
        self.out = np.zeros((2, BLOCK))
        self._block, self._clock = block, clock
        self._row = np.zeros(width)
        self._costs = np.zeros(_COSTS)
        self._blocks = 0
        self._power = 0.0
        self._weighting = np.zeros(STATE)

    def render(self, t: float) -> F64:
        """Return the next block, ``(2, BLOCK)``, heard from session time ``t`` on.

        The array is the same at every call.
        """
        began = self._clock.now()
        with contextlib.suppress(LinkError):  # the moment before is as good
            self._block.read(self._row)
        self.mixer.render(self.out, t, self._row)
        power = weighted_power(self.out, self._weighting)
        self._power += (power - self._power) * _BLOCK_SECONDS / 3.0
        self._costs[self._blocks % _COSTS] = self._clock.now() - began
        self._blocks += 1
        return self.out

    @property
    def blocks(self) -> int:
        """How many blocks have been rendered."""
        return self._blocks

    @property
    def load(self) -> float:
        """Return the time 99 % of the last blocks stayed below, as a share of a block."""
        n = min(self._blocks, _COSTS)
        return float(np.percentile(self._costs[:n], 99)) / _BLOCK_SECONDS if n else 0.0

    @property
    def loudness(self) -> float:
        """Loudness of the last three seconds or so, LUFS; -inf while silent."""
        return lufs(self._power) if self._power > 1e-12 else lufs(0.0)
