"""What moves the levels of a session: the plan, the person's signals, and rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.session import captions
from engine.session.actuators import Actuators, because
from engine.session.board import SignalBoard
from engine.session.feedback import Feedback
from engine.session.format import Phase
from engine.session.ladder import SAYINGS, Ladder
from engine.session.levels import LevelChange, Levels
from engine.session.presence import Presence
from engine.session.sections import Section
from engine.session.setup import Setup
from engine.show import Caption

GRACE = 5.0
"""s a phase has before missing signals are told as a degradation."""
NOTICEABLE = 0.02
"""Share of a control's range below which following the person would change nothing."""
HEARD_IN = frozenset({"baseline", "training", "recovery"})
"""Parts in which the loss of a sensor is told."""

Say = Callable[..., None]
Tell = Callable[[Caption | None], None]


@dataclass(slots=True)
class Steering:
    """Sets levels as each part asks, lets them follow the person, and tells how well that goes.

    Parameters
    ----------
    say, tell, tell_change
        Take events, captions, and changes of a level.
    """

    setup: Setup
    board: SignalBoard
    levels: Levels
    actuators: Actuators
    say: Say
    tell: Tell
    tell_change: Callable[[LevelChange], None]
    presence: Presence = field(init=False)
    ladder: Ladder = field(default_factory=Ladder)
    _feedback: Feedback = field(default_factory=Feedback)

    def __post_init__(self) -> None:
        """Put every control at rest."""
        self.presence = Presence(self.setup.groups)
        for control, level in self.setup.rest().items():
            if control not in self.actuators:
                self.levels.declare(control, level)

    def range_of(self, control: str) -> tuple[float, float]:
        """Return the range a control may be set within in this session."""
        output = self.setup.outputs.get(control)
        low, high = (0.0, 1.0) if output is None else (output.low, output.high)
        limit = self.setup.protocol.limits.get(control)
        return (max(low, limit[0]), min(high, limit[1])) if limit else (low, high)

    def begin_baseline(self, now: float) -> None:
        """Take it that the sensors heard now are those to be missed later."""
        self.presence.begin(
            g for g in self.setup.groups if self.presence.quality(g, now, self.board) >= 0.3
        )

    def rest(self, section: Section) -> None:
        """Let the envelope be quiet: scene and strengths at rest.

        A position stays where it is until the chair comes upright, which is a part of its own.
        """
        self._feedback = Feedback()
        self.ladder.begin()
        self.actuators.begin_part()
        why = because(section.part)
        for control, level in self.setup.rest().items():
            output = self.setup.outputs.get(control)
            if output is None:
                self._wish(control, level, why)
            elif not output.places or section.part == "upright":
                self.actuators.wish(control, level, why)

    def begin(self, phase: Phase) -> None:
        """Put a phase's settings into effect and let its signals steer."""
        self._feedback = Feedback.of(phase, self.setup.rest())
        self.ladder.begin()
        self.actuators.begin_part()
        self.actuators.let_go()
        for control, level in sorted(phase.set.items()):
            # Left out: the breath, and a chair this room has not got.
            if control in self.levels:
                self._wish(control, level, because("protocol", phase=phase.id))

    def stop(self) -> None:
        """Let nothing steer any more."""
        self._feedback = Feedback()

    def goal_reached(self, now: float) -> bool:
        """Tell whether the phase may end early."""
        return self._feedback.goal_reached(now, self.board)

    def listen(self, now: float, part: str) -> None:
        """Once a second: tell which sensors went and which are back, and why if it is known."""
        for group, rate in self.presence.misrated(now, self.board):
            why = f"about {rate:.1f} samples a second come, not as many as its driver declares"
            self.say("signal_lost", group=group, reason=why)
        if part not in HEARD_IN:
            return
        for group, heard, quality in self.presence.changes(now, self.board):
            self.ladder.hear(group, heard=heard)
            self.say(
                "signal_back" if heard else "signal_lost",
                group=group, reason=f"quality {quality:.2f}",
            )  # fmt: skip
            self.tell(captions.SIGNAL_BACK if heard else captions.SIGNAL_LOST)

    def follow(self, now: float, elapsed: float, *, free: bool) -> None:
        """Once a second: let the levels follow the person.

        Parameters
        ----------
        elapsed
            Seconds spent in this part.
        free
            Whether the scene may change now (the pacer is not changing).
        """
        slow = self.ladder.step == "slow_loop"
        for control, decision in self._feedback.decisions(now, self.board, free=free, slow=slow):
            low, high = self.range_of(control)
            noticeable = abs(decision.target - self.levels[control].target) >= NOTICEABLE * (
                high - low
            )
            if noticeable or decision.within is not None:
                self._wish(control, decision.target, decision.because, decision.within)
        # Arousal needs a moment after the baseline; that is no degradation.
        if elapsed < GRACE and self._feedback.loops:
            return
        step = self.ladder.look(self._feedback.standing(now, self.board))
        if step is not None:
            self.say("feedback_degraded", step=step[0], reason=step[1])
            if step[0] in SAYINGS:
                self.tell(SAYINGS[step[0]])

    def _wish(
        self, control: str, level: float, why: Mapping[str, object], within: float | None = None
    ) -> None:
        low, high = self.range_of(control)
        wished, level = level, min(max(level, low), high)
        if control in self.actuators:
            if level != wished:
                self.actuators.refuse(control, wished, f"{control} runs from {low:g} to {high:g}")
            self.actuators.wish(control, level, why)
            return
        change = self.levels.wish(control, level, why, within=within)
        if change is not None:
            self.tell_change(change)
