import math
from itertools import pairwise

import pytest

from engine.events import Command, Notice
from tests.rehearsal import Rehearsal, rehearsal

CONSENT = Command("consent", "officer")
GOOD = {"heart.quality": (0.95, 1.0), "resp.quality": (0.9, 1.0)}


def through_to_training(room: Rehearsal) -> None:
    room.feed = lambda _: dict(GOOD)
    room.run(1, CONSENT)
    room.run(1, Command("rate", "officer", {"scale": "SUDS", "value": 60}))
    room.run(1, Command("rate", "officer", {"scale": "FMS", "value": 0}))
    room.run(26)
    assert room.part() == "training"


def test_nothing_begins_without_consent() -> None:
    room = rehearsal()

    room.run(11)
    room.run(6)

    assert room.conductor.over
    assert [e.facts["phase"] for e in room.kinds("phase_entered")] == ["check"]
    assert room.kinds("session_closed")[0].facts["reason"] == "no consent was given"


def test_the_parts_follow_each_other_and_each_says_why_it_began() -> None:
    room = rehearsal()
    through_to_training(room)

    room.run(120 + 10)
    room.run(1, Command("rate", "officer", {"scale": "SUDS", "value": 20}))
    room.run(1, Command("rate", "officer", {"scale": "FMS", "value": 0}))
    room.run(16)

    entered = room.kinds("phase_entered")
    assert [e.facts["part"] for e in entered] == [
        "check", "rating", "fit", "baseline", "training", "recovery", "closing", "upright",
    ]  # fmt: skip
    assert entered[1].facts["because"] == "consent was given"
    assert entered[3].facts["because"] == "the sensors are heard well"
    assert room.kinds("session_closed")[-1].facts == {"reason": "complete", "at_rest": True}
    assert [(e.facts["value"], e.facts["when"]) for e in room.kinds("rating_given")] == [
        (60, "before"), (0, "before"), (20, "after"), (0, "after"),
    ]  # fmt: skip


def test_the_baseline_is_kept_between_its_two_ends() -> None:
    room = rehearsal()

    through_to_training(room)

    (begin, start), (end, stop) = room.baseline.told
    assert (begin, end) == ("begin", "end")
    assert stop - start == pytest.approx(20.0, abs=0.2)
    assert room.baseline.paced


def test_the_guide_appears_slowly_and_keeps_its_phase() -> None:
    room = rehearsal()
    through_to_training(room)
    _, elapsed = room.conductor.progress
    early = room.conductor.show.pace.guide
    room.run(8)

    assert early == pytest.approx(elapsed / 8.0, abs=0.05)
    assert early < 0.8
    assert room.conductor.show.pace.guide == pytest.approx(1.0)
    assert room.conductor.show.pace.rate == 6.0


def test_arousal_moves_the_sea_within_slew_and_says_why() -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda _: {**GOOD, "arousal": (1.0, 0.8)}
    seen: list[float] = []

    for _ in range(300):
        room.run(0.1)
        seen.append(room.conductor.show.levels["scene.swell"])

    change = next(e for e in room.kinds("level_changed") if e.facts["because"]["rule"] == "follow")
    steps = [abs(b - a) for a, b in pairwise(seen)]
    assert max(steps) <= 0.05 * 0.1 + 1e-9
    assert seen[-1] == pytest.approx(0.9)
    assert change.facts["because"]["signal"] == "arousal"
    assert change.facts["because"]["value"] == 1.0
    assert change.facts["because"]["quality"] == 0.8
    assert (change.facts["old"], change.facts["new"]) == (0.4, pytest.approx(0.9))


def test_a_steady_signal_inside_the_dead_band_changes_nothing_more() -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda t: {**GOOD, "arousal": (0.1 * math.sin(t), 0.8)}

    room.run(100)

    follows = [e for e in room.kinds("level_changed") if e.facts["because"]["rule"] == "follow"]
    assert len(follows) == 1


def test_a_lost_signal_holds_then_rests_and_everyone_is_told() -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda _: {**GOOD, "arousal": (1.0, 0.8)}
    room.run(30)
    high = room.conductor.show.levels["scene.swell"]
    room.feed = lambda _: {"arousal": (math.nan, 0.0)}

    room.run(4)
    held = room.conductor.show.levels["scene.swell"]
    room.run(46)

    assert held == high
    assert room.conductor.show.levels["scene.swell"] == pytest.approx(0.4)
    assert [e.facts["step"] for e in room.kinds("feedback_degraded")] == [
        "hold",
        "pacer_only",
    ]
    assert {e.facts["group"] for e in room.kinds("signal_lost")} == {"heart", "resp"}


def test_pause_stops_the_session_time_and_quietens_the_sound() -> None:
    room = rehearsal()
    through_to_training(room)
    room.run(10)
    _, before = room.conductor.progress

    room.run(30, Command("pause", "officer"))
    paused_volume = room.conductor.show.volume
    room.run(1, Command("resume", "officer"))

    _, after = room.conductor.progress
    assert after - before == pytest.approx(1.0, abs=0.11)
    assert paused_volume < 0.5


def test_a_command_that_makes_no_sense_is_refused_with_a_reason() -> None:
    room = rehearsal()

    room.run(0.1, Command("skip", "counselor"), Command("fly", "counselor"))
    room.run(0.1, Command("rate", "officer", {"scale": "SUDS", "value": 400}))
    room.run(0.1, Command("set", "counselor", {"control": "scene.swel", "value": 0.2}))

    answers = room.kinds("command_received")
    assert [e.facts["accepted"] for e in answers] == [False] * 4
    assert "consent cannot be skipped" in answers[0].facts["reason"]
    assert "SUDS runs from 0 to 100" in answers[2].facts["reason"]


def test_undo_takes_the_last_change_back_and_keeps_it_back() -> None:
    room = rehearsal()
    through_to_training(room)
    room.feed = lambda _: {**GOOD, "arousal": (1.0, 0.8)}
    room.run(5)

    room.run(60, Command("undo", "counselor"))

    assert room.conductor.show.levels["scene.swell"] == pytest.approx(0.4)


@pytest.mark.parametrize(("scale", "value"), [("SUDS", 85), ("FMS", 12)])
def test_a_rating_at_the_limit_ends_the_session(scale: str, value: int) -> None:
    room = rehearsal()
    room.run(1, CONSENT)

    room.run(6, Command("rate", "officer", {"scale": scale, "value": value}))

    assert room.conductor.over
    assert room.kinds("stop_requested")[0].facts["by"] == "stop rule"


def test_a_racing_heart_ends_the_session_but_only_when_it_can_be_trusted() -> None:
    room, doubtful = rehearsal(age=50), rehearsal(age=50)
    for each, quality in ((room, 0.9), (doubtful, 0.3)):
        through_to_training(each)
        each.feed = lambda _, q=quality: {**GOOD, "heart.rate": (160.0, q)}  # type: ignore[misc]
        each.run(40)

    assert room.conductor.over
    assert "heart rate above 144" in room.kinds("stop_requested")[0].facts["rule"]
    assert not doubtful.conductor.closing


def test_dizzy_gives_the_breath_back() -> None:
    room = rehearsal()
    through_to_training(room)
    room.run(20)

    room.run(10, Command("dizzy", "officer"))

    assert room.conductor.show.pace.guide == pytest.approx(0.0)
    assert room.part() == "training"


def test_the_end_of_a_recording_ends_the_session() -> None:
    room = rehearsal()
    through_to_training(room)

    ended = Notice("device_state", {"device": "strap", "state": "ended", "reason": "the end"})
    room.conductor.step(room.at + 10, (), [ended])
    room.at += 10
    room.run(6)

    assert room.conductor.over
    assert room.kinds("session_closed")[0].facts["reason"] == "the recording ended"


def test_without_sensors_there_is_nothing_to_fit() -> None:
    room = rehearsal(groups=())

    assert [s.part for s in room.conductor.sections] == [
        "check", "rating", "training", "recovery", "closing", "upright",
    ]  # fmt: skip
