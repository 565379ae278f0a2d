"""The chair in a session: moved by the plan, stopped by anyone, and never by the heart."""

import math

import pytest

from engine.errors import ConfigError
from engine.events import Command, Notice
from engine.session.actuators import check_bindings
from engine.streams import Output
from engine.units import Unit
from tests.rehearsal import Rehearsal, protocol_of, rehearsal

CONSENT = Command("consent", "officer")
GOOD = {"heart.quality": (0.95, 1.0), "resp.quality": (0.9, 1.0)}
RECLINE = "chair.recline"
OUTPUTS = {
    RECLINE: Output(
        RECLINE, Unit.DEGREE, 0, 50, slew=5.0, rest=0.0, position="chair.recline_angle"
    ),
    "chair.vibration": Output("chair.vibration", Unit.LEVEL, 0, 1, slew=0.2, rest=0.0),
    "chair.lift_up": Output("chair.lift_up", Unit.LEVEL, 0, 1, slew=10.0, rest=0.0, motion=True),
}


def phases(**wanted: float) -> list[dict[str, object]]:
    words = {"zh": "字", "en": "words"}
    first = {
        "id": "lean", "title": words, "scene": "sea", "lasts": 60.0,
        "set": {f"chair.{name}": level for name, level in wanted.items()},
    }  # fmt: skip
    second = {
        "id": "lie", "title": words, "scene": "sea", "lasts": 60.0,
        "set": {"scene.swell": 0.3},
    }  # fmt: skip
    return [first, second]


LIMITS = {RECLINE: [0, 40], "chair.vibration": [0, 0.5], "chair.lift_up": [0, 1]}


def leaning(by: str = "officer", **wanted: float) -> Rehearsal:
    """Return a session that has just begun the phase in which the chair acts."""
    room = rehearsal(outputs=OUTPUTS, limits=LIMITS, phase=phases(**(wanted or {"recline": 30.0})))
    room.feed = lambda _: dict(GOOD)
    room.run(1, Command("consent", by))
    room.run(1, Command("rate", "officer", {"scale": "SUDS", "value": 60}))
    room.run(1, Command("rate", "officer", {"scale": "FMS", "value": 0}))
    while room.part() != "training":
        room.run(1)
    return room


def at(room: Rehearsal, control: str = RECLINE) -> float:
    return room.conductor.levels[control].now


def refusals(room: Rehearsal) -> list[str]:
    told = room.kinds("command_received")
    return [str(e.facts["reason"]) for e in told if not e.facts["accepted"]]


def rules(room: Rehearsal, control: str = RECLINE) -> list[str]:
    changes = room.kinds("level_changed")
    return [str(e.facts["because"]["rule"]) for e in changes if e.facts["control"] == control]


def test_a_phase_leans_the_chair_back_gently_and_says_why() -> None:
    room = leaning()
    before = at(room)
    room.run(5)
    after = at(room)
    room.run(40)

    assert after - before == pytest.approx(5.0, abs=0.11)  # 1 deg/s, whatever the chair can do
    assert at(room) == pytest.approx(30.0)
    assert rules(room) == ["protocol"]


def test_it_stays_reclined_until_upright_and_comes_up_then() -> None:
    room = leaning()
    while room.part() != "upright":
        room.run(1, *([Command("continue", "officer")] if room.part() == "closing" else []))
        if room.part() in {"recovery", "closing"}:
            assert at(room) == pytest.approx(30.0)
    room.run(9)
    halfway = at(room)
    room.run(30)

    assert halfway == pytest.approx(21.0, abs=1.1)
    assert at(room) == 0.0, "the part waits for the chair, though its ten seconds are over"
    assert rules(room) == ["protocol", "upright"]
    assert room.kinds("session_closed")[0].facts == {"reason": "complete", "at_rest": True}


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        (Command("pause", "officer"), "paused by officer"),
        (Command("hold", "counselor"), "held by counselor"),
        (Command("dizzy", "officer"), "dizzy said by officer"),
        (Command("stop", "officer"), "closing"),
        (Command("halt", "officer"), "emergency stop by officer"),
    ],
)
def test_anyone_stops_the_chair_at_once_where_it_is(command: Command, rule: str) -> None:
    room = leaning()
    room.run(5)
    before = at(room)
    room.run(0.1, command)
    stopped = at(room)
    room.run(20)

    assert stopped == pytest.approx(before, abs=0.11)
    assert at(room) == stopped, "it does not go back either"
    assert rules(room)[-1] == rule
    assert room.conductor.actuators.still


@pytest.mark.parametrize(
    ("command", "lift"),
    [("pause", "resume"), ("hold", "resume"), ("dizzy", "resume")],
)
def test_what_was_interrupted_goes_on_when_a_person_says_so(command: str, lift: str) -> None:
    room = leaning()
    room.run(5, Command(command, "officer"))
    still = at(room)
    room.run(35, Command(lift, "officer"))

    assert still < 2.0
    assert at(room) == pytest.approx(30.0)
    assert rules(room)[-1] == "resumed by officer"


def test_an_emergency_stop_stays_until_a_person_resets_it_and_then_waits_for_a_wish() -> None:
    room = leaning()
    room.run(5, Command("halt", "officer"))
    to_20 = Command("set", "counselor", {"control": RECLINE, "value": 20})
    room.run(5, Command("resume", "officer"), to_20)
    latched = at(room)
    room.run(10, Command("reset", "counselor"))
    waiting = at(room)
    room.run(30, to_20)
    refused = [e.facts["reason"] for e in room.kinds("command_received") if not e.facts["accepted"]]

    assert latched == waiting < 2.0
    assert at(room) == pytest.approx(20.0)
    assert "chair.recline is stopped; reset the emergency stop first" in refused


def test_strengths_fade_with_a_pause_and_come_back_but_a_hold_leaves_them() -> None:
    room = leaning(vibration=0.4)
    room.run(4)
    room.run(4, Command("hold", "counselor"))
    held = at(room, "chair.vibration")
    room.run(4, Command("resume", "counselor"))
    room.run(4, Command("pause", "officer"))
    paused = at(room, "chair.vibration")
    room.run(4, Command("resume", "officer"))

    assert held == pytest.approx(0.4)
    assert paused == 0.0
    assert at(room, "chair.vibration") == pytest.approx(0.4)


@pytest.mark.parametrize("by", ["command line", "counselor", "operator"])
def test_nobody_consents_to_motion_for_the_officer(by: str) -> None:
    room = leaning(by=by)
    room.run(40)

    assert at(room) == 0.0
    assert rules(room) == []
    assert room.kinds("consent_given")[0].facts["chair"] is False


def test_everything_is_still_and_refused_before_consent() -> None:
    room = rehearsal(outputs=OUTPUTS, limits=LIMITS, phase=phases(recline=30.0))
    actuators = room.conductor.actuators
    room.run(1, Command("set", "counselor", {"control": RECLINE, "value": 10}))
    before = (
        actuators.still,
        at(room),
        refusals(room),
    )
    room.run(1, CONSENT)

    assert before == (True, 0.0, [f"{RECLINE} does nothing without the officer's consent"])
    assert not actuators.still


def test_a_hand_that_sets_a_stopped_chair_has_to_wait_until_it_may_go_on() -> None:
    room = leaning()
    room.run(5)
    room.run(1, Command("pause", "officer"))
    stopped = at(room)
    room.run(20, Command("set", "counselor", {"control": RECLINE, "value": 20}))
    waiting = at(room)
    room.run(60, Command("resume", "officer"))

    assert waiting == stopped
    assert at(room) == pytest.approx(20.0)


def test_nothing_is_taken_back_behind_the_back_of_a_chair_that_is_stopped() -> None:
    room = leaning()
    room.run(10)
    room.run(1, Command("pause", "officer"))
    stopped = at(room)
    room.run(20, Command("undo", "counselor"))
    refused = refusals(room)

    assert at(room) == stopped, "its level does not run ahead of it"
    assert refused[-1].startswith(f"{RECLINE} is stopped")


def test_what_waited_for_a_pause_to_end_is_forgotten_by_an_emergency_stop() -> None:
    room = leaning()
    room.run(5)
    for name in ("pause", "halt", "reset", "resume"):
        room.run(1, Command(name, "officer"))
    stopped = at(room)
    room.run(20)

    assert at(room) == stopped


def test_what_waited_for_a_pause_to_end_is_forgotten_when_the_chair_is_lost() -> None:
    room = leaning()
    room.run(5)
    room.run(1, Command("pause", "officer"))
    for state, code in (("lost", "link_lost"), ("live", "data")):
        notice = Notice("device_state", {"device": "chair", "state": state, "code": code})
        room.conductor.step(room.at + 5, (), [notice])
        room.run(1)
    stopped = at(room)
    room.run(20, Command("resume", "officer"))

    assert at(room) == stopped


def test_a_chair_is_wished_somewhere_only_while_the_session_moves_it() -> None:
    room = rehearsal(outputs=OUTPUTS, limits=LIMITS, phase=phases(recline=30.0))
    before = room.conductor.actuators.wished(RECLINE)
    room = leaning()
    room.run(5)
    moving = room.conductor.actuators.wished(RECLINE)
    room.run(1, Command("pause", "officer"))

    assert math.isnan(before)
    assert moving == pytest.approx(at(room), abs=1.5)
    assert math.isnan(room.conductor.actuators.wished(RECLINE))


def test_a_chair_on_its_way_is_not_called_to_where_it_says_it_is() -> None:
    room = leaning()
    room.run(5)
    on_its_way = at(room)
    room.conductor.actuators.feel(RECLINE, on_its_way - 3.0)  # it lags behind
    room.run(5)

    assert at(room) == pytest.approx(on_its_way + 5.0)


def test_a_chair_somebody_left_reclined_is_not_brought_up_unasked() -> None:
    room = rehearsal(outputs=OUTPUTS, limits=LIMITS, phase=phases(recline=30.0))
    room.feed = lambda _: dict(GOOD)
    room.conductor.actuators.feel(RECLINE, 22.5)
    room.run(5, CONSENT)
    waiting = at(room)
    room.run(60, Command("continue", "officer"))

    assert waiting == 22.5
    assert rules(room) == ["protocol"]
    assert room.kinds("level_changed")[0].facts["old"] == 22.5


def test_a_chair_that_goes_or_complains_stops_and_does_not_go_on_by_itself() -> None:
    room = leaning()
    room.run(5)
    for state, code in (("lost", "link_lost"), ("live", "fault_2"), ("live", "data")):
        notice = Notice("device_state", {"device": "chair", "state": state, "code": code})
        room.conductor.step(room.at + 5, (), [notice])
        room.conductor.actuators.feel(RECLINE, 4.5)
        room.run(10)
    place = at(room)
    room.run(60, Command("set", "counselor", {"control": RECLINE, "value": 10}))

    assert place == 4.5
    assert rules(room)[1:] == ["device lost", "set by counselor"]
    assert at(room) == pytest.approx(10.0)


def test_warmth_switched_off_for_its_heat_keeps_nobody_from_coming_upright() -> None:
    room = leaning()
    room.run(5)
    facts = {"device": "chair", "state": "live", "code": "heat_time"}
    room.conductor.step(room.at + 5, (), [Notice("device_state", facts)])
    room.run(40)

    assert at(room) == pytest.approx(30.0)


def test_a_stop_is_no_change_that_could_be_undone() -> None:
    room = leaning()
    room.run(5, Command("pause", "officer"))
    room.run(1, Command("resume", "officer"))
    room.run(0.1, Command("halt", "officer"))
    room.run(5, Command("undo", "counselor"))

    assert at(room) < 2.0
    assert room.kinds("command_received")[-1].facts["accepted"] is False


def test_a_key_is_let_go_when_its_part_ends_and_at_every_stop() -> None:
    room = leaning(lift_up=1.0)
    room.run(1)
    down = at(room, "chair.lift_up")
    room.run(1, Command("skip", "counselor"))

    assert down == 1.0
    assert at(room, "chair.lift_up") == 0.0
    assert rules(room, "chair.lift_up") == ["protocol", "part ended"]


def test_a_key_that_was_let_go_is_pressed_again_where_the_plan_says_so() -> None:
    first, second = phases(lift_up=1.0)
    room = rehearsal(
        outputs=OUTPUTS, limits=LIMITS, phase=[first, second | {"set": {"chair.lift_up": 0.5}}]
    )
    room.feed = lambda _: dict(GOOD)
    room.run(1, CONSENT)
    for scale, value in (("SUDS", 60), ("FMS", 0)):
        room.run(1, Command("rate", "officer", {"scale": scale, "value": value}))
    while room.part() != "training":
        room.run(1)
    room.run(1)
    room.run(2, Command("skip", "counselor"))

    assert rules(room, "chair.lift_up") == ["protocol", "part ended", "protocol"]
    assert at(room, "chair.lift_up") == 0.5


def test_a_change_taken_back_after_the_chair_was_away_is_followed_again() -> None:
    room = leaning()
    room.run(20)
    for state, code in (("lost", "link_lost"), ("live", "data")):
        facts = {"device": "chair", "state": state, "code": code}
        room.conductor.step(room.at + 5, (), [Notice("device_state", facts)])
    room.run(1)
    stood, told = at(room), room.conductor.actuators.wished(RECLINE)
    room.run(3, Command("undo", "counselor"))

    assert math.isnan(told), "it stands where it is"
    assert at(room) == pytest.approx(stood - 3.0, abs=0.2)
    assert room.conductor.actuators.wished(RECLINE) == at(room)


@pytest.mark.parametrize(
    ("code", "moves"), [("rate_slow", True), ("duty_spent", True), ("heat_hot", True),
                        ("fault_4", False), ("unheard_of", False)],
)  # fmt: skip
def test_only_a_chair_that_is_in_order_goes_on_moving(code: str, moves: bool) -> None:  # noqa: FBT001
    room = leaning()
    room.run(5)
    room.conductor.step(room.at + 5, (), [Notice("device_state", {
        "device": "chair", "state": "live", "code": code})])  # fmt: skip
    room.run(40)

    assert (at(room) == pytest.approx(30.0)) == moves


def test_the_session_closes_with_the_chair_where_it_is_and_all_strengths_at_rest() -> None:
    room = leaning(recline=30.0, vibration=0.5)
    room.run(10)
    room.run(12, Command("stop", "officer"))

    assert room.conductor.over
    assert room.kinds("session_closed")[0].facts["at_rest"] is True
    assert at(room) == pytest.approx(10.5, abs=0.6)
    assert at(room, "chair.vibration") == 0.0


def test_no_signal_of_the_body_moves_a_person_whatever_a_room_calls_it() -> None:
    bind = [{"signal": "arousal", "control": "chair.tip", "to": [0, 10]}]
    protocol = protocol_of(
        limits={"chair.tip": [0, 20]}, phase=[phases(recline=1)[0] | {"bind": bind}]
    )
    tip = Output("chair.tip", Unit.DEGREE, 0, 20, slew=1.0, rest=0.0)
    glow = Output("chair.tip", Unit.LEVEL, 0, 1, slew=1.0, rest=0.0)

    with pytest.raises(ConfigError, match=r"chair\.tip, which moves the person"):
        check_bindings(protocol, {"chair.tip": tip})
    check_bindings(protocol, {"chair.tip": glow})
    check_bindings(protocol, {})
