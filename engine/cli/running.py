"""Runs a planned session from the command line: progress, keys, Ctrl-C, the last words."""

import math
import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import FrameType

from engine.cli.private import private
from engine.cli.progress import Bar, say, say_no_more
from engine.errors import AnlanError
from engine.report import write_report
from engine.report.presence import absences_of, nothing_came
from engine.runtime.attendants import KEYS, Keyboard, Unattended
from engine.runtime.core import Core
from engine.runtime.outcome import Outcome
from engine.runtime.plan import Plan
from engine.runtime.room import Room
from engine.runtime.session_folder import SessionFolder, recover_beside
from engine.session.sections import plan as sections_of

HANG_UP: int | None = getattr(signal, "SIGHUP", None)
"""What a terminal sends that is closed; unknown to Windows."""
ASKED_TO_END: Mapping[int, str] = {
    signal.SIGINT: "Ctrl-C",
    signal.SIGTERM: "asked to end",
    **({} if HANG_UP is None else {HANG_UP: "the terminal was closed"}),
}
LOAD = ("heart.rate", "resp.rate", "arousal")


@private()
def run_session(plan: Plan) -> int:
    """Run ``plan``, write its report, and say where everything lies.

    Returns
    -------
    int
        3 where there are devices and none of them ever gave anything, else 0.
    """
    for seat, report in recover_beside(plan.folder):
        say(f"recovered the session in {seat}: {report}")
    length = sum(s.lasts for s in sections_of(plan.protocol, sensors=bool(plan.devices)))
    with Bar("session", length) as bar:

        def watch(core: Core) -> None:
            conductor = core.conductor
            title = conductor.section.title.text(plan.language)
            bar.at(conductor.now, title, _values(core))

        with _attendant(plan) as attendant:
            room = Room(plan, attendant, watch)
            with _interruptible(room):
                outcome = room.run(bar.share)
                fault = _report(plan, bar)
    _last_words(plan, outcome)
    if fault is not None:
        raise fault
    if not nothing_came([d.name for d in plan.devices], outcome.devices, outcome.seconds):
        return 0
    say("没有一台设备送来数据")
    say("anlan: no device of the rig sent anything")
    return 3


def _report(plan: Plan, bar: Bar) -> AnlanError | None:
    """Write the report; return why it could not be: the session is told all the same."""
    folder = SessionFolder(plan.folder)
    bar.share("report", 0.0)
    try:
        write_report(folder.recording, folder.report)
    except AnlanError as error:
        return error
    return None


@contextmanager
def _attendant(plan: Plan) -> Generator[Keyboard | Unattended]:
    if plan.attended and Keyboard.present():
        say(KEYS)
        with Keyboard() as keyboard:
            yield keyboard
    else:
        yield Unattended("simulated officer" if plan.nobody else "command line")


@contextmanager
def _interruptible(room: Room) -> Generator[None]:
    """Let Ctrl-C, SIGTERM and a terminal that is closed end the session gently.

    A second time ends it at once; but not of a terminal, whose shell may tell it once more.
    """

    def note(number: int, _frame: FrameType | None) -> None:
        reason = ASKED_TO_END[number]
        if number != HANG_UP or reason not in room.interruptions:
            room.interruptions.append(reason)

    numbers = set(ASKED_TO_END)
    if HANG_UP is not None and signal.getsignal(HANG_UP) is signal.SIG_IGN:  # begun with nohup
        numbers.discard(HANG_UP)
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _values(core: Core) -> str:
    shown = []
    for name, unit in zip(LOAD, ("/min", "/min", "sd"), strict=True):
        reading = core.board.get(name, core.conductor.now)
        text = "-" if math.isnan(reading.value) else f"{reading.value:.1f} {unit}"
        shown.append(f"{name} {text}")
    for group in core.signals.groups:
        reading = core.board.get(f"{group}.sample_rate", core.conductor.now)
        if reading.valid:
            shown.append(f"{group}: 采样率不符 {reading.value:.1f} Hz, not as declared")
    return "  ".join(shown)


def _last_words(plan: Plan, outcome: Outcome) -> None:
    folder = SessionFolder(plan.folder)
    minutes, seconds = divmod(round(outcome.seconds), 60)
    say(f"session  {minutes}:{seconds:02d}, {outcome.reason}", err=False)
    for absence in absences_of([d.name for d in plan.devices], outcome.devices, outcome.seconds):
        say(f"devices  {absence.words.zh}", err=False)
        say(f"         {absence.words.en}", err=False)
    say(f"folder   {plan.folder}", err=False)
    if folder.report.is_file():
        say(f"report   {folder.report}", err=False)
    if outcome.first_frame:
        say(f"ready    picture and sound after {outcome.first_frame:.1f} s", err=False)
    memory = ", ".join(f"{name} {n / 2**20:.0f} MiB" for name, n in outcome.memory.items())
    say(f"memory   {memory}", err=False)
    if outcome.recording_fault:
        say(f"anlan: the recording is incomplete: {outcome.recording_fault}")
    say_no_more()
