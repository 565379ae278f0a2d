"""What a chair was asked and did not do is told: once for each reason, and the same every time."""

import math

import pytest

from engine.clock import VirtualClock
from engine.devices import Output, Unit
from engine.devices.duty import LONGEST, PAUSE
from engine.devices.governed import GovernedOutputs
from engine.events import Command, Event, Notice
from engine.report.notices import _refused
from tests.rehearsal import Rehearsal, rehearsal

RECLINE, VIBRATION = "chair.recline", "chair.vibration"
OUTPUTS = {
    RECLINE: Output(RECLINE, Unit.DEGREE, 0, 50, slew=5.0, rest=0.0, position="chair.angle"),
    VIBRATION: Output(VIBRATION, Unit.LEVEL, 0, 1, slew=0.2, rest=0.0),
}
NOT_HIS_OWN = "chair.recline does nothing without the officer's consent"


def phase(name: str, **wanted: float) -> dict[str, object]:
    return {
        "id": name, "title": {"zh": "字", "en": "words"}, "scene": "sea", "lasts": 30.0,
        "set": {f"chair.{k}": v for k, v in wanted.items()},
    }  # fmt: skip


def lived(by: str, *phases: dict[str, object], meanwhile: dict[str, Command | Notice]) -> Rehearsal:
    """A session to its last training second; ``meanwhile`` happens as a phase begins."""
    limits = {RECLINE: [0, 40], VIBRATION: [0, 1]}
    room = rehearsal(outputs=OUTPUTS, limits=limits, phase=list(phases))
    room.feed = lambda _: {"heart.quality": (0.95, 1.0)}
    room.run(1, Command("consent", by))
    for scale, value in (("SUDS", 60), ("FMS", 0)):
        room.run(1, Command("rate", "officer", {"scale": scale, "value": value}))
    seen: set[str] = set()
    while room.part() not in {"recovery", "closing", "upright"}:
        here = room.conductor.section.id
        due = meanwhile.get(here) if here not in seen else None
        seen.add(here)
        if isinstance(due, Notice):
            room.conductor.step(room.at + 5, (), [due])
        room.run(1, *([due] if isinstance(due, Command) else []))
    return room


def told(room: Rehearsal) -> list[tuple[str, float, str]]:
    return [
        (str(e.facts["control"]), float(e.facts["wished"]), str(e.facts["reason"]))
        for e in room.kinds("wish_refused")
    ]


def test_a_plan_that_may_not_move_the_chair_says_so_once_in_each_part() -> None:
    room = lived("counselor", phase("lean", recline=30.0), phase("lie", recline=20.0), meanwhile={})

    assert told(room) == [(RECLINE, 30.0, NOT_HIS_OWN), (RECLINE, 20.0, NOT_HIS_OWN)]
    assert room.conductor.levels[RECLINE].now == 0.0


def test_an_emergency_stop_and_a_lost_chair_are_told_as_reasons() -> None:
    halted = lived(
        "officer", phase("first", vibration=0.1), phase("lean", recline=30.0),
        meanwhile={"first": Command("halt", "officer")},
    )  # fmt: skip
    lost = lived(
        "officer", phase("first", vibration=0.1), phase("lean", recline=30.0),
        meanwhile={"first": Notice("device_state", {"device": "chair", "state": "lost",
                                                    "code": "link_lost"})},
    )  # fmt: skip

    assert told(halted) == [
        (RECLINE, 30.0, f"{RECLINE} is stopped; reset the emergency stop first")
    ]
    assert told(lost) == [(RECLINE, 30.0, f"{RECLINE} cannot be reached or reports a fault")]


def test_a_wish_beyond_the_chairs_reach_is_told_and_granted_as_far_as_it_goes() -> None:
    room = lived("officer", phase("lean", recline=48.0), meanwhile={})

    assert told(room) == [(RECLINE, 48.0, "chair.recline runs from 0 to 40")]
    assert room.conductor.levels[RECLINE].target == 40.0


def test_what_is_granted_and_what_asks_for_nothing_new_is_no_refusal() -> None:
    room = lived("officer", phase("lean", recline=30.0, vibration=0.2), meanwhile={})
    still = lived("counselor", phase("lean", recline=0.0, vibration=0.0), meanwhile={})

    assert told(room) == []
    assert told(still) == []


def test_the_same_session_refuses_the_same_at_the_same_moments() -> None:
    def once() -> list[str]:
        room = lived("counselor", phase("lean", recline=48.0, vibration=0.4), meanwhile={})
        return [e.line() for e in room.events]

    first = once()

    assert sum('"wish_refused"' in line for line in first) == 3
    assert once() == first


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (NOT_HIS_OWN, "没有本人同意", "without the officer's consent"),
        ("chair.recline runs from 0 to 40", "的范围是 0 至 40", "runs from 0 to 40"),
    ],
)
def test_the_report_tells_a_refusal_in_both_languages(reason: str, zh: str, en: str) -> None:
    words = _refused(Event(1.0, "wish_refused", {"control": RECLINE, "reason": reason}), {})

    assert words.zh.startswith("靠背角度：没有按方案动作（")
    assert zh in words.zh
    assert words.en.startswith("Back of the chair: not as the plan asked (")
    assert en in words.en


def test_a_strength_that_was_on_too_long_says_that_it_rests() -> None:
    clock = VirtualClock()
    outputs = GovernedOutputs([Output("vibration", Unit.LEVEL, 0, 1, slew=1.0, rest=0.0)], ())
    said: list[tuple[float, bool]] = []
    while clock.now() < LONGEST + PAUSE + 20.0:
        outputs.wish({"vibration": 0.5}, clock.now(), still=False)
        outputs.step(clock.now(), 0.5, clock.now())
        if not said or said[-1][1] != outputs.spent:
            said.append((clock.now(), outputs.spent))
        clock.advance_to(clock.now() + 0.5)

    assert [spent for _, spent in said] == [False, True, False]
    assert math.isclose(said[1][0], LONGEST, abs_tol=1.0)
    assert math.isclose(said[2][0] - said[1][0], PAUSE, abs_tol=2.0)
