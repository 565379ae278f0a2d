"""Two clocks that must agree: the session's, 0.0 at its first step, and the room's, running before.

A live room needs a few seconds to build its picture and to find its devices. Its children
stamp and draw on the room's clock from the start; the session begins when everything
is ready. What crosses the border is shifted here, and nowhere else.
"""

from dataclasses import dataclass, replace

from engine.clock import SystemClock, VirtualClock
from engine.session.conductor import STEPS_A_SECOND
from engine.show import Show
from engine.streams import F64, Chunk


@dataclass(slots=True)
class Timeline:
    """Keeps the session's steps on the room's clock.

    Attributes
    ----------
    begun
        Room time of session time 0.0, s; 0 in virtual time.
    """

    clock: SystemClock | VirtualClock
    begun: float = 0.0

    def begin(self) -> None:
        """Let the session begin now."""
        self.begun = self.clock.now()

    def keep(self, step: int) -> None:
        """Wait until ``step`` is due; a late room does not wait."""
        due = self.begun + step / STEPS_A_SECOND
        if isinstance(self.clock, VirtualClock):
            self.clock.advance_to(due)
        else:
            self.clock.wait(due - self.clock.now())

    def in_room(self, t: float) -> float:
        """Return session time ``t`` as the room's children know it."""
        return t + self.begun

    def chunk(self, chunk: Chunk) -> Chunk:
        """Return a device's chunk with the times of the session."""
        return Chunk(chunk.stream, chunk.t - self.begun, chunk.x) if self.begun else chunk

    def row(self, row: F64) -> F64:
        """Return a row of the show (see `engine.show.FIXED`) with the times of the room."""
        if not self.begun:
            return row
        shifted = row.copy()
        shifted[:2] += self.begun  # time, pace.start
        return shifted

    def show(self, show: Show) -> Show:
        """Return the show with the times of the room."""
        if not self.begun:
            return show
        pace = replace(show.pace, start=show.pace.start + self.begun)
        return replace(show, time=show.time + self.begun, pace=pace)
