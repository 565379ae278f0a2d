import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.pace import Pace
from engine.session.pacer import FASTEST, SLOWEST, STEP, Pacer


def live(pacer: Pacer, seconds: float, plv: float, own: float) -> list[float]:
    """Run the pacer for a while; return the rate at each turn."""
    rates = []
    for k in range(int(seconds * 10)):
        t = k / 10
        if pacer.turn_due(t):
            pacer.turn(t, plv=plv, own=own, free=True)
            rates.append(pacer.pace.rate)
    return rates


def test_someone_who_follows_is_led_to_the_target() -> None:
    pacer = Pacer()
    pacer.begin(0.0, target=6.0, ratio=0.4, own=12.0)

    rates = live(pacer, 900, plv=0.9, own=12.0)

    assert rates[0] < 12.0
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(6.0)


def test_someone_who_does_not_follow_is_met_half_way() -> None:
    pacer = Pacer()
    pacer.begin(0.0, target=6.0, ratio=0.4, own=None)

    rates = live(pacer, 300, plv=0.2, own=9.0)

    assert rates[-1] > 7.0
    assert min(rates) >= 6.0


@given(
    st.floats(0.5, 40), st.one_of(st.none(), st.floats(2, 40)),
    st.lists(st.tuples(st.floats(0, 1), st.floats(3, 30)), max_size=40),
)  # fmt: skip
def test_no_breath_is_faster_slower_or_more_different_than_allowed(
    target: float, own: float | None, breaths: list[tuple[float, float]]
) -> None:
    pacer = Pacer()
    pacer.begin(0.0, target=target, ratio=0.4, own=own)
    t = 0.0
    for plv, rate in breaths:
        before = pacer.pace
        t = before.next_breath(t) + 0.05
        pacer.turn(t, plv=plv, own=rate, free=True)
        assert SLOWEST <= pacer.pace.rate <= FASTEST
        assert abs(pacer.pace.rate - before.rate) <= STEP + 1e-12
        assert pacer.pace.start == pytest.approx(before.next_breath(t - 0.06), abs=1e-6)


@given(st.floats(4, 16), st.floats(0.3, 0.6), st.floats(0, 1e4))
def test_the_breath_is_full_between_in_and_out_and_empty_at_the_start(
    rate: float, ratio: float, t: float
) -> None:
    pace = Pace(0.0, rate, ratio, 1.0)
    top = ratio * pace.period

    assert pace.breath(0.0) == pytest.approx(0.0)
    assert pace.breath(top) == pytest.approx(1.0)
    assert 0.0 <= pace.breath(t) <= 1.0
    assert pace.inhaling(t) == (pace.phase(t) < ratio)
    assert not math.isnan(pace.next_breath(t))
