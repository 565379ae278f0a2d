"""The sign of a step of the ladder: two soft notes, sinking when less is left, rising again."""

import math

from engine.sound.modes import pool, ring, sound_modes
from engine.sound.voice import RATE
from engine.streams import F64

LOW, HIGH = 440.0, 659.26
"""Hz; A4 and E5: above the guide's tone, which would hide them, and none of its chimes."""
APART = 0.45
"""Seconds from the first note to the second."""
RISE, FALL = 0.09, 0.5
"""Seconds to rise and to fall by 1/e: nothing that begins so slowly clicks or startles."""
PEAK = 0.06
"""Of a note, before the room's volume: some 10 dB below a place at -23 LUFS."""
OCTAVE = 0.16
"""Share of the octave above, which lets a note be heard in the roar of a wave."""


class StepSign:
    """Plays a sign whenever its number changes: sinking for a negative one, else rising."""

    def __init__(self) -> None:
        self._tones = pool(8)
        self._number = math.nan

    def render(self, out: F64, number: float) -> None:
        """Write the next block into ``out``, ``(2, BLOCK)``, overwritten.

        Parameters
        ----------
        number
            `engine.show.Show.sign` as known now; the first one known is no news.
        """
        out[:] = 0.0
        if math.isfinite(number):
            if number != self._number and math.isfinite(self._number):
                self._strike(sinking=number < 0.0)
            self._number = number
        sound_modes(self._tones, out)

    def _strike(self, *, sinking: bool) -> None:
        for n, hertz in enumerate((HIGH, LOW) if sinking else (LOW, HIGH)):
            after = n * APART * RATE
            ring(self._tones, hertz, FALL, RISE, PEAK, 0.7, 0.7, after, 0.0)
            ring(self._tones, 2.0 * hertz, 0.5 * FALL, RISE, OCTAVE * PEAK, 0.7, 0.7, after, 0.0)
