"""Who should not begin is asked before anybody consents, and stands beside the consent."""

from dataclasses import replace
from typing import get_args

import pytest

from engine.events import Command, Event
from engine.report.notices import course
from engine.report.view import SessionView
from engine.session.contraindications import NAMES, asked_before, question
from engine.session.format import Contraindication
from tests.rehearsal import rehearsal
from tests.report_sessions import protocol_named, rehearsed
from tests.unit.test_actuators import LIMITS, OUTPUTS, leaning, phases


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(protocol_named("demo"))


def test_every_state_a_protocol_may_name_has_words_in_both_languages() -> None:
    assert set(NAMES) == set(get_args(Contraindication))
    assert question(()) is None


def test_it_is_on_the_screen_before_consent_in_both_languages() -> None:
    room = rehearsal(avoid=["seizures", "vestibular"])
    room.run(0.5)
    captions = room.conductor.setup.script().captions
    shown = captions[room.conductor.show.caption]

    assert room.part() == "check"
    assert shown.zh.startswith("如有癫痫或对闪光敏感、眩晕或平衡障碍，请先告诉咨询师，不要开始。\n")
    assert shown.en.startswith("If you have seizures or trouble with flickering light, vertigo")
    assert "\n" in shown.en
    room.run(1, Command("consent", "officer"))
    (given,) = room.kinds("consent_given")
    assert given.facts["asked"] == ["seizures", "vestibular"]


def test_a_chair_that_moves_asks_for_more_whatever_the_protocol_says() -> None:
    (given,) = leaning().kinds("consent_given")
    still = rehearsal(outputs=OUTPUTS, limits=LIMITS, phase=phases(vibration=0.2))
    still.run(1, Command("consent", "officer"))

    assert given.facts["asked"] == ["pregnancy", "injury"]
    assert "asked" not in still.kinds("consent_given")[0].facts
    assert asked_before(("injury", "seizures"), chair=True) == ("injury", "seizures", "pregnancy")


@pytest.mark.parametrize(
    ("asked", "zh"),
    [
        (["injury"], "同意开始（本人）；之前询问过：近期手术或背部受伤"),
        (["unheard-of", 7, ["x"]], "同意开始（本人）"),
        (None, "同意开始（本人）"),
    ],
)
def test_the_report_says_what_the_consent_was_to(view: SessionView, asked: object, zh: str) -> None:
    consent = Event(1.0, "consent_given", {"by": "officer", "asked": asked})
    (line,) = course(replace(view, events=[consent]))

    assert line.words.zh == zh
