import math

import numpy as np
import pytest

from engine.dsp.hrv_rsa import BreathSwings
from engine.dsp.hrv_trust import Told
from tests.variability_truth import modulated


def heard(
    breath: float = 10.0, amplitude: float = 60.0, *, spoiled: tuple[int, ...] = ()
) -> BreathSwings:
    """Return a minute of a heart that swings with the breath."""
    swings = BreathSwings()
    t, nn = modulated(60.0, (amplitude, 1.0 / breath))
    for i, (at, ms) in enumerate(zip(t.tolist(), nn.tolist(), strict=True)):
        wrong = i in spoiled
        swings.interval(at, ms + 500.0 * wrong, 0.9, normal=not wrong)
    for onset in np.arange(0.0, 60.0, breath).tolist():
        swings.breath(onset)
    return swings


def same(found: Told, value: float, within: float) -> bool:
    return abs(found.value - value) <= within


def test_the_swing_is_from_trough_to_peak() -> None:
    found = heard().at(60.0)

    # Beats sample the wave: the very top may lie between two of them.
    assert same(found, 120.0, 6.0)
    # The longest interval may be a wrong beat: it stands out by little.
    assert 0.89 < found.quality <= 0.9
    assert found.doubt < 6.0
    assert found.corrected == 0.0
    assert found.window_s == pytest.approx(30.0)


def test_fewer_than_three_whole_breaths_tell_nothing() -> None:
    swings = heard()

    assert math.isnan(swings.at(29.9).value)
    assert not math.isnan(swings.at(30.0).value)


def test_a_corrected_interval_never_makes_the_swing() -> None:
    clean, spoiled = heard().at(60.0), heard(spoiled=(40, 45)).at(60.0)

    assert spoiled.value <= clean.value
    assert spoiled.corrected > 0.0
    assert spoiled.quality < clean.quality


def test_a_breath_mostly_made_of_corrected_beats_tells_nothing() -> None:
    assert math.isnan(heard(spoiled=tuple(range(40, 48))).at(60.0).value)


def test_a_breath_without_heartbeat_tells_nothing() -> None:
    swings = BreathSwings()
    for k in range(6):
        swings.breath(10.0 * k)

    assert math.isnan(swings.at(60.0).value)


@pytest.mark.parametrize("breath", [1.5, 25.0])
def test_what_is_too_short_or_long_for_a_breath_is_none(breath: float) -> None:
    assert math.isnan(heard(breath).at(60.0).value)


def test_missing_numbers_and_breaths_out_of_order_are_left_out() -> None:
    swings = heard()
    before = swings.at(60.0)

    swings.interval(math.nan, 800.0, 1.0, normal=True)
    swings.interval(60.5, math.nan, 1.0, normal=True)
    swings.breath(12.0)
    swings.breath(math.nan)

    assert swings.at(60.0) == before


def test_breaths_can_be_forgotten() -> None:
    swings = heard()

    swings.clear_breaths()

    assert math.isinf(swings.newest_breath)
    assert math.isnan(swings.at(60.0).value)
