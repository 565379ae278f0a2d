"""Runs a planned session from the command line: progress, keys, Ctrl-C, the last words."""

import math
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

import click

from engine.cli.private import private
from engine.cli.progress import Bar
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
        click.echo(f"recovered the session in {seat}: {report}", err=True)
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
        folder = SessionFolder(plan.folder)
        bar.share("report", 0.0)
        fault: AnlanError | None = None
        try:
            write_report(folder.recording, folder.report)
        except AnlanError as error:  # the session is told all the same
            fault = error
    _last_words(plan, outcome)
    if fault is not None:
        raise fault
    if not nothing_came([d.name for d in plan.devices], outcome.devices, outcome.seconds):
        return 0
    click.echo("没有一台设备送来数据", err=True)
    click.echo("anlan: no device of the rig sent anything", err=True)
    return 3


@contextmanager
def _attendant(plan: Plan) -> Generator[Keyboard | Unattended]:
    if plan.attended and Keyboard.present():
        click.echo(KEYS, err=True)
        with Keyboard() as keyboard:
            yield keyboard
    else:
        yield Unattended("simulated officer" if plan.nobody else "command line")


@contextmanager
def _interruptible(room: Room) -> Generator[None]:
    """Let Ctrl-C (and SIGTERM) end the session gently; a second time, at once."""

    def note(number: int, _frame: FrameType | None) -> None:
        room.interruptions.append("Ctrl-C" if number == signal.SIGINT else "asked to end")

    numbers = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(number, note) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
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
    click.echo(f"session  {minutes}:{seconds:02d}, {outcome.reason}")
    for absence in absences_of([d.name for d in plan.devices], outcome.devices, outcome.seconds):
        click.echo(f"devices  {absence.words.zh}")
        click.echo(f"         {absence.words.en}")
    click.echo(f"folder   {plan.folder}")
    if folder.report.is_file():
        click.echo(f"report   {folder.report}")
    if outcome.first_frame:
        click.echo(f"ready    picture and sound after {outcome.first_frame:.1f} s")
    memory = ", ".join(f"{name} {n / 2**20:.0f} MiB" for name, n in outcome.memory.items())
    click.echo(f"memory   {memory}")
    if outcome.recording_fault:
        click.echo(f"anlan: the recording is incomplete: {outcome.recording_fault}", err=True)
    sys.stdout.flush()
