import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.sound.timeline import Timeline
from engine.sound.voice import BLOCK, RATE

DT = BLOCK / RATE


def test_jittering_estimates_make_an_even_time() -> None:
    rng = np.random.default_rng(1)
    line = Timeline()

    begins = [line.block(10.0 + k * DT + rng.normal(0, 0.002)) for k in range(4000)]

    steps = np.diff(begins[1000:])
    assert np.abs(steps - DT).max() < 5e-5
    errors = np.array(begins[1000:]) - 10.0 - DT * np.arange(1000, 4000)
    assert np.abs(errors).max() < 1e-3


def test_the_drift_of_a_sound_card_is_followed() -> None:
    line = Timeline()

    begins = [line.block(k * DT * (1 + 100e-6)) for k in range(20_000)]  # 100 ppm

    assert abs(begins[-1] - 19_999 * DT * (1 + 100e-6)) < 1e-3


def test_a_loss_is_jumped_over_but_one_wild_estimate_is_not() -> None:
    line = Timeline()
    for k in range(100):
        line.block(k * DT)

    wild = line.block(99.0)
    after = [line.block(101 * DT + 1.0 + k * DT) for k in range(10)]

    assert abs(wild - 100 * DT) < 1e-9
    assert line.jumps == 1
    assert abs(after[-1] - (101 * DT + 1.0 + 9 * DT)) < 1e-3


@given(st.lists(st.floats(-0.02, 0.02), min_size=2, max_size=200))
def test_time_never_goes_back(jitter: list[float]) -> None:
    line = Timeline()

    begins = [line.block(k * DT + j) for k, j in enumerate(jitter)]

    assert (np.diff(begins) > 0.9 * DT).all()
