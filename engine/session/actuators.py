"""What the session does to the person's body: moves a chair, shakes, warms; and stops it.

Nothing acts before the officer's own consent. What moves the person stops at once, where it is,
when anybody asks for that or anything is in doubt; it goes on only when a person says so, or
when the plan comes to its next wish.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.errors import ConfigError
from engine.events import Fact, Facts
from engine.session.format import SessionProtocol
from engine.session.levels import LevelChange, Levels
from engine.streams import Output

GENTLE = 1.0
"""Fastest a session moves a person, deg/s, however fast the chair is."""
OFFICERS = frozenset({"officer", "simulated officer"})
"""Whose consent lets a chair act: that of the person who sits in it."""
WELL = frozenset({"data", "ready", "duty_spent", "rate_slow", "rate_fast"})
"""Codes of a device that may move; one too warm or at rest is not kept from coming upright, and
one that tells where it is at another rate than declared is stopped where it falls silent."""


@dataclass(slots=True)
class Actuators:
    """The outputs of the room's devices, as the session uses them.

    Parameters
    ----------
    outputs
        By qualified name (``chair.recline``).
    levels
        Where all controls of the session are kept.
    tell_change
        Takes every change, to be told with its reason.
    tell_refusal
        Takes every wish of the plan that is not granted (or not in full), with why; once in a
        part of the session for each control and reason.

    Attributes
    ----------
    allowed
        Whether the officer consented.
    halted
        Whether the emergency stop is latched.
    """

    outputs: Mapping[str, Output]
    levels: Levels
    tell_change: Callable[[LevelChange], None]
    tell_refusal: Callable[[str, float, str], None]
    allowed: bool = False
    halted: bool = False
    _stops: dict[str, str] = field(default_factory=dict[str, str])
    _broken: set[str] = field(default_factory=set[str])
    _moved: set[str] = field(default_factory=set[str])
    _later: dict[str, tuple[float, bool]] = field(default_factory=dict[str, tuple[float, bool]])
    _places: dict[str, float] = field(default_factory=dict[str, float])
    _jumped: set[str] = field(default_factory=set[str])
    _standing: set[str] = field(default_factory=set[str])
    _refused: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def __post_init__(self) -> None:
        """Put everything at rest."""
        self._standing = {name for name, output in self.outputs.items() if output.places}
        for name, output in self.outputs.items():
            slew = min(output.slew, GENTLE) if output.places else output.slew
            self.levels.declare(name, output.rest, slew)

    def __contains__(self, control: object) -> bool:
        return control in self.outputs

    @property
    def still(self) -> bool:
        """Whether nothing may move the person now."""
        return not self.allowed or self.halted or bool(self._stops)

    @property
    def resting(self) -> bool:
        """Whether nothing moves, shakes or warms any more."""
        return all(
            not self.levels[name].moving
            if output.places
            else math.isclose(self.levels[name].now, output.rest, abs_tol=1e-9)
            for name, output in self.outputs.items()
        )

    def why_not(self, control: str) -> str:
        """Return why ``control`` may not act now; empty if it may."""
        if not self.allowed:
            return f"{control} does nothing without the officer's consent"
        if self.halted:
            return f"{control} is stopped; reset the emergency stop first"
        if _device(control) in self._broken:
            return f"{control} cannot be reached or reports a fault"
        return ""

    def wish(self, control: str, level: float, why: Facts, *, by_hand: bool = False) -> None:
        """Head for ``level`` and tell it, as far as anything may act now.

        While the session is paused or held the wish waits until a person lets it go on.
        """
        refused = self.why_not(control)
        if refused:
            self.refuse(control, level, refused)
            return
        if self.is_stopped(control):
            self._later[control] = (level, by_hand)
            return
        self._head_for(control, level, why, by_hand=by_hand)

    def refuse(self, control: str, wished: float, reason: str) -> None:
        """Tell that ``wished`` is not granted; to leave things as they are needs no grant."""
        if wished == self.levels[control].target or (control, reason) in self._refused:
            return
        self._refused.add((control, reason))
        self.tell_refusal(control, wished, reason)

    def begin_part(self) -> None:
        """Begin a part of the session: what is refused in it is told anew."""
        self._refused.clear()

    def feel(self, control: str, place: float) -> None:
        """Take note of where the device says ``control`` is; NaN and wild values tell nothing.

        Until the session has moved it, that is where it shall stay: a chair somebody left
        reclined is not brought upright unasked.
        """
        if not self.outputs[control].can_be_at(place):
            return
        self._places[control] = place
        if control not in self._moved or _device(control) in self._broken:
            self._place(control)

    def stop(self, name: str, rule: str, *, strengths: bool) -> None:
        """Stop all motion now, where it is; ``strengths`` go to rest at their own speed.

        It lasts until `go_on` is called with the same ``name``.
        """
        self._stops[name] = rule
        for control, output in self.outputs.items():
            if output.moves or strengths:
                self._interrupt(control, rule)

    def go_on(self, *names: str, rule: str) -> None:
        """Lift the stops ``names``; what was interrupted goes on once no stop is left."""
        for name in names:
            self._stops.pop(name, None)
        if self._stops:
            return
        later, self._later = self._later, {}
        for control, (level, by_hand) in later.items():
            self.wish(control, level, because(rule), by_hand=by_hand)

    def halt(self, rule: str) -> None:
        """Latch the emergency stop."""
        self.halted = True
        for control in self.outputs:
            self._interrupt(control, rule)
        self._later.clear()  # after this only a new wish moves anything

    def reset(self) -> None:
        """Release the emergency stop: a person has looked. Nothing goes on by itself."""
        self.halted = False

    def hear(self, device: str, state: str, code: str) -> None:
        """Take note of how a device is doing; one in doubt moves nobody.

        When it is well again nothing goes on by itself: motion begins anew with the plan's next
        wish, or a person's, from where the device is then.
        """
        if state == "live" and (code in WELL or code.startswith("heat_")):
            self._broken.discard(device)
            return
        known = device in self._broken
        self._broken.add(device)
        if known:
            return
        for control in self.outputs:
            if _device(control) == device:
                self._interrupt(control, "device lost")
                self._later.pop(control, None)

    def moved_by_hand(self, control: str) -> None:
        """Take note that a person took a change of ``control`` back: it stands no longer."""
        self._standing.discard(control)

    def let_go(self) -> None:
        """Release every key that is held down: they belong to the part that ends."""
        for control, output in self.outputs.items():
            if output.moves and not output.places and self.levels[control].target != output.rest:
                self._head_for(control, output.rest, because("part ended"), by_hand=False)

    def wished(self, control: str) -> float:
        """Return the level to wish; NaN, "stay where you are", for a position left standing.

        Where it stands is the device's to say: to tell it back what it said a moment ago would
        have it hunt for that place.
        """
        return math.nan if control in self._standing else self.levels[control].now

    def take_jumps(self) -> set[str]:
        """Return the controls whose level was put elsewhere at once since the last call."""
        jumped, self._jumped = self._jumped, set()
        return jumped

    def is_stopped(self, control: str) -> bool:
        """Whether a pause, a hold or "dizzy" keeps ``control`` from acting."""
        holds_all = any(name != "hold" for name in self._stops)
        return holds_all or ("hold" in self._stops and self.outputs[control].moves)

    def _head_for(self, control: str, level: float, why: Facts, *, by_hand: bool) -> None:
        change = self.levels.wish(control, level, why, by_hand=by_hand)
        if change is not None:
            self._moved.add(control)
            self._standing.discard(control)
            self.tell_change(change)

    def _interrupt(self, control: str, rule: str) -> None:
        """Stop a position where it is, bring a strength to rest; remember where it was heading."""
        output, level = self.outputs[control], self.levels[control]
        heading, by_hand = level.target, level.held
        if not output.places:
            change = self.levels.force(control, output.rest, because(rule))
        elif level.moving:
            change = self.levels.force(control, self._place(control), because(rule), old=heading)
        else:
            return
        if change is not None:
            self._later.setdefault(control, (heading, by_hand))
            self.tell_change(change)

    def _place(self, control: str) -> float:
        """Put the level where the device says it is, and return that."""
        output, level = self.outputs[control], self.levels[control]
        place = self._places.get(control, level.now)
        place = min(max(place, output.low), output.high)
        if place != level.now:
            self._jumped.add(control)
        self.levels.place(control, place)
        self._standing.add(control)
        return place


def check_bindings(protocol: SessionProtocol, outputs: Mapping[str, Output]) -> None:
    """Refuse a protocol that would let a signal of the body move the person in this room.

    Reading the file refuses what it can tell by its name; here the devices themselves say it.

    Raises
    ------
    ConfigError
        Naming the phase and the control.
    """
    for phase in protocol.phase:
        for binding in phase.bind:
            output = outputs.get(binding.control)
            if output is not None and output.moves:
                raise ConfigError(
                    f"{binding.signal} is bound to {binding.control}, which moves the person",
                    where=f"protocol {protocol.id}, phase {phase.id}",
                    hint=f'no signal may: give it in set = {{ "{binding.control}" = ... }}',
                )


def because(rule: str, **more: Fact) -> Facts:
    """Return the reason of a change no signal asked for."""
    return {"rule": rule, **more, "signal": None, "value": None, "quality": None}


def _device(control: str) -> str:
    return control.partition(".")[0]
