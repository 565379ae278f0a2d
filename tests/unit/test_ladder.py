"""Each step down and up is told once, with its reason, in events and in words."""

import pytest

from engine.events import Notice
from engine.session.board import Reading
from engine.session.controller import BindingLoop
from engine.session.format import Binding
from engine.session.ladder import SAYINGS, Ladder
from tests.rehearsal import Rehearsal, rehearsal
from tests.unit.test_conductor import GOOD, through_to_training

GOOD_LOOP, HELD, LOST = (True, False, ""), (False, False, "x: no signal"), (False, True, "x: gone")


def test_a_missing_sensor_slows_the_loop_and_a_lost_signal_holds_then_lets_go() -> None:
    ladder = Ladder()
    told = [ladder.look([GOOD_LOOP, GOOD_LOOP])]
    ladder.hear("eda", heard=False)
    told += [ladder.look([GOOD_LOOP, GOOD_LOOP]), ladder.look([GOOD_LOOP, HELD])]
    told += [ladder.look([HELD, HELD]), ladder.look([LOST, LOST]), ladder.look([LOST, LOST])]
    ladder.hear("eda", heard=True)
    told += [ladder.look([GOOD_LOOP, GOOD_LOOP])]

    assert told == [
        None, ("slow_loop", "eda is not heard"), None, ("hold", "x: no signal"),
        ("pacer_only", "x: gone"), None, ("closed_loop", "the signal is good again"),
    ]  # fmt: skip


def test_without_a_picture_only_the_sound_is_left_until_it_is_back() -> None:
    ladder = Ladder()
    ladder.picture = False
    told = [ladder.look([]), ladder.look([GOOD_LOOP])]
    ladder.begin()
    ladder.picture = True
    told += [ladder.look([])]

    assert told == [
        ("audio_only", "there is no picture"), None, ("closed_loop", "the picture is back"),
    ]  # fmt: skip


def test_each_step_that_is_told_has_its_sign_and_a_short_hold_has_none() -> None:
    ladder = Ladder()
    signs = [ladder.sign]
    loops = [
        [GOOD_LOOP], [HELD], [GOOD_LOOP], [HELD], [LOST], [LOST], [HELD], [GOOD_LOOP],
        [GOOD_LOOP, HELD], [HELD, HELD], [GOOD_LOOP, HELD],
    ]  # fmt: skip
    for loop in loops:
        ladder.look(loop)
        signs.append(ladder.sign)

    assert signs == [0, 0, 0, 0, 0, -1, -1, -1, 2, -3, -3, -3]


def test_a_new_part_begins_without_a_sign() -> None:
    ladder = Ladder()
    ladder.look([LOST])
    ladder.begin()
    before = ladder.sign
    ladder.look([GOOD_LOOP])

    assert before == ladder.sign == -1


def stage(state: str) -> Notice:
    facts = {"part": "stage", "state": state, "code": "killed", "reason": "", "restarts": 1}
    return Notice("fault_contained", facts)


def steps(room: Rehearsal) -> list[str]:
    return [str(e.facts["step"]) for e in room.kinds("feedback_degraded")]


def test_a_session_whose_picture_fails_goes_on_by_sound_and_says_so() -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda _: {**GOOD, "arousal": (0.2, 0.8)}
    room.run(10)
    room.conductor.step(room.at + 5, (), [stage("restarting")])
    room.run(3)
    shown = room.conductor.script.captions[room.conductor.show.caption]
    room.conductor.step(room.at + 5, (), [stage("back")])
    room.run(3)

    assert steps(room) == ["audio_only", "closed_loop"]
    assert shown == SAYINGS["audio_only"]
    assert room.part() == "training"


@pytest.mark.parametrize("lost", ["heart", "resp"])
def test_one_lost_sensor_slows_what_follows_the_others(lost: str) -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda _: {**GOOD, "arousal": (0.2, 0.8)}
    room.run(10)
    heard = {k: v for k, v in GOOD.items() if not k.startswith(lost)}
    room.feed = lambda _: {**heard, "arousal": (0.2, 0.8)}
    room.run(12)
    shown = room.conductor.script.captions[room.conductor.show.caption]
    down = room.conductor.show.sign
    room.feed = lambda _: {**GOOD, "arousal": (0.2, 0.8)}
    room.run(8)

    assert steps(room) == ["slow_loop", "closed_loop"]
    assert shown == SAYINGS["slow_loop"]
    assert (down, room.conductor.show.sign) == (-1, 2)


@pytest.mark.parametrize(("slow", "after"), [(False, 20.0), (True, 40.0)])
def test_a_slow_loop_decides_half_as_often(slow: bool, after: float) -> None:  # noqa: FBT001
    binding = Binding(signal="arousal", control="scene.swell", to=(0.1, 0.9), smooth=1.0)
    loop = BindingLoop(binding, 0.3)
    decided = [
        float(now)
        for now in range(100)
        if loop.step(
            float(now), Reading(1.0 if now else -1.0, 1.0, 0.0, float(now)), free=True, slow=slow
        )
    ]

    assert decided[:2] == [0.0, after]
