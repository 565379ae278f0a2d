import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.devices.governor import Governor
from engine.errors import ConfigError
from engine.streams import Output
from engine.units import Unit

RECLINE = Output("recline", Unit.DEGREE, low=0.0, high=55.0, slew=3.0, rest=15.0)
VIBRATION = Output("vibration", Unit.LEVEL, low=0.0, high=0.6, slew=0.2, rest=0.0)
Wishes = st.lists(
    st.tuples(
        st.floats(), st.floats(0.0, 5.0), st.sampled_from(["wish", "silent", "halt", "reset"])
    ),
    max_size=60,
)


@given(output=st.sampled_from([RECLINE, VIBRATION]), wishes=Wishes)
def test_no_wish_takes_an_output_out_of_its_limits_or_faster_than_its_slew(
    output: Output, wishes: list[tuple[float, float, str]]
) -> None:
    low, high = output.rest - (output.rest - output.low) / 2, output.high * 0.8
    governor, t = Governor(output, low, high), 0.0
    for level, dt, what in wishes:
        t += dt
        before = governor.level
        if what == "wish":
            governor.wish(level, t)
        elif what == "halt":
            governor.halt()
            before = governor.level if output is VIBRATION else before
        elif what == "reset":
            governor.reset()
        now = governor.step(t, dt)

        assert low <= now <= high
        assert abs(now - before) <= output.slew * dt * (1 + 1e-12) + 1e-12
        if governor.halted:
            assert now == before


@pytest.mark.parametrize(("low", "high"), [(15.0, 55.0), (0.0, 15.0), (15.0, 15.0)])
def test_limits_may_end_where_the_output_rests(low: float, high: float) -> None:
    governor = Governor(RECLINE, low, high)

    assert governor.step(math.inf, 0.1) == 15.0


def test_a_wish_is_reached_at_the_speed_of_the_slew() -> None:
    governor = Governor(RECLINE, 0.0, 55.0)
    governor.wish(30.0, 0.0)
    levels = [governor.step(n * 0.1, 0.1) for n in range(15)]

    assert levels[0] == pytest.approx(15.3)
    assert levels[9] == pytest.approx(18.0)


def test_a_strength_whose_wish_is_not_renewed_returns_to_rest() -> None:
    governor = Governor(VIBRATION, 0.0, 0.6, patience=2.0)
    governor.wish(0.3, 0.0)
    for n in range(1, 21):
        governor.step(n / 10, 0.1)
    held = governor.level
    for n in range(21, 60):
        governor.step(n / 10, 0.1)

    assert held == 0.3
    assert governor.level == 0.0
    assert governor.resting


def test_a_position_whose_wish_is_not_renewed_stops_where_it_is() -> None:
    governor = Governor(RECLINE, 0.0, 55.0, patience=2.0)
    governor.wish(50.0, 0.0)
    levels = [governor.step(n / 10, 0.1) for n in range(1, 60)]

    assert levels[19] == pytest.approx(15.0 + 20 * 0.3)
    assert set(levels[20:]) == {levels[19]}


@pytest.mark.parametrize("doubt", [math.nan, math.inf, -math.inf])
def test_a_wish_that_is_no_number_stops_a_position_and_rests_a_strength(doubt: float) -> None:
    recline, vibration = Governor(RECLINE, 0.0, 55.0), Governor(VIBRATION, 0.0, 0.6)
    for governor, level in ((recline, 20.0), (vibration, 0.5)):
        governor.begin_at(level)
        governor.wish(doubt, 0.0)

    assert recline.step(0.1, 0.1) == 20.0
    assert vibration.step(0.1, 0.1) == pytest.approx(0.48)


def test_at_the_end_a_position_stays_where_it_is_and_a_strength_goes_to_rest() -> None:
    recline, vibration = Governor(RECLINE, 0.0, 55.0), Governor(VIBRATION, 0.0, 0.6)
    recline.begin_at(16.0)
    vibration.begin_at(0.1)
    for governor in (recline, vibration):
        governor.wish(governor.output.high, 0.0)
        for _ in range(10):
            governor.step(math.inf, 0.1)

    assert recline.level == 16.0
    assert vibration.level == 0.0
    assert recline.resting
    assert vibration.resting


def test_an_emergency_stop_holds_a_position_and_ends_a_strength() -> None:
    recline, vibration = Governor(RECLINE, 0.0, 55.0), Governor(VIBRATION, 0.0, 0.6)
    recline.begin_at(30.0)
    vibration.begin_at(0.5)
    for governor in (recline, vibration):
        governor.halt()
        governor.wish(governor.output.high, 1.0)
        governor.step(1.0, 10.0)

    assert recline.level == 30.0
    assert vibration.level == 0.0


def test_after_a_reset_old_wishes_are_forgotten() -> None:
    governor = Governor(RECLINE, 0.0, 55.0)
    governor.wish(50.0, 0.0)
    governor.halt()
    governor.reset()

    assert governor.step(0.1, 0.1) == 15.0


@pytest.mark.parametrize(("low", "high"), [(16.0, 50.0), (0.0, 14.0), (-1.0, 50.0), (0.0, 56.0)])
def test_limits_that_leave_no_rest_or_exceed_the_device_are_refused(
    low: float, high: float
) -> None:
    with pytest.raises(ConfigError, match="include the rest"):
        Governor(RECLINE, low, high)
