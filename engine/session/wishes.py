"""What each command of a person does, and why one may be refused."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.events import COMMANDS, Command
from engine.session import captions
from engine.session.actuators import OFFICERS, because
from engine.session.contraindications import asked_before
from engine.session.pacer import FASTEST, SLOWEST
from engine.session.ratings import SCALES

if TYPE_CHECKING:
    from engine.session.conductor import Conductor


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Why a wish cannot be granted."""


def obey(conductor: "Conductor", command: Command) -> None:
    """Do what ``command`` asks and acknowledge it with an event either way."""
    try:
        _ACTIONS.get(command.name, _unknown)(conductor, command)
    except Refusal as refusal:
        _acknowledge(conductor, command, str(refusal))
    else:
        _acknowledge(conductor, command, None)


def _acknowledge(conductor: "Conductor", command: Command, refused: str | None) -> None:
    conductor.say(
        "command_received",
        name=command.name,
        by=command.by,
        accepted=refused is None,
        reason=refused,
    )


def _unknown(conductor: "Conductor", command: Command) -> None:
    raise Refusal("there is no such command; there are " + ", ".join(sorted(COMMANDS)))


def _consent(conductor: "Conductor", command: Command) -> None:
    if conductor.consented:
        raise Refusal("consent was already given")
    conductor.consented = True
    conductor.actuators.allowed = command.by in OFFICERS
    # Whether the chair may act is a fact of its own: nobody consents for somebody else.
    chair = {"chair": conductor.actuators.allowed} if conductor.setup.outputs else {}
    purpose = str(command.args.get("purpose", "session"))
    # What was asked stands beside the answer: a consent is to something.
    setup = conductor.setup
    avoid = asked_before(setup.protocol.avoid, chair=setup.moves)
    asked = {"asked": list(avoid)} if avoid else {}
    conductor.say("consent_given", by=command.by, purpose=purpose, **chair, **asked)


def _continue(conductor: "Conductor", command: Command) -> None:
    if conductor.section.part == "check":
        raise Refusal("the session begins with consent")
    if conductor.section.part not in {"rating", "closing", "fit"}:
        raise Refusal("nothing waits for an answer; use skip to leave this part")
    conductor.leave_section(f"{command.by} went on")


def _pause(conductor: "Conductor", command: Command) -> None:
    if conductor.paused:
        raise Refusal("the session is already paused")
    conductor.paused = True
    conductor.actuators.stop("pause", f"paused by {command.by}", strengths=True)
    conductor.tell(captions.PAUSED, lasts=math.inf)


def _resume(conductor: "Conductor", command: Command) -> None:
    if not (conductor.paused or conductor.levels.held or conductor.breathing_freely):
        raise Refusal("nothing is paused or held")
    if conductor.paused:
        conductor.paused = False
        conductor.tell(None)
    conductor.levels.release()
    conductor.breathing_freely = False
    conductor.actuators.go_on("pause", "hold", "dizzy", rule=f"resumed by {command.by}")


def _hold(conductor: "Conductor", command: Command) -> None:
    on = bool(command.args.get("on", True))
    conductor.levels.held = on
    if on:
        conductor.actuators.stop("hold", f"held by {command.by}", strengths=False)
    else:
        conductor.actuators.go_on("hold", rule=f"resumed by {command.by}")


def _halt(conductor: "Conductor", command: Command) -> None:
    if not conductor.setup.outputs:
        raise Refusal("this room has nothing that moves or warms")
    conductor.actuators.halt(f"emergency stop by {command.by}")
    conductor.tell(captions.CHAIR_STOPPED)


def _reset(conductor: "Conductor", command: Command) -> None:
    if not conductor.actuators.halted:
        raise Refusal("there is no emergency stop to reset")
    conductor.actuators.reset()


def _undo(conductor: "Conductor", command: Command) -> None:
    control = conductor.levels.undoable
    if control is not None and control in conductor.actuators:
        _may_act(conductor, control)
        if conductor.actuators.is_stopped(control):
            # Its level would run ahead of a chair that stands still, and call it there at once.
            raise Refusal(f"{control} is stopped; let the session go on first")
    change = conductor.levels.undo()
    if change is None:
        raise Refusal("no automatic change to take back")
    if change.control in conductor.actuators:
        conductor.actuators.moved_by_hand(change.control)
    conductor.tell_change(change)


def _set(conductor: "Conductor", command: Command) -> None:
    control, value = str(command.args.get("control", "")), _number(command, "value")
    if control == "breath.rate":
        if not SLOWEST <= value <= FASTEST:
            raise Refusal(f"breath.rate runs from {SLOWEST:g} to {FASTEST:g} /min")
        conductor.pacer.aim(value, conductor.pacer.pace.ratio)
        return
    if control not in conductor.levels:
        raise Refusal(f"there is no control {control!r}")
    low, high = conductor.steering.range_of(control)
    if not low <= value <= high:
        raise Refusal(f"{control} runs from {low:g} to {high:g}")
    why = because(f"set by {command.by}")
    if control in conductor.actuators:
        _may_act(conductor, control)
        conductor.actuators.wish(control, value, why, by_hand=True)
        return
    change = conductor.levels.wish(control, value, why, by_hand=True)
    if change is not None:
        conductor.tell_change(change)


def _may_act(conductor: "Conductor", control: str) -> None:
    why_not = conductor.actuators.why_not(control)
    if why_not:
        raise Refusal(why_not)
    if conductor.closing:
        raise Refusal("the session is already ending")


def _skip(conductor: "Conductor", command: Command) -> None:
    if conductor.section.part == "check":
        raise Refusal("consent cannot be skipped")
    conductor.leave_section(f"skipped by {command.by}")


def _note(conductor: "Conductor", command: Command) -> None:
    text = str(command.args.get("text", "")).strip()
    if not text:
        raise Refusal("the note is empty")
    conductor.say("note_taken", by=command.by, text=text)


def _rate(conductor: "Conductor", command: Command) -> None:
    scale, value = str(command.args.get("scale", "SUDS")), _number(command, "value")
    top = SCALES.get(scale)
    if top is None:
        raise Refusal(f"there is no scale {scale!r}; there are {', '.join(SCALES)}")
    if not 0 <= value <= top:
        raise Refusal(f"{scale} runs from 0 to {top:g}")
    conductor.take_rating(scale, value)


def _dizzy(conductor: "Conductor", command: Command) -> None:
    conductor.breathing_freely = True
    conductor.actuators.stop("dizzy", f"dizzy said by {command.by}", strengths=True)
    conductor.tell(captions.DIZZY, lasts=20.0)


def _stop(conductor: "Conductor", command: Command) -> None:
    if command.args.get("at_once"):
        conductor.close_at_once(str(command.args.get("reason", "stopped at once")))
        return
    if conductor.closing:
        raise Refusal("the session is already ending")
    conductor.stop(by=command.by, rule="stop", reason=str(command.args.get("reason", "stopped")))


def _number(command: Command, key: str) -> float:
    value = command.args.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Refusal(f"{key} must be a number")
    return float(value)


_ACTIONS: dict[str, Callable[["Conductor", Command], None]] = {
    "consent": _consent,
    "start": _continue,
    "continue": _continue,
    "pause": _pause,
    "resume": _resume,
    "hold": _hold,
    "halt": _halt,
    "reset": _reset,
    "undo": _undo,
    "set": _set,
    "skip": _skip,
    "note": _note,
    "rate": _rate,
    "dizzy": _dizzy,
    "stop": _stop,
}
