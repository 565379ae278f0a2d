"""How closely the breath keeps to the guide."""

import math

import numpy as np
import pytest

from engine.dsp import belt_layout as at
from engine.dsp.adherence import Adherence, guide_offset
from engine.dsp.belt import BreathingBelt
from engine.pace import Pace


def follow(seconds: float, offset: float, speed: float = 1.0) -> Adherence:
    """Breathe ``speed`` times as fast as a guide at six a minute, ``offset`` behind it."""
    adherence = Adherence()
    for k in range(int(seconds * 10)):
        cycles = k * 0.1 / 10.0
        adherence.push(0.1, (cycles * speed - offset) % 1.0, cycles % 1.0, 6.0)
    return adherence


@pytest.mark.parametrize("offset", [-0.2, 0.0, 0.1, 0.3])
def test_keeping_one_distance_is_following(offset: float) -> None:
    adherence = follow(60.0, offset)

    assert adherence.plv == pytest.approx(1.0, abs=1e-6)
    assert adherence.lag == pytest.approx(offset, abs=1e-6)


def test_it_takes_two_breaths_to_follow_fully() -> None:
    assert follow(5.0, 0.0).plv < 0.4
    assert 0.5 < follow(10.0, 0.0).plv < 0.65
    assert follow(20.0, 0.0).plv == pytest.approx(1.0, abs=0.01)


def test_another_rate_is_not_following() -> None:
    assert follow(120.0, 0.0, speed=2.0).plv < 0.35


def test_not_knowing_lets_it_fade() -> None:
    adherence = follow(300.0, 0.0)
    for _ in range(300):
        adherence.push(0.1, math.nan, 0.5, 6.0)

    assert adherence.plv == pytest.approx(math.exp(-1.0), abs=0.01)


def test_a_guide_of_unequal_halves_is_allowed_for() -> None:
    """Breathing exactly with a 40:60 guide gives no lag, measured by a belt."""
    pace = Pace(start=0.0, rate=6.0, ratio=0.4)
    t = np.arange(0.0, 180.0, 0.04)
    rows = BreathingBelt(25.0).push(t, np.array([pace.breath(v) for v in t]))
    adherence = Adherence()
    for row in rows[600:]:
        when, phase = float(row[at.O_TIME]), float(row[at.O_PHASE])
        adherence.push(0.1, phase, pace.phase(when), 6.0, ratio=0.4)

    assert adherence.plv > 0.99
    assert adherence.lag == pytest.approx(0.0, abs=0.01)
    assert guide_offset(0.5) == pytest.approx(0.0, abs=1e-9)


def test_time_that_stands_still_changes_nothing() -> None:
    adherence = follow(60.0, 0.1)

    assert adherence.push(0.0, 0.9, 0.1, 6.0) == pytest.approx(1.0, abs=1e-6)
    assert adherence.push(math.nan, 0.9, 0.1, 6.0) == pytest.approx(1.0, abs=1e-6)


def test_reset_forgets() -> None:
    adherence = follow(60.0, 0.1)

    adherence.reset()

    assert adherence == Adherence()
