import pytest

from engine.devices.heat import BLIND, HOTTEST, LONGEST, MARGIN, HeatGuard, heat_guards, warms
from engine.streams import Output, Stream
from engine.units import Kind, Unit

SURFACE = Stream("surface", Kind.TEMPERATURE, Unit.CELSIUS, rate=1.0)
VIBRATION = Output("vibration", Unit.LEVEL, low=0.0, high=0.6, slew=0.2, rest=0.0)
WARMTH = Output("warmth", Unit.CELSIUS, low=20.0, high=40.0, slew=0.5, rest=20.0)


def warm(guard: HeatGuard, level: float, seconds: float, temperature: float | None) -> float:
    """Ask for ``level`` for a while; return what is allowed at the end."""
    allowed = level
    for n in range(round(seconds * 10)):
        if temperature is not None:
            guard.feel(temperature, n / 10)
        allowed = guard.allow(level, n / 10, 0.1)
    return allowed


def code(guard: HeatGuard) -> str:
    return "" if guard.fault is None else guard.fault.code


def test_warmth_that_behaves_is_left_alone() -> None:
    guard = HeatGuard(WARMTH, sees=True)

    assert warm(guard, 38.0, 600.0, 37.5) == 38.0
    assert guard.fault is None


@pytest.mark.parametrize(("asked", "measured"), [(36.0, 39.5), (40.0, HOTTEST)])
def test_a_surface_warmer_than_asked_or_than_any_may_be_is_switched_off(
    asked: float, measured: float
) -> None:
    guard = HeatGuard(WARMTH, sees=True)

    assert warm(guard, asked, 1.0, 33.0) == asked
    assert warm(guard, asked, 1.0, measured) == WARMTH.rest
    assert code(guard) == "heat_hot"


def test_a_seat_that_is_warm_before_anything_warms_it_is_not_taken_for_a_fault() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 20.0, 1.0, 33.0)
    for level in (20.1, 25.0, 30.0, 38.0):  # the setpoint rises slowly
        assert warm(guard, level, 10.0, 34.0) == level
    warm(guard, 20.0, 10.0, 38.0)  # the session pauses

    assert warm(guard, 20.1, 10.0, 37.8) == 20.1
    assert warm(guard, 20.1, 10.0, 37.8 + MARGIN + 0.1) == WARMTH.rest
    assert code(guard) == "heat_hot"


def test_a_place_that_was_warm_long_ago_allows_nothing_more() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    guard.feel(39.0, -BLIND - 1.0)
    guard.allow(21.0, 0.0, 0.1)
    guard.feel(21.0 + MARGIN + 0.1, 0.1)

    assert guard.allow(21.0, 0.1, 0.1) == WARMTH.rest


def test_a_surface_that_cools_slowly_after_a_lower_wish_is_not_taken_for_a_fault() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 40.0, 60.0, 40.5)

    assert warm(guard, 30.0, 60.0, 40.0) == 30.0
    assert warm(guard, 30.0, 600.0, 30.0) == 30.0
    assert warm(guard, 38.0, 170.0, 30.0) == 38.0, "it has time to rise again"
    assert warm(guard, 38.0, 20.0, 30.0) == WARMTH.rest
    assert code(guard) == "heat_sensor"


def test_without_a_temperature_warmth_ends_after_seconds() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    guard.feel(25.0, 0.0)
    ended = next(n / 10 for n in range(100) if guard.allow(38.0, n / 10, 0.1) == WARMTH.rest)

    assert ended == pytest.approx(3.1, abs=0.11)
    assert code(guard) == "heat_blind"


def test_a_sensor_that_fell_off_is_noticed_because_nothing_rises() -> None:
    guard = HeatGuard(WARMTH, sees=True)

    assert warm(guard, 38.0, 170.0, 24.0) == 38.0
    assert warm(guard, 38.0, 20.0, 24.0) == WARMTH.rest
    assert code(guard) == "heat_sensor"


POWER = Output("seat_heat", Unit.LEVEL, low=0.0, high=1.0, slew=0.5, rest=0.0)


@pytest.mark.parametrize(
    ("seconds", "temperature", "fault"),
    [(60.0, 38.0, ""), (1.0, HOTTEST, "heat_hot"), (600.0, 20.0, ""),
     (LONGEST + 2.0, 38.0, "heat_time"), (10.0, None, "heat_blind")],
)  # fmt: skip
def test_a_heater_without_a_setpoint_is_watched_as_far_as_it_can_be(
    seconds: float, temperature: float | None, fault: str
) -> None:
    (guard,) = heat_guards((POWER, VIBRATION), (SURFACE,)).values()

    assert warm(guard, 0.5, seconds, temperature) == (0.0 if fault else 0.5)
    assert code(guard) == fault


@pytest.mark.parametrize(
    ("name", "unit", "guarded"),
    [("warmth", Unit.LEVEL, True), ("heat_back", Unit.PERCENT, True), ("hot", Unit.LEVEL, True),
     ("x", Unit.CELSIUS, True), ("vibration", Unit.LEVEL, False)],
)  # fmt: skip
def test_what_warms_is_known_by_its_unit_or_its_name(
    name: str,
    unit: Unit,
    guarded: bool,  # noqa: FBT001
) -> None:
    output = Output(name, unit, low=0.0, high=1.0, slew=0.5, rest=0.0)

    assert warms(output) is guarded


def test_warmth_has_a_longest_time_even_where_nothing_is_measured() -> None:
    guard = HeatGuard(WARMTH, sees=False)

    assert warm(guard, 38.0, LONGEST - 1.0, None) == 38.0
    assert warm(guard, 38.0, 2.0, None) == WARMTH.rest
    assert code(guard) == "heat_time"


def test_pauses_do_not_buy_more_time() -> None:
    guard = HeatGuard(WARMTH, sees=False)
    for _ in range(4):
        warm(guard, 38.0, LONGEST / 3, None)
        warm(guard, 20.0, 5.0, None)

    assert code(guard) == "heat_time"


def test_a_trip_stays_until_a_person_resets_it() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 36.0, 1.0, 44.0)
    later = warm(guard, 36.0, 5.0, 30.0)
    guard.reset()

    assert later == WARMTH.rest
    assert warm(guard, 36.0, 5.0, 35.0) == 36.0


def test_a_surface_that_is_hot_while_nobody_asks_for_warmth_is_told() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 20.0, 1.0, 44.0)

    assert code(guard) == "heat_hot"


def test_a_seat_may_become_as_warm_as_it_is_asked_to() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    for n in range(150):
        guard.feel(24.0 + n / 10, n)

        assert guard.allow(38.0, n, 1.0) == 38.0
    guard.feel(38.0 + MARGIN + 0.1, 150.0)
    assert guard.allow(38.0, 150.0, 1.0) == WARMTH.rest


def test_after_a_persons_reset_only_what_is_asked_then_counts() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 40.0, 60.0, 40.0)
    warm(guard, 40.0, 1.0, HOTTEST)
    guard.reset()

    assert warm(guard, 25.0, 1.0, 24.0) == 25.0
    assert warm(guard, 25.0, 1.0, 25.0 + MARGIN + 0.1) == WARMTH.rest


def test_a_temperature_is_waited_for_from_when_warming_begins() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, WARMTH.rest, 300.0, None)
    begun = 300.0
    allowed = [guard.allow(30.0, begun + n / 10, 0.1) for n in range(round(BLIND * 10) + 5)]

    assert allowed[: round(BLIND * 10) - 2] == [30.0] * (round(BLIND * 10) - 2)
    assert allowed[-1] == WARMTH.rest
    assert code(guard) == "heat_blind"


def test_the_first_reason_is_the_one_that_is_told() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 38.0, 1.0, HOTTEST)
    guard.feel(37.0, 1.0)
    for n in range(round(BLIND) + 60):
        guard.allow(38.0, 1.0 + n, 1.0)

    assert code(guard) == "heat_hot"
    assert guard.fault is not None
    assert f"{HOTTEST:.1f}" in guard.fault.en


@pytest.mark.parametrize(("told", "hot"), [(150.0, "heat_hot"), (151.0, "")])
def test_only_what_a_surface_can_have_is_believed(told: float, hot: str) -> None:
    guard = HeatGuard(WARMTH, sees=True)
    guard.feel(told, 1.0)
    guard.allow(WARMTH.rest, 1.0, 0.1)

    assert code(guard) == hot


def test_a_seat_that_warms_up_slowly_is_not_taken_for_one_that_does_not() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    for n in range(500):  # half a degree in 100 s, ten degrees below what is asked
        guard.feel(24.0 + n / 200, n)
        assert guard.allow(38.0, n, 1.0) == 38.0


def test_a_seat_that_was_warm_in_between_has_its_time_anew() -> None:
    guard, t = HeatGuard(WARMTH, sees=True), 0.0
    for temperature, seconds in ((24.0, 100), (37.0, 1), (24.0, 100)):
        for _ in range(seconds):
            t += 1.0
            guard.feel(temperature, t)
            assert guard.allow(38.0, t, 1.0) == 38.0


def test_the_time_it_was_warm_is_told_in_minutes() -> None:
    guard = HeatGuard(WARMTH, sees=True)
    warm(guard, 38.0, LONGEST + 2.0, 38.0)

    assert guard.fault is not None
    assert "20 min" in guard.fault.en
    assert "20 分钟" in guard.fault.zh
