"""Runs a planned session from the command line: progress, keys, Ctrl-C, the last words."""

import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import FrameType

from engine.cli.private import private
from engine.cli.progress import Bar, say, say_no_more
from engine.cli.session_words import KEYS, NOTHING_CAME, last_words, values, work
from engine.errors import AnlanError
from engine.report import write_report
from engine.report.presence import nothing_came
from engine.runtime.attendants import Keyboard, Unattended
from engine.runtime.core import Core
from engine.runtime.plan import Plan, uses_chair
from engine.runtime.room import Room
from engine.runtime.session_folder import SessionFolder, recover_beside
from engine.session.contraindications import asked_before, question
from engine.session.sections import plan as sections_of
from engine.show import Caption

HANG_UP: int | None = getattr(signal, "SIGHUP", None)
"""What a terminal sends that is closed; unknown to Windows."""
ASKED_TO_END: Mapping[int, str] = {
    signal.SIGINT: "Ctrl-C",
    signal.SIGTERM: "asked to end",
    **({} if HANG_UP is None else {HANG_UP: "the terminal was closed"}),
}


@private()
def run_session(plan: Plan, lang: str) -> int:
    """Run ``plan``, write its report, and say in ``lang`` where everything lies.

    Returns
    -------
    int
        3 where there are devices and none of them ever gave anything, else 0.
    """
    for seat, report in recover_beside(plan.folder):
        told = Caption(f"已修复 {seat} 中的流程", f"recovered the session in {seat}: {report}")
        say(told.text(lang))
    length = sum(s.lasts for s in sections_of(plan.protocol, sensors=bool(plan.devices)))
    with Bar(work("session", lang), length) as bar:

        def watch(core: Core) -> None:
            conductor = core.conductor
            title = conductor.section.title.text(lang)
            bar.at(conductor.now, title, values(core, lang))

        def tell(what: str, share: float) -> None:
            bar.share(work(what, lang), share)

        with _attendant(plan, lang) as attendant:
            room = Room(plan, attendant, watch)
            with _interruptible(room):
                outcome = room.run(tell)
                tell("report", 0.0)
                fault = _report(plan)
    for line in last_words(plan, outcome, lang):
        say(line, err=False)
    if outcome.recording_fault:
        say("记录不完整", err=True)
        say(f"anlan: the recording is incomplete: {outcome.recording_fault}")
    say_no_more()
    if fault is not None:
        raise fault
    if not nothing_came([d.name for d in plan.devices], outcome.devices, outcome.seconds):
        return 0
    say(NOTHING_CAME.zh)
    say(f"anlan: {NOTHING_CAME.en}")
    return 3


def _report(plan: Plan) -> AnlanError | None:
    """Write the report; return why it could not be: the session is told all the same."""
    folder = SessionFolder(plan.folder)
    try:
        write_report(folder.recording, folder.report)
    except AnlanError as error:
        return error
    return None


@contextmanager
def _attendant(plan: Plan, lang: str) -> Generator[Keyboard | Unattended]:
    if plan.attended and Keyboard.present():
        asked = question(asked_before(plan.protocol.avoid, chair=uses_chair(plan.protocol)))
        if asked is not None:
            say(f"\n  {asked.text(lang)}")
        say(KEYS.text(lang))
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
