"""What a report says, in both languages."""

import re
from dataclasses import replace

import pytest

from engine.devices.state import lost
from engine.events import Command, Event, Notice
from engine.report import Device, SessionView
from engine.report.changes import PACER, changes
from engine.report.measures import qualities, ratings, rows
from engine.report.notices import course, machinery
from engine.report.phrases import NBSP, give_or_take
from engine.report.summary import sentences
from engine.show import Caption
from engine.units import Unit
from tests.report_sessions import protocol_named, rehearsed

FEELINGS = re.compile(
    r"anxious|anxiety|calmer|stressed|relaxed|depress|happy|angry|焦虑|抑郁|愤怒|放松了|平静了|压力大",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(
        protocol_named("capsule-20"),
        "zh",
        {
            300: Command("pause", "officer"),
            310: Command("resume", "officer"),
            330: Command("note", "counselor", {"text": "想早点回家"}),
            470: Command("undo", "counselor"),
            500: Command("set", "counselor", {"control": "scene.light", "value": 0.31}),
            640: Notice(
                "device_state",
                {"device": "puck", "state": "lost", "reason": "no data", "reason_zh": "没有数据"},
            ),
            699: Notice("device_state", {"device": "puck", "state": "live", "reason": ""}),
            701: Notice(
                "fault_contained",
                {"part": "stage", "reason": "no beat", "state": "restarting", "restarts": 1},
            ),
        },
    )


def test_the_three_sentences_tell_what_was_done_and_what_the_body_did(view: SessionView) -> None:
    done, body, mind = sentences(view)

    assert "二十分钟舱" in done.zh
    assert "全程完成" in done.zh
    assert re.search(r"heart rate from 7\d to 6\d /min", body.en)
    assert re.search(r"心率由 7\d 到 6\d 次/分", body.zh)
    assert re.search(r"at least \d+\s% of the time", body.en)
    assert "mood" in mind.en


def test_a_poor_recording_is_said_to_be_poor(view: SessionView) -> None:
    poor = {
        name: replace(track, quality=track.quality * 0.1) for name, track in view.tracks.items()
    }

    _, body, _ = sentences(replace(view, tracks=poor))

    assert body.en == "The recording was not good enough to say what the body did."
    assert body.zh == "记录的质量不足以说明身体的变化。"


def test_one_poor_signal_is_named_and_the_others_are_told(view: SessionView) -> None:
    tracks = dict(view.tracks)
    skin = tracks["eda.scl_us"]
    tracks["eda.scl_us"] = replace(skin, quality=skin.quality * 0.1)

    _, body, _ = sentences(replace(view, tracks=tracks))

    assert "heart rate" in body.en
    assert "Skin conductance level: the recording was not good enough to say." in body.en


def test_without_sensors_nothing_is_claimed(view: SessionView) -> None:
    _, body, _ = sentences(replace(view, tracks={}, measured=(), devices=()))

    assert body.en == "No sensor was connected, so nothing was measured."


def test_a_simulated_session_says_that_its_numbers_stand_for_no_one(view: SessionView) -> None:
    _, _, mind = sentences(
        replace(view, devices=[Device("person", "simulated-person", "simulated")])
    )

    assert "They stand for no one" in mind.en
    assert "不代表任何人" in mind.zh


def test_an_early_end_is_told_with_who_asked_for_it() -> None:
    view = rehearsed(
        protocol_named("slow-paced-breathing"), "en", {300: Command("stop", "officer")}
    )

    done, _, _ = sentences(view)

    assert "it ended early at 5:00 (the officer)" in done.en
    assert "本人" in done.zh


def test_a_recording_that_breaks_off_is_told(view: SessionView) -> None:
    cut = replace(view, events=[e for e in view.events if e.kind != "session_closed"])

    assert "breaks off" in sentences(cut)[0].en


def test_every_level_change_has_its_line_and_its_reason(view: SessionView) -> None:
    told = changes(view)

    assert sum(max(c.steps, len(c.moves)) for c in told) == len(
        view.of_kind("level_changed", "pacer_changed")
    )
    assert all(c.why.zh and c.why.en for c in told)
    followed = [c for c in told if c.by_rule]
    assert any("Follows arousal: mean" in c.why.en for c in followed)
    assert any("跟随唤醒度：近期平均" in c.why.zh for c in followed)
    assert any(c.why.en == "Set by the counselor" and c.moves[0].new == "31\u00a0%" for c in told)
    assert any("taken back by hand" in c.why.en for c in told)


def test_a_change_because_nothing_was_heard_did_not_follow_the_body(view: SessionView) -> None:
    because = {"rule": "signal_lost", "signal": "arousal", "quality": 0.0}
    facts = {"control": "scene.swell", "old": 0.5, "new": 0.3, "because": because}
    (told,) = changes(replace(view, events=[Event(9.0, "level_changed", facts)]))

    assert told.why.en == "Arousal could not be heard (quality 0\u00a0%): slowly back to rest"
    assert not told.by_rule


def test_what_changed_at_once_and_for_one_reason_is_one_line(view: SessionView) -> None:
    start = next(b.start for b in view.bands if b.part == "training")

    (told,) = [c for c in changes(view) if c.start == start]

    assert len(told.moves) > 1
    assert told.why.en == "What the protocol sets for this part"


def test_a_rule_nobody_knows_is_shown_as_it_is(view: SessionView) -> None:
    facts = {"control": "scene.new", "old": 0.1, "new": 0.2, "because": {"rule": "vendor rule"}}
    strange = replace(view, events=[Event(5.0, "level_changed", facts)])

    (told,) = changes(strange)

    assert told.moves[0].control.en == "scene.new"
    assert told.why.en == "Rule: vendor rule"


@pytest.mark.parametrize(
    "rule",
    [
        "protocol", "upright", "closing", "device lost", "part ended", "paused by officer",
        "held by counselor", "dizzy said by officer", "emergency stop by officer",
        "resumed by counselor", "set by counselor",
    ],
)  # fmt: skip
def test_what_the_chair_did_is_told_in_both_languages(view: SessionView, rule: str) -> None:
    because = {"rule": rule, "signal": None, "value": None, "quality": None}
    facts = {"control": "chair.recline", "old": 0.0, "new": 25.0, "because": because}
    one = replace(
        view, events=[Event(5.0, "level_changed", facts)], outputs={"chair.recline": Unit.DEGREE}
    )

    (told,) = changes(one)

    assert told.moves[0].control == Caption("靠背角度", "Back of the chair")
    assert (told.moves[0].old, told.moves[0].new) == ("0.0", "25.0°")
    assert not re.search("[A-Za-z]", told.why.zh)
    assert "Rule" not in told.why.en


def test_steps_of_the_guide_in_a_row_are_one_line(view: SessionView) -> None:
    because = {"rule": "toward_target", "signal": "breath.rate", "value": 6.0, "quality": 1.0}
    start = next(b.start for b in view.bands if b.id == "breathe")
    steps = [
        Event(start + 5.0 * i, "pacer_changed",
              {"old": 10 - 0.25 * i, "new": 9.75 - 0.25 * i, "because": because})
        for i in range(8)
    ]  # fmt: skip

    (told,) = changes(replace(view, events=steps))

    assert told.moves == ((PACER, "10.0", "8.0 /min"),)
    assert told.steps == 8
    assert told.end - told.start == 35.0


def test_the_guide_that_comes_to_meet_the_person_is_one_line_with_its_range(
    view: SessionView,
) -> None:
    start = next(b.start for b in view.bands if b.id == "breathe")
    steps = [
        Event(start + 30.0 * i, "pacer_changed",
              {"old": 6 + 0.25 * i, "new": 6.25 + 0.25 * i,
               "because": {"rule": "toward_person", "signal": "pacing.plv", "value": value}})
        for i, value in enumerate((0.31, 0.12, 0.24))
    ]  # fmt: skip

    (told,) = changes(replace(view, events=steps))

    assert told.moves == ((PACER, "6.0", "6.8 /min"),)
    assert (told.steps, told.by_rule) == (3, True)
    assert told.why.zh == "跟随度 0.12–0.31，偏低：引导朝本人的呼吸靠近"


def test_losses_and_faults_are_told_in_both_languages(view: SessionView) -> None:
    told = [line.words for line in machinery(view)]

    assert "Device puck: connection lost (no data)" in [w.en for w in told]
    assert "设备 puck：连接中断（没有数据）" in [w.zh for w in told]
    assert "Device puck: working again after 59 s" in [w.en for w in told]
    assert "The skin conductance sensor could not be heard (quality 0.00)" in [w.en for w in told]
    assert "皮电传感器恢复了（质量 0.93）" in [w.zh for w in told]
    assert any("restarting; the session went on (no beat; restart 1)" in w.en for w in told)


def test_the_course_tells_each_part_with_why_it_began(view: SessionView) -> None:
    told = [line.words.zh for line in course(view) if line.words.zh.startswith("进入")]

    assert len(told) == len(view.bands)
    assert told[1] == "进入“此刻的感受”（已得到同意）"
    assert told[-1].endswith("（已填写自评）")


def test_what_the_link_said_stays_in_the_log_and_out_of_the_report(view: SessionView) -> None:
    facts = lost("puck: [Errno 5] Input/output error").facts()

    told = machinery(
        replace(view, events=[Event(9.0, "device_state", {"device": "puck", **facts})])
    )

    assert told[0].words.zh == "设备 puck：连接中断，正在重连"
    assert told[0].words.en == "Device puck: lost its connection, connecting again"


def test_no_english_reason_stands_in_the_chinese_text(view: SessionView) -> None:
    told = [line.words.zh for line in (*course(view), *machinery(view))]

    assert [words for words in told if re.search(r"[a-z]{3,} [a-z]{2,}", words)] == []


def test_a_session_that_ended_before_recovery_blames_no_recording() -> None:
    view = rehearsed(
        protocol_named("slow-paced-breathing"), "en", {300: Command("stop", "officer")}
    )

    _, body, _ = sentences(view)

    assert body.en.startswith("The session ended before recovery")


def test_a_session_ended_by_a_rule_says_which() -> None:
    stop = Command("rate", "officer", {"scale": "SUDS", "value": 95})
    view = rehearsed(protocol_named("slow-paced-breathing"), "zh", {300: stop})

    done, _, _ = sentences(view)

    assert "安全规则：SUDS 自评达到或超过 80" in done.zh
    assert "a safety rule: SUDS at or above 80" in done.en


def test_a_device_that_comes_up_as_it_should_is_no_news(view: SessionView) -> None:
    usual = [
        Event(0.1 * i, "device_state", {"device": "puck", "state": state, "reason": "x"})
        for i, state in enumerate(("connecting", "live"))
    ]

    assert machinery(replace(view, events=usual)) == []


def test_the_step_of_the_ladder_is_told_with_the_signal_in_words(view: SessionView) -> None:
    degraded = [
        Event(1.0, "feedback_degraded", {"step": "hold", "reason": "arousal: no signal"}),
        Event(2.0, "feedback_degraded",
              {"step": "pacer_only", "reason": "heart.rate: 31% of beats corrected"}),
        Event(3.0, "feedback_degraded",
              {"step": "closed_loop", "reason": "the signal is good again"}),
    ]  # fmt: skip

    told = [line.words.zh for line in machinery(replace(view, events=degraded))]

    assert told == [
        "场景保持不动（唤醒度：暂无数值）",
        "只保留呼吸引导（心率：31% 的心跳经过修正）",
        "场景重新跟随信号（信号恢复良好）",
    ]


def test_wishes_and_notes_are_told_with_who_they_came_from(view: SessionView) -> None:
    told = [line.words.en for line in course(view)]

    assert told[0] == "“Before we begin” began (the session begins)"
    assert told[1] == (
        "Consent was given (the officer); asked before: seizures or trouble with flickering light, "
        "vertigo or trouble with balance, low blood pressure, lung disease or over-breathing"
    )
    assert "The officer: pause" in told
    assert "Note by the counselor: 想早点回家" in told
    assert told[-1] == "The session was completed"


def test_ratings_are_the_last_before_and_the_last_after(view: SessionView) -> None:
    assert ratings(view) == {"SUDS": (55.0, 28.0), "FMS": (1.0, 0.0)}


def test_ratings_that_were_not_given_are_nothing(view: SessionView) -> None:
    assert ratings(replace(view, events=())) == {"SUDS": (None, None), "FMS": (None, None)}


def test_quality_counts_good_time_corrections_and_interruptions(view: SessionView) -> None:
    heart, skin, breath = qualities(view)

    assert heart.corrected == pytest.approx(0.02)
    assert heart.good == pytest.approx(1 - 39 / 820, abs=0.02)
    assert (heart.interruptions, skin.interruptions, breath.interruptions) == (0, 1, 0)
    assert breath.good == 1.0


def test_each_row_has_its_three_parts(view: SessionView) -> None:
    told = {row.definition.signal: row for row in rows(view)}

    heart = told["heart.rate"]
    assert heart.rest is not None
    assert heart.recovery is not None
    assert heart.rest.value == pytest.approx(78.0, abs=1.5)
    assert heart.recovery.value == pytest.approx(68.5, abs=1.5)
    assert told["arousal"].rest is None


def test_no_text_names_a_feeling(view: SessionView) -> None:
    said = [*sentences(view), *(c.why for c in changes(view)), *(n.words for n in machinery(view))]

    assert not [s for s in said if FEELINGS.search(s.zh + s.en)]


@pytest.mark.parametrize(
    ("value", "doubt", "decimals", "told"),
    [
        (38.24, 4.1, 1, "38 4"),
        (35.30, 1.385, 1, "35.3 1.4"),
        (796.9, 278.2, 0, "800 280"),
        (693.2, 96.5, 0, "690 100"),
        (0.0996, 0.0078, 3, "0.100 0.008"),
        (85.96, 0.016, 1, "86.0 0.1"),
        (-0.04, 0.3, 1, "0.0 0.3"),
        (12.0, 0.0, 1, "12.0"),
        (12.0, float("nan"), 1, "12.0"),
        (None, 1.0, 1, "–"),
    ],
)
def test_a_doubt_leaves_a_number_the_digits_that_mean_something(
    value: float | None, doubt: float, decimals: int, told: str
) -> None:
    said, off = give_or_take(value, doubt, decimals)

    assert " ".join((said, off.removeprefix(f"±{NBSP}"))).strip() == told
