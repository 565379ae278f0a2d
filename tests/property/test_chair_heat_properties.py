from hypothesis import example, given
from hypothesis import strategies as st

from engine.devices.heat import BELIEVED, BLIND, HOTTEST, LONGEST, MARGIN, HeatGuard
from engine.streams import Output
from engine.units import Unit

WARMTH = Output("warmth", Unit.CELSIUS, low=20.0, high=40.0, slew=0.5, rest=20.0)
Steps = st.lists(
    st.tuples(
        st.floats(20.0, 40.0),
        st.one_of(st.none(), st.floats(), st.floats(15.0, 60.0)),
        st.floats(0.0, 100.0),
    ),
    max_size=60,
)


@example(steps=[(21.0, -1e9, 4.0), (21.0, None, 0.0)], sees=True)  # a wild value is no reading
@given(steps=Steps, sees=st.booleans())
def test_warmth_is_never_allowed_that_is_too_hot_too_long_or_unseen(
    steps: list[tuple[float, float | None, float]], *, sees: bool
) -> None:
    guard, t, warmed, unseen = HeatGuard(WARMTH, sees=sees), 0.0, 0.0, 0.0
    for level, temperature, dt in steps:
        t += dt
        felt = temperature is not None and BELIEVED[0] <= temperature <= BELIEVED[1]
        if temperature is not None:
            guard.feel(temperature, t)
        before = guard.fault
        allowed = guard.allow(level, t, dt)
        warm = level > WARMTH.rest
        warmed += dt if warm else 0.0
        unseen = 0.0 if felt or not warm else unseen + dt

        assert allowed in {level, WARMTH.rest}
        if allowed > WARMTH.rest:
            assert guard.fault is None
            assert warmed <= LONGEST + 1e-6
            if felt and temperature is not None:
                assert temperature < HOTTEST
                assert temperature <= WARMTH.high + MARGIN
            assert not sees or unseen <= BLIND + dt + 1e-6
        if before is not None and warm:
            assert allowed == WARMTH.rest
            assert guard.fault is not None
