"""What holds for every protocol this package ships."""

import re
from pathlib import Path

import pytest

from engine import plugins
from engine.session.faults import length
from engine.session.format import SessionProtocol
from engine.session.reading import from_normalised, normalised, read_protocol
from engine.session.sections import plan
from protocols import register_protocols

FILES = list(register_protocols())


def shipped(path: Path) -> SessionProtocol:
    return read_protocol(path, scenes=plugins.load().scenes())


def test_the_three_first_protocols_are_registered() -> None:
    assert {"capsule-20", "slow-paced-breathing", "demo"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_protocol_is_sound_and_survives_its_canonical_text(path: Path) -> None:
    protocol = shipped(path)

    assert from_normalised(normalised(protocol)) == protocol


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_protocol_says_each_thing_briefly_and_never_as_an_order(path: Path) -> None:
    sayings = [phase.say for phase in shipped(path).phase if phase.say is not None]

    assert sayings
    for say in sayings:
        assert len(say.zh) <= 40
        assert len(say.en) <= 90
        assert not any(word in say.zh for word in ("必须", "应该", "请你", "不要", "要求"))
        assert not re.search(r"\b(must|should|do not|don't|have to)\b", say.en, re.IGNORECASE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_guide_that_led_is_put_away_in_words_before_it_fades(path: Path) -> None:
    guided = False
    for phase in shipped(path).phase:
        shown = phase.set.get("breath.guide", 1.0 if guided or "breath.rate" in phase.set else 0.0)
        if guided and not shown:
            assert phase.say is not None
            assert "光" in phase.say.zh
        guided = shown > 0


def test_capsule_20_keeps_its_promise_of_twenty_minutes_in_the_slowest_case() -> None:
    (path,) = [path for path in FILES if path.stem == "capsule-20"]

    protocol = shipped(path)

    assert length(protocol) == 1200.0
    assert sum(s.lasts for s in plan(protocol, sensors=True)) == 1200.0


def test_the_demonstration_lasts_ninety_seconds() -> None:
    (path,) = [path for path in FILES if path.stem == "demo"]

    protocol = shipped(path)

    assert protocol.demonstration
    assert length(protocol) == 90.0


def test_slow_paced_breathing_breathes_four_in_and_six_out_for_at_least_five_minutes() -> None:
    (path,) = [path for path in FILES if path.stem == "slow-paced-breathing"]

    (phase,) = shipped(path).phase

    rate, ratio = phase.set["breath.rate"], phase.set["breath.ratio"]
    assert 60 / rate * ratio == pytest.approx(4.0)
    assert 60 / rate * (1 - ratio) == pytest.approx(6.0)
    assert 300 <= phase.lasts <= 1200
