"""What the officer sees and hears of the session: captions, fades, and the moment as a whole."""

from dataclasses import dataclass

from engine.pace import Pace
from engine.session.levels import Levels
from engine.show import Caption, Script, Show

FADE = 4.0
"""s the picture and the sound take to come and to go."""
PAUSED_VOLUME = 0.4
"""Share of the volume that stays while the session is paused."""


@dataclass(slots=True)
class Presenter:
    """Puts a moment of the session into a `Show`."""

    script: Script
    _caption: Caption | None = None
    _until: float = 0.0

    def tell(self, caption: Caption | None, until: float) -> None:
        """Show ``caption`` until session time ``until``, s; None clears it."""
        self._caption, self._until = caption, until

    def moment(
        self, now: float, *, scene: str, phase: int, pace: Pace, levels: Levels, paused: bool,
        closing_since: float | None, ended: bool, sign: int,
    ) -> Show:  # fmt: skip
        """Return everything stage and sound need to know of ``now``."""
        fade = min(1.0, now / FADE)
        if closing_since is not None:
            fade = min(fade, max(0.0, 1.0 - (now - closing_since) / FADE))
        caption = self._caption if now < self._until else None
        level = levels.snapshot()
        return Show(
            time=now,
            pace=pace,
            scene=self.script.scenes.index(scene),
            caption=-1 if caption is None else self.script.captions.index(caption),
            phase=phase,
            fade=fade,
            volume=level["sound.volume"] * fade * (PAUSED_VOLUME if paused else 1.0),
            paused=paused,
            ended=ended,
            sign=sign,
            levels=level,
        )
