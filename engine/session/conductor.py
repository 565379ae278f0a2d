"""The conductor: walks through the session, decides, and says why.

It is a pure function of its steps: time comes in as an argument, everything it does comes
out as events and as the `Show`. The same inputs at the same steps give the same
events, bit for bit, live, in virtual time and in a replay.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.events import Command, Event, Fact, Facts, Notice
from engine.session import captions
from engine.session.board import SignalBoard
from engine.session.feedback import Feedback
from engine.session.guidance import Guidance
from engine.session.levels import LevelChange, Levels
from engine.session.pacer import Pacer
from engine.session.presence import Presence
from engine.session.presenter import FADE, Presenter
from engine.session.sections import Section
from engine.session.setup import Setup
from engine.session.stop_rules import StopRules
from engine.session.wishes import SCALES, obey
from engine.show import Caption, Script, Show

STEPS_A_SECOND = 100
SHOW_EVERY = 10
"""Steps between two moments of the show (10 Hz); stage and sound smooth in between."""
CAPTION = 15.0
"""s a section's caption stays."""
ANSWER_AFTER = 1.0
"""s after the question before which an answer of a device belongs to something else."""
GRACE = 5.0
"""s a phase has before missing signals are told as a degradation."""
APART = 5.0
"""s between a change of the pacer and one of the scene: never both at once."""

NOTICEABLE = 0.02
"""Share of a control's range below which following the person would change nothing."""


class BaselineKeeper(Protocol):
    """What the conductor tells the arousal estimate."""

    paced: bool

    def begin_baseline(self, t: float) -> None:
        """Take what comes from ``t`` on as the person at rest."""
        ...

    def end_baseline(self, t: float) -> None:
        """Compare with that rest from ``t`` on."""
        ...


@dataclass(slots=True)
class Conductor:
    """One session under way.

    Parameters
    ----------
    setup
        What the session is made of.
    board
        Where the signals are read.
    baseline
        The arousal estimate, or None without sensors.
    emit
        Takes every event, in order.
    """

    setup: Setup
    board: SignalBoard
    baseline: BaselineKeeper | None
    emit: Callable[[Event], None]

    now: float = 0.0
    paused: bool = False
    consented: bool = False
    breathing_freely: bool = False
    """After a tap on "dizzy": no guide, no feedback, until someone resumes."""
    closing: bool = False
    over: bool = False
    show: Show = field(default_factory=Show)
    levels: Levels = field(default_factory=Levels)
    guidance: Guidance = field(init=False)
    script: Script = field(init=False)
    _sections: tuple[Section, ...] = field(init=False)
    _index: int = -1
    _elapsed: float = 0.0
    _feedback: Feedback = field(default_factory=Feedback)
    _presence: Presence = field(init=False)
    _rules: StopRules = field(init=False)
    _rated: set[str] = field(default_factory=set[str])
    _presenter: Presenter = field(init=False)
    _ended_sources: set[str] = field(default_factory=set[str])
    _closing_since: float = 0.0
    _close_reason: str = ""

    def __post_init__(self) -> None:
        """Lay out the plan; nothing has happened yet."""
        self.script = self.setup.script()
        self.guidance = Guidance(self.board, self.say)
        self._presenter = Presenter(self.script)
        self._sections = self.setup.sections
        self._presence = Presence(self.setup.groups)
        self._rules = StopRules(self.setup.officer)
        for control, level in self.setup.rest().items():
            output = self.setup.outputs.get(control)
            if output is None:
                self.levels.declare(control, level)
            else:
                self.levels.declare(control, level, output.slew)
        self.show = self._moment(ended=False)

    @property
    def pacer(self) -> Pacer:
        """The guided breath."""
        return self.guidance.pacer

    @property
    def section(self) -> Section:
        """Where the session is."""
        return self._sections[max(self._index, 0)]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The whole plan."""
        return self._sections

    @property
    def progress(self) -> tuple[int, float]:
        """Index of the present section and the seconds spent in it."""
        return self._index, self._elapsed

    def step(
        self,
        step: int,
        commands: Iterable[Command] = (),
        notices: Iterable[Notice] = (),
        answers: Iterable[tuple[str, float]] = (),
    ) -> None:
        """Live through step number ``step`` (time is exactly step / 100 s).

        ``answers`` are self-ratings a device took: (scale, value), asked for or not.
        """
        self.now = step / STEPS_A_SECOND
        if self._index < 0:
            self._open()
        for notice in notices:
            self._take_notice(notice)
        for command in commands:
            obey(self, command)
        for scale, value in answers:
            self._offer_rating(scale, value)
        if step % SHOW_EVERY == 0 and not self.over:
            self._move(SHOW_EVERY / STEPS_A_SECOND, whole_second=step % STEPS_A_SECOND == 0)

    # -- what commands and rules call -------------------------------------------------

    def say(self, kind: str, **facts: Fact) -> None:
        """Emit an event at the present moment."""
        self.emit(Event(self.now, kind, facts))

    def tell(self, caption: Caption | None, lasts: float = 8.0) -> None:
        """Show ``caption`` to the officer for a while."""
        self._presenter.tell(caption, self.now + lasts)

    def tell_change(self, change: LevelChange) -> None:
        """Emit a change of level with its reason."""
        self.say(
            "level_changed",
            control=change.control, old=change.old, new=change.new, because=change.because,
        )  # fmt: skip

    def range_of(self, control: str) -> tuple[float, float]:
        """Return the range a control may be set within in this session."""
        output = self.setup.outputs.get(control)
        low, high = (0.0, 1.0) if output is None else (output.low, output.high)
        limit = self.setup.protocol.limits.get(control)
        return (max(low, limit[0]), min(high, limit[1])) if limit else (low, high)

    def take_rating(self, scale: str, value: float) -> None:
        """Note a self-rating and let the stop rules see it."""
        when = "before" if self._index <= self._first("training") else "after"
        self._rated.add(scale)
        self.say("rating_given", scale=scale, value=value, when=when)
        rule = self._rules.rating(scale, value)
        if rule is not None and self.section.part not in {"closing", "upright"}:
            self.stop(by="stop rule", rule=rule, reason=rule)

    def leave_section(self, reason: str) -> None:
        """Go on to the next section, or end the session after the last."""
        if self.section.part == "baseline" and self.baseline is not None:
            self.baseline.end_baseline(self.now)
        if self._index + 1 < len(self._sections):
            self._enter(self._index + 1, reason)
        else:
            self._begin_closing("complete")

    def stop(self, *, by: str, rule: str, reason: str) -> None:
        """End the session now, gently: everything fades and outputs go to rest."""
        if self.closing:
            return
        self.say("stop_requested", by=by, rule=rule, reason=reason)
        self._begin_closing(reason)

    # -- the course of the session ----------------------------------------------------

    def _open(self) -> None:
        s = self.setup
        self.say(
            "session_opened",
            protocol=s.protocol.id, language=s.language, seed=s.seed, simulated=s.simulated,
        )  # fmt: skip
        self._enter(0, "the session begins")

    def _enter(self, index: int, reason: str) -> None:
        self._index, self._elapsed = index, 0.0
        section = self.section
        self._rated.clear()
        self.say(
            "phase_entered",
            phase=section.id, part=section.part, lasts=section.lasts, scene=section.scene,
            because=reason,
        )  # fmt: skip
        waits = section.part in {"rating", "closing"}
        self.tell(section.say, math.inf if waits else CAPTION)
        if section.part == "baseline":
            self._presence.begin(
                g for g in self.setup.groups
                if self._presence.quality(g, self.now, self.board) >= 0.3
            )  # fmt: skip
            if self.baseline is not None:
                self.baseline.begin_baseline(self.now)
        phase = section.phase
        if phase is None:
            self._feedback = Feedback()
            self._rest(section)
        else:
            self._feedback = Feedback.of(phase, self.setup.rest())
            self._apply(phase.set, phase.lead == "own", phase.id)
        if self.baseline is not None:
            self.baseline.paced = self.guidance.goal > 0

    def _rest(self, section: Section) -> None:
        """Let the envelope be quiet: no guide, the scene at rest, outputs at rest."""
        self.guidance.goal = 0.0
        for control, level in self.setup.rest().items():
            change = self.levels.wish(
                control, level, _because(section.part),
            )  # fmt: skip
            if change is not None:
                self.tell_change(change)

    def _apply(self, wanted: Mapping[str, float], own_rate: bool, phase: str) -> None:  # noqa: FBT001
        """Put a phase's settings into effect."""
        for control, level in sorted(wanted.items()):
            if control not in self.levels:  # the breath, and a chair this room has not got
                continue
            low, high = self.range_of(control)
            change = self.levels.wish(
                control, min(max(level, low), high),
                _because("protocol", phase=phase),
            )  # fmt: skip
            if change is not None:
                self.tell_change(change)
        self.guidance.apply(wanted, self.now, from_own_rate=own_rate)

    def _begin_closing(self, reason: str) -> None:
        if self.closing:
            return
        self.closing, self._closing_since, self._close_reason = True, self.now, reason
        self.guidance.goal = 0.0
        self._feedback = Feedback()
        self.levels.release()
        for name, output in self.setup.outputs.items():
            self.levels.wish(name, output.rest, {"rule": "closing"})
        self.tell(captions.GOODBYE, math.inf)

    def close_at_once(self, reason: str) -> None:
        """End without a fade: the room is going down."""
        self.over = self.closing = True
        self.say("session_closed", reason=reason, at_rest=self._at_rest())
        self.show = self._moment(ended=True)

    # -- ten times a second -----------------------------------------------------------

    def _move(self, dt: float, *, whole_second: bool) -> None:
        if not self.paused:
            self._elapsed += dt
            self.levels.step(dt)
        breathing_freely = self.paused or self.breathing_freely or self.closing
        self.guidance.fade(dt, hidden=breathing_freely)
        self.guidance.turn(
            self.now,
            free=not self.levels.moving and not self.paused,
            free_breath=self.breathing_freely,
        )
        if whole_second:
            self._each_second()
        if self.closing:
            if self.now - self._closing_since >= FADE and self._at_rest():
                self.over = True
                self.say("session_closed", reason=self._close_reason, at_rest=True)
        elif not self.paused:
            self._maybe_leave()
        self.show = self._moment(ended=self.over)

    def _each_second(self) -> None:
        now, board = self.now, self.board
        self.guidance.plv = board.get("pacing.plv", now).value
        if self.section.part in {"baseline", "training", "recovery"}:
            for group, heard, quality in self._presence.changes(now, board):
                kind = "signal_back" if heard else "signal_lost"
                self.say(kind, group=group, reason=f"quality {quality:.2f}")
                self.tell(captions.SIGNAL_BACK if heard else captions.SIGNAL_LOST)
        if self.section.part not in {"check", "rating"} and not self.closing:
            rule = self._rules.heart_rate(now, board.get("heart.rate", now))
            if rule is not None:
                self.stop(by="stop rule", rule=rule, reason=rule)
        if self.paused or self.closing or self.breathing_freely:
            return
        free = now - self.guidance.changed >= APART
        for control, decision in self._feedback.decisions(now, board, free=free):
            low, high = self.range_of(control)
            noticeable = abs(decision.target - self.levels[control].target) >= NOTICEABLE * (
                high - low
            )
            if not noticeable and decision.within is None:
                continue
            change = self.levels.wish(
                control, min(max(decision.target, low), high), decision.because,
                within=decision.within,
            )  # fmt: skip
            if change is not None:
                self.tell_change(change)
        # Arousal needs a moment after the baseline; that is no degradation.
        rung = self._feedback.ladder(now, board) if self._elapsed >= GRACE else None
        if rung is not None:
            self.say("feedback_degraded", step=rung[0], reason=rung[1])

    def _maybe_leave(self) -> None:
        section, envelope = self.section, self.setup.protocol.envelope
        timed_out = self._elapsed >= section.lasts
        if section.part == "check":
            if self.consented:
                self.leave_section("consent was given")
            elif timed_out:
                self.stop(by="room", rule="no consent", reason="no consent was given")
        elif section.part in {"rating", "closing"} and {"SUDS", "FMS"} <= self._rated:
            self.leave_section("the ratings were given")
        elif section.part == "fit" and self._presence.fitted(
            self.now, self.board, envelope.fit_quality, envelope.fit_held
        ):
            self.leave_section("the sensors are heard well")
        elif self._feedback.goal_reached(self.now, self.board):
            self.leave_section("the goal of the phase was held")
        elif timed_out:
            self.leave_section("its time was over")

    def _offer_rating(self, scale: str, value: float) -> None:
        """Take an answer from a device, if this part of the session asks for it."""
        asks = self.section.part in {"rating", "closing"} and self._elapsed >= ANSWER_AFTER
        if asks and scale in SCALES and scale not in self._rated and 0 <= value <= SCALES[scale]:
            self.take_rating(scale, value)

    # -- small things -----------------------------------------------------------------

    def _take_notice(self, notice: Notice) -> None:
        self.say(notice.kind, **notice.facts)
        if notice.kind == "device_state" and notice.facts.get("state") == "ended":
            self._ended_sources.add(str(notice.facts.get("device")))
            if self._ended_sources >= set(self.setup.sources) and not self.closing:
                self.stop(by="room", rule="recording ended", reason="the recording ended")

    def _first(self, part: str) -> int:
        return next(i for i, s in enumerate(self._sections) if s.part == part)

    def _at_rest(self) -> bool:
        return all(
            math.isclose(self.levels[name].now, output.rest, abs_tol=1e-9)
            for name, output in self.setup.outputs.items()
        )

    def _moment(self, *, ended: bool) -> Show:
        return self._presenter.moment(
            self.now, scene=self.section.scene, phase=max(self._index, 0),
            pace=self.pacer.pace, levels=self.levels, paused=self.paused,
            closing_since=self._closing_since if self.closing else None, ended=ended,
        )  # fmt: skip


def _because(rule: str, **more: Fact) -> Facts:
    """Return the reason of a change no signal asked for."""
    return {"rule": rule, **more, "signal": None, "value": None, "quality": None}
