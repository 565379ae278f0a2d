"""Sound without a sound device: the same sound at the same pace, into a file."""

from engine.clock import SystemClock
from engine.sound.player import Player
from engine.sound.voice import BLOCK, RATE
from engine.sound.wav import WavFile


class PacedOutput:
    """Takes blocks from the player as a device would, and writes them down.

    Parameters
    ----------
    wav
        Where to; None throws the sound away.
    player
        Where the blocks come from.
    clock
        The session's clock: frame ``n`` of the file is session time ``n / RATE``.
    """

    AHEAD = 0.05
    """Seconds rendered ahead of the clock, as a device's buffer would be."""
    GAP = 0.5
    """Seconds we may be late before what was missed becomes silence."""
    _AT_ONCE = 400  # blocks a turn: the heart must beat in between

    def __init__(self, wav: WavFile | None, player: Player, clock: SystemClock) -> None:
        self._wav, self._player, self._clock = wav, player, clock
        self._frame: int | None = None
        self.gaps = 0

    def turn(self) -> None:
        """Render what is due."""
        now = self._clock.now()
        if self._frame is None:
            self._frame = max(round(now * RATE), 0)
        elif now - self._frame / RATE > self.GAP:
            self._frame = round(now * RATE)
            self.gaps += 1
        for _ in range(self._AT_ONCE):
            if self._frame / RATE >= now + self.AHEAD:
                break
            block = self._player.render(self._frame / RATE)
            if self._wav is not None:
                self._wav.write(block, self._frame)
            self._frame += BLOCK
