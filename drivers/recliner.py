"""What Bluetooth recliners have in common: keys that are held down, and a stop.

Such a control box knows no angles to go to. It moves while the message of a key is repeated
and stops when the messages stop: pulling the plug stops it. That is what is used here, and
nothing else; presets ("flat", "zero gravity") go on by themselves and are not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from engine.devices import Driver, Kind, Output, Stream, Unit

REPEAT_EVERY = 0.1
LONGEST_RUN = 400
"""Repeats (40 s) after which a key is released, whatever is asked; full travel takes less."""
HELD = 0.5
"""Level from which a key counts as held down."""
SLEW = 10.0

BACK_ANGLE = Stream("back_angle", Kind.ANGLE, Unit.DEGREE)
LEGS_ANGLE = Stream("legs_angle", Kind.ANGLE, Unit.DEGREE)


@dataclass(frozen=True, slots=True)
class Keys:
    """The codes of a control box.

    Attributes
    ----------
    together
        Whether the codes of two keys may be joined; otherwise the back goes first.
    """

    back_up: int
    back_down: int
    legs_up: int
    legs_down: int
    stop: int
    together: bool = False

    def held(self, levels: Mapping[str, float]) -> int:
        """Return the code of the keys held down; two that contradict each other are none."""
        code = self.stop
        for up, down in (("back_up", "back_down"), ("legs_up", "legs_down")):
            rises, sinks = levels[up] >= HELD, levels[down] >= HELD
            if rises != sinks:
                key: int = getattr(self, up if rises else down)
                if not self.together:
                    return key
                code |= key
        return code


class Recliner(Driver, abstract=True):
    """A recliner or bed moved by held keys.

    Its outputs are the keys: 1 holds one down, 0 releases it. At rest nothing moves; that is
    where the engine goes when in doubt, on an emergency stop at once.
    """

    keys: ClassVar[Keys]
    ask_every = REPEAT_EVERY
    outputs = tuple(
        Output(name, Unit.LEVEL, low=0.0, high=1.0, slew=SLEW, rest=0.0, motion=True)
        for name in ("back_up", "back_down", "legs_up", "legs_down")
    )

    def __init__(self) -> None:
        self._code = self.keys.stop
        self._repeats = 0
        self._armed = True

    def message(self, code: int) -> bytes:
        """Return the message of a key."""
        raise NotImplementedError

    def hello(self) -> Iterable[bytes]:
        """Release all keys; until they are asked to be released, none is held.

        A connection that comes back must not go on with a motion nobody watches any more.
        """
        self._armed = False
        return (self.message(self.keys.stop),)

    def encode(self, levels: Mapping[str, float]) -> bytes:
        """Return the message of the keys held down, or the stop."""
        code = self.keys.held(levels)
        if code == self.keys.stop:
            self._armed = True
        if code != self._code:
            self._code, self._repeats = code, 0
        return self.message(self._code if self._may_move() else self.keys.stop)

    def ask(self) -> Iterable[bytes]:
        """Repeat the message of the keys held down; one stop when they were held too long."""
        if self._code == self.keys.stop or not self._armed:
            return ()
        self._repeats += 1
        if self._repeats == LONGEST_RUN:
            return (self.message(self.keys.stop),)
        return (self.message(self._code),) if self._may_move() else ()

    def halt(self) -> bytes:
        """Return the stop; what was held has to be released before it moves again."""
        self._code, self._armed = self.keys.stop, False
        return self.message(self.keys.stop)

    def _may_move(self) -> bool:
        return self._armed and self._repeats < LONGEST_RUN
