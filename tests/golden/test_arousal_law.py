"""The law of the product: nothing missing moves arousal by more than its own uncertainty.

On recorded people, and on drawn ones the constants were not chosen on. No tolerance.
"""

from functools import cache
from pathlib import Path

import pytest

from engine.dsp import arousal_channels
from engine.dsp.jit import COMPILED
from engine.units import Kind
from tools.arousal_figures import WRIST, Labelled, people
from tools.arousal_missing import (
    Heard,
    Loss,
    drawn,
    flickering,
    late,
    losses,
    recorded,
    short,
    silent,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMPILED, reason="hours without compiled kernels"),
]

NAMES = (*WRIST, "Vp01")
DRAWN = range(300, 304)
RESTS = (20, 40, 60, 90, 120, 150)


@cache
def wearer(folder: Path, name: str) -> Labelled:
    return next(person for person in people(folder) if person.name == name)


@cache
def someone(folder: Path, name: str) -> Heard:
    return recorded(wearer(folder, name))


def furthest(found: list[Loss]) -> float:
    """Return the largest distance, in standard deviations told; never of nothing."""
    assert any(len(loss.apart) for loss in found)
    return max(loss.furthest for loss in found)


@pytest.mark.parametrize("name", NAMES)
def test_five_minutes_without_any_channels_at_any_time_recorded(
    recordings: Path, name: str
) -> None:
    person = someone(recordings, name)

    assert furthest(list(losses(person, person.sets(), every=240))) <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_channels_that_come_and_go_all_the_time_recorded(recordings: Path, name: str) -> None:
    person = someone(recordings, name)

    assert furthest(list(flickering(person, person.sets()))) <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_a_short_baseline_recorded(recordings: Path, name: str) -> None:
    assert furthest(list(short(someone(recordings, name), RESTS))) <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_channels_put_on_late_recorded(recordings: Path, name: str) -> None:
    person = someone(recordings, name)
    found = list(late(person, person.sets(4), (300, 600)))
    if not found:
        pytest.skip("only one channel of this person was heard at rest")

    assert furthest(found) <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_a_sensor_that_sends_nothing_for_five_minutes_recorded(recordings: Path, name: str) -> None:
    """All of the room's wiring: the detectors lose their footing, too."""
    person = wearer(recordings, name)
    skin = tuple(s.name for s, _ in person.samples if s.kind is Kind.EDA)
    rest = tuple(s.name for s, _ in person.samples if s.kind is not Kind.EDA)
    ways = {rest, (*rest, *skin)}

    assert furthest(list(silent(person, ways, every=1500))) <= 1.0


@pytest.mark.parametrize("seed", DRAWN)
def test_five_minutes_without_any_channels_at_any_time_drawn(seed: int) -> None:
    person = drawn(seed)

    assert furthest(list(losses(person, person.sets(), every=150))) <= 1.0


@pytest.mark.parametrize("seed", DRAWN)
def test_late_sensors_short_baselines_and_flicker_drawn(seed: int) -> None:
    person = drawn(seed)

    assert furthest(list(late(person, person.sets(4), (300, 700)))) <= 1.0
    assert furthest(list(short(person, RESTS))) <= 1.0
    assert furthest(list(flickering(person, person.sets(4)))) <= 1.0


def test_the_law_is_broken_where_nothing_missing_is_doubted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The measure can fail: it finds an index that believes what it cannot hear."""
    monkeypatch.setattr(arousal_channels, "FARTHEST", 0.0)
    person = drawn(DRAWN.start)

    assert furthest(list(losses(person, person.sets(4), every=300))) > 1.0
