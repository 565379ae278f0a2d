"""The conductor: walks through the session, decides, and says why.

It is a pure function of its steps: time comes in as an argument, everything it does comes
out as events and as the `Show`. The same inputs at the same steps give the same
events, bit for bit, live, in virtual time and in a replay.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from engine.events import Command, Event, Fact, Notice
from engine.session import captions
from engine.session.actuators import Actuators
from engine.session.board import SignalBoard
from engine.session.guidance import Guidance
from engine.session.levels import LevelChange, Levels
from engine.session.pacer import Pacer
from engine.session.presenter import FADE, Presenter
from engine.session.ratings import ASKING, Ratings
from engine.session.sections import Section
from engine.session.setup import Setup
from engine.session.steering import Steering
from engine.session.stop_rules import StopRules
from engine.session.wishes import obey
from engine.show import Caption, Script, Show

STEPS_A_SECOND = 100
SHOW_EVERY = 10
"""Steps between two moments of the show (10 Hz); stage and sound smooth in between."""
CAPTION = 15.0
"""s a section's caption stays."""
COMING_UP = 60.0
"""s the last part waits at most for a chair that is still on its way up."""
APART = 5.0
"""s between a change of the pacer and one of the scene: never both at once."""


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
    actuators: Actuators = field(init=False)
    steering: Steering = field(init=False)
    script: Script = field(init=False)
    _sections: tuple[Section, ...] = field(init=False)
    _index: int = -1
    _elapsed: float = 0.0
    _rules: StopRules = field(init=False)
    _ratings: Ratings = field(init=False)
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
        self._rules = StopRules(self.setup.officer)
        self._ratings = Ratings(self._rules, self.say)
        self.actuators = Actuators(
            self.setup.outputs, self.levels, self.tell_change, self.tell_refusal
        )
        self.steering = Steering(
            self.setup, self.board, self.levels, self.actuators, self.say, self.tell,
            self.tell_change,
        )  # fmt: skip
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
            if self._ratings.wants(scale, value, self.section, self._elapsed):
                self.take_rating(scale, value)
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

    def tell_refusal(self, control: str, wished: float, reason: str) -> None:
        """Emit that the plan's wish for ``control`` was not granted, or not in full."""
        self.say("wish_refused", control=control, wished=wished, reason=reason)

    def take_rating(self, scale: str, value: float) -> None:
        """Note a self-rating and let the stop rules see it."""
        when = "before" if self._index <= self._first("training") else "after"
        rule = self._ratings.take(scale, value, when)
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
        self._ratings.begin()
        self.say(
            "phase_entered",
            phase=section.id, part=section.part, lasts=section.lasts, scene=section.scene,
            because=reason,
        )  # fmt: skip
        waits = section.part in ASKING
        self.tell(section.say, math.inf if waits else CAPTION)
        if section.part == "baseline":
            self.steering.begin_baseline(self.now)
            if self.baseline is not None:
                self.baseline.begin_baseline(self.now)
        phase = section.phase
        if phase is None:
            self.guidance.goal = 0.0
            self.steering.rest(section)
        else:
            self.steering.begin(phase)
            self.guidance.apply(phase.set, self.now, from_own_rate=phase.lead == "own")
        if self.baseline is not None:
            self.baseline.paced = self.guidance.goal > 0

    def _begin_closing(self, reason: str) -> None:
        if self.closing:
            return
        self.closing, self._closing_since, self._close_reason = True, self.now, reason
        self.guidance.goal = 0.0
        self.steering.stop()
        self.levels.release()
        self.actuators.stop("closing", "closing", strengths=True)
        self.tell(captions.GOODBYE, math.inf)

    def close_at_once(self, reason: str) -> None:
        """End without a fade: the room is going down."""
        self.over = self.closing = True
        self.actuators.stop("closing", "closing", strengths=True)
        self.say("session_closed", reason=reason, at_rest=self.actuators.resting)
        self.show = self._moment(ended=True)

    # -- ten times a second -----------------------------------------------------------

    def _move(self, dt: float, *, whole_second: bool) -> None:
        if self.paused:
            self.levels.step(dt, self.actuators)
        else:
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
            if self.now - self._closing_since >= FADE and self.actuators.resting:
                self.over = True
                self.say("session_closed", reason=self._close_reason, at_rest=True)
        elif not self.paused:
            self._maybe_leave()
        self.show = self._moment(ended=self.over)

    def _each_second(self) -> None:
        now, board = self.now, self.board
        self.guidance.plv = board.get("pacing.plv", now).value
        self.steering.listen(now, self.section.part)
        if self.section.part not in {"check", "rating"} and not self.closing:
            rule = self._rules.heart_rate(now, board.get("heart.rate", now))
            if rule is not None:
                self.stop(by="stop rule", rule=rule, reason=rule)
        if self.paused or self.closing or self.breathing_freely:
            return
        free = now - self.guidance.changed >= APART
        self.steering.follow(now, self._elapsed, free=free)

    def _maybe_leave(self) -> None:
        section, envelope = self.section, self.setup.protocol.envelope
        timed_out = self._elapsed >= section.lasts
        if section.part == "upright" and not self.actuators.resting:
            timed_out = self._elapsed >= section.lasts + COMING_UP
        if section.part == "check":
            if self.consented:
                self.leave_section("consent was given")
            elif timed_out:
                self.stop(by="room", rule="no consent", reason="no consent was given")
        elif section.part in ASKING and self._ratings.complete:
            self.leave_section("the ratings were given")
        elif section.part == "fit" and self.steering.presence.fitted(
            self.now, self.board, envelope.fit_quality, envelope.fit_held
        ):
            self.leave_section("the sensors are heard well")
        elif self.steering.goal_reached(self.now):
            self.leave_section("the goal of the phase was held")
        elif timed_out:
            self.leave_section("its time was over")

    # -- small things -----------------------------------------------------------------

    def _take_notice(self, notice: Notice) -> None:
        facts = notice.facts
        self.say(notice.kind, **facts)
        if notice.kind == "fault_contained" and facts.get("part") == "stage":
            self.steering.ladder.picture = facts.get("state") in {"back", "replaced"}
        if notice.kind != "device_state":
            return
        device, state = str(facts.get("device")), str(facts.get("state"))
        self.actuators.hear(device, state, str(facts.get("code", "data")))
        if state == "ended":
            self._ended_sources.add(device)
            if self._ended_sources >= set(self.setup.sources) and not self.closing:
                self.stop(by="room", rule="recording ended", reason="the recording ended")

    def _first(self, part: str) -> int:
        return next(i for i, s in enumerate(self._sections) if s.part == part)

    def _moment(self, *, ended: bool) -> Show:
        return self._presenter.moment(
            self.now, scene=self.section.scene, phase=max(self._index, 0),
            pace=self.pacer.pace, levels=self.levels, paused=self.paused,
            closing_since=self._closing_since if self.closing else None, ended=ended,
            sign=self.steering.ladder.sign,
        )  # fmt: skip
