import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.devices.intake import AHEAD, Intake
from engine.streams import Stream
from engine.units import Kind, Unit

EDA = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, rate=8.0)
NOW = 10.0
Times = st.lists(st.lists(st.floats(0.0, 15.0, width=16) | st.just(float("nan")), max_size=8))


@given(Times)
def test_whatever_a_device_says_the_room_sees_time_that_only_goes_forward(
    pieces: list[list[float]],
) -> None:
    door, newest, kept = Intake("puck", EDA), -np.inf, 0
    for piece in pieces:
        expected = []
        for t in piece:
            if t > newest and t <= NOW + AHEAD:
                expected.append(t)
                newest = t
        chunk = door.take(np.array(piece), np.zeros((len(piece), 1)), NOW)

        assert ([] if chunk is None else chunk.t.tolist()) == expected
        kept += len(expected)

    assert door.refused == sum(map(len, pieces)) - kept
