"""The steps a session comes down when it hears or shows less, and climbs when that is mended.

Each step is told to everyone: as an event, to the officer as a caption and a soft sound
(`engine.sound.sign`). A short hold goes without saying, and without a sound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.session import captions
from engine.show import Caption

STEPS = ("closed_loop", "slow_loop", "hold", "pacer_only", "audio_only")
"""The person steers; steers at half the speed, for a sensor is missing; levels are held; only the
guided breath leads; only the sound is left, for the picture failed."""

SAYINGS: Mapping[str, Caption] = {
    "closed_loop": captions.SIGNAL_BACK,
    "slow_loop": captions.SLOW_LOOP,
    "pacer_only": captions.PACER_ONLY,
    "audio_only": captions.AUDIO_ONLY,
}
"""What the officer is told; a short hold goes without saying."""


@dataclass(slots=True)
class Ladder:
    """Knows which step the session is on.

    Attributes
    ----------
    picture
        Whether there is a picture; without one only the sound is left.
    sign
        How many steps were told so far; below 0 if the last one went down.
    """

    step: str = "closed_loop"
    picture: bool = True
    sign: int = 0
    _told: str = "closed_loop"
    _lost: set[str] = field(default_factory=set[str])

    def begin(self) -> None:
        """Begin a part of the session: its feedback starts from the top."""
        self.step = self._told = "closed_loop" if self.picture else "audio_only"

    def hear(self, group: str, *, heard: bool) -> None:
        """Take note that a sensor group is lost or back."""
        (self._lost.discard if heard else self._lost.add)(group)

    def look(self, loops: Sequence[tuple[bool, bool, str]]) -> tuple[str, str] | None:
        """Return the new step and why, when it changed.

        Parameters
        ----------
        loops
            Of each binding at work: whether its signal may steer, whether it was given up
            for lost, and what is wrong with it.
        """
        step, reason = self._stand(loops)
        if step == self.step:
            return None
        self.step = step
        if step in SAYINGS and step != self._told:
            down = STEPS.index(step) > STEPS.index(self._told)
            self.sign = (abs(self.sign) + 1) * (-1 if down else 1)
            self._told = step
        return step, reason

    def _stand(self, loops: Sequence[tuple[bool, bool, str]]) -> tuple[str, str]:
        if not self.picture:
            return "audio_only", "there is no picture"
        if not loops:
            return "closed_loop", "the picture is back"
        wrong = [why for usable, _, why in loops if not usable]
        if len(wrong) == len(loops):
            given_up = all(lost for _, lost, _ in loops)
            return "pacer_only" if given_up else "hold", wrong[0]
        if wrong:
            return "slow_loop", wrong[0]
        if self._lost:
            return "slow_loop", f"{min(self._lost)} is not heard"
        return "closed_loop", "the signal is good again"
