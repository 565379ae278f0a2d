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


@pytest.mark.parametrize("per_minute", [3.0, 4.5, 6.0, 8.0, 12.0])
@pytest.mark.parametrize("step", [0.01, 0.1, 0.25])
def test_two_breaths_are_enough_at_every_pace_and_however_often_it_is_asked(
    per_minute: float, step: float
) -> None:
    period, adherence = 60.0 / per_minute, Adherence()
    reached = math.nan
    for k in range(int(4.0 * period / step)):
        cycles = k * step / period
        if adherence.push(step, cycles % 1.0, cycles % 1.0, per_minute) >= 0.99:
            reached = cycles
            break

    assert 1.9 <= reached <= 2.05


@pytest.mark.parametrize("per_minute", [3.0, 6.0, 12.0])
def test_it_fades_over_three_breaths_of_not_knowing_at_every_pace(per_minute: float) -> None:
    period, adherence = 60.0 / per_minute, Adherence()
    for k in range(int(10.0 * period * 10.0)):
        cycles = k * 0.1 / period
        adherence.push(0.1, cycles % 1.0, cycles % 1.0, per_minute)

    for _ in range(int(3.0 * period * 10.0)):
        adherence.push(0.1, math.nan, 0.3, per_minute)

    assert adherence.plv == pytest.approx(math.exp(-1.0), abs=0.02)


@pytest.mark.parametrize("rate", [10.0, 25.0, 100.0])
@pytest.mark.parametrize(
    ("per_minute", "ratio"), [(3.0, 0.5), (4.5, 0.4), (6.0, 0.4), (9.0, 0.33), (12.0, 0.5)]
)
def test_a_belt_of_any_rate_shows_within_two_breaths_that_someone_follows(
    rate: float, per_minute: float, ratio: float
) -> None:
    """The belt was there for three minutes before the guide began, as in a session."""
    pace = Pace(start=0.0, rate=per_minute, ratio=ratio)
    begins, ends = 180.0, 180.0 + 6.0 * pace.period
    t = np.arange(0.0, ends, 1.0 / rate)
    noise = np.random.default_rng(1).normal(0.0, 0.02, t.size)
    belt, adherence = BreathingBelt(rate), Adherence()

    rows = belt.push(t, np.array([pace.breath(v) for v in t]) + noise)
    guided = rows[rows[:, at.O_TIME] > begins]
    told = []
    for row in guided:
        phase = float(row[at.O_PHASE]) if row[at.O_CONFIDENCE] >= 0.5 else math.nan
        now = pace.phase(float(row[at.O_TIME]))
        told.append(adherence.push(1.0 / belt.row_rate, phase, now, per_minute, ratio))
    reached = guided[np.array(told) >= 0.95, at.O_TIME][0] - begins

    assert reached <= 2.1 * pace.period
    assert told[-1] >= 0.97
    assert adherence.lag == pytest.approx(0.0, abs=0.03)


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
