"""Something that moves on at a changing rate and never jumps."""

from dataclasses import dataclass

from engine.scene.api import Frame


@dataclass(slots=True)
class Drift:
    """The way gone so far: rate times time, added up frame by frame.

    A wave drawn at ``rate * t`` leaps when the rate changes; drawn at ``Drift`` it only
    goes faster. A frame that follows no other (``dt`` is 0: the first one, a still) has
    the way it would have gone at this rate from the start, so a still is the same
    whatever was drawn before it.
    """

    gone: float = 0.0

    def advance(self, frame: Frame, rate: float) -> float:
        """Go on for one frame at ``rate`` and return the way gone."""
        if frame.dt <= 0.0:
            self.gone = rate * frame.t
        else:
            self.gone += rate * frame.dt
        return self.gone
