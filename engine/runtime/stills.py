"""Which moments of a session are kept as pictures: one of each part, at its heart."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.session.conductor import Conductor
from engine.show import Show

HEART = 0.6
"""Share of a part's time after which its picture is taken."""


@dataclass(slots=True)
class Stills:
    """Asks for one picture a part, named ``stage-03-breathe.png``.

    Parameters
    ----------
    take
        Gets the file name and the moment to draw.
    """

    take: Callable[[str, Show], None]
    _index: int = -1
    _name: str = ""
    _last: Show | None = None
    _taken: bool = True

    def look(self, conductor: Conductor) -> None:
        """Watch the session go by, once a moment of the show."""
        index, elapsed = conductor.progress
        if index != self._index:
            self.finish()
            self._index, self._taken = index, False
            self._name = f"stage-{index + 1:02d}-{conductor.section.id}.png"
        self._last = conductor.show
        if not self._taken and elapsed >= HEART * conductor.section.lasts:
            self.finish()

    def finish(self) -> None:
        """Take the picture of a part that ended before its heart."""
        if not self._taken and self._last is not None:
            self._taken = True
            self.take(self._name, self._last)
