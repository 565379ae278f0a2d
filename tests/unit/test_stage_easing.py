"""Levels and fades never jump, and a still does not depend on what came before."""

import math

import pytest

from engine.pace import Pace
from engine.scene import Control, Drift, Frame
from engine.stage.curtain import Curtain
from engine.stage.easing import SLEW, Easing

CONTROLS = (Control("swell", "浪", "Swell", 0.25), Control("wind", "风", "Wind", 0.5))


def test_a_first_frame_is_where_it_should_be() -> None:
    easing = Easing(CONTROLS)

    easing.follow({"scene.swell": 0.8}, 0.0)

    assert easing.levels == {"swell": 0.8, "wind": 0.5}


@pytest.mark.parametrize("rate", [5.0, 60.0, 90.0])
def test_a_level_that_jumps_is_followed_slower_than_the_slew_limit(rate: float) -> None:
    easing = Easing(CONTROLS)
    easing.follow({"scene.swell": 0.0}, 0.0)
    steps = []
    for _ in range(int(rate)):
        before = easing.levels["swell"]
        easing.follow({"scene.swell": 1.0}, 1.0 / rate)
        steps.append((easing.levels["swell"] - before) * rate)

    assert max(steps) <= SLEW + 1e-9
    assert min(steps) > 0.0


def test_a_level_flapping_once_a_second_hardly_moves() -> None:
    easing = Easing(CONTROLS)
    easing.follow({"scene.swell": 0.5}, 0.0)
    seen = []
    for i in range(600):
        easing.follow({"scene.swell": float((i // 30) % 2)}, 1 / 60)
        seen.append(easing.levels["swell"])

    assert max(seen) - min(seen) < 0.13


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_level_that_is_no_number_is_the_default(wrong: float) -> None:
    easing = Easing(CONTROLS)

    easing.follow({"scene.swell": wrong}, 0.0)

    assert easing.levels["swell"] == 0.25


def test_levels_stay_within_their_range() -> None:
    easing = Easing(CONTROLS)

    easing.follow({"scene.swell": 7.0, "scene.wind": -1.0}, 0.0)

    assert easing.levels == {"swell": 1.0, "wind": 0.0}


def frame(t: float, dt: float) -> Frame:
    return Frame(t, dt, {}, 0.0, 0.0, Pace())


def test_a_drift_goes_faster_without_a_leap() -> None:
    drift = Drift()
    drift.advance(frame(100.0, 0.0), 1.0)

    gone = drift.advance(frame(100.1, 0.1), 3.0)

    assert gone == pytest.approx(100.3)


def test_a_drift_of_a_still_depends_on_nothing_before() -> None:
    drift = Drift()
    for i in range(50):
        drift.advance(frame(float(i), 1.0), 0.1 * i)

    assert drift.advance(frame(20.0, 0.0), 0.5) == 10.0


def test_the_curtain_changes_the_scene_only_when_it_is_dark() -> None:
    curtain = Curtain()
    curtain.follow(0, 1.0, 0.0)
    seen = []
    for _ in range(120):
        fade = curtain.follow(1, 1.0, 0.05)
        seen.append((curtain.scene, fade))

    change = next(i for i, (scene, _) in enumerate(seen) if scene == 1)
    assert seen[change - 1][1] < 0.01
    assert seen[change][1] == 0.0
    assert seen[-1] == (1, 1.0)
