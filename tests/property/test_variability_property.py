import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp.hrv_limits import INDICES
from engine.dsp.hrv_spectrum_live import LiveVariability
from engine.dsp.hrv_spectrum_paced import PacedSwing
from engine.dsp.hrv_whole import whole_hrv
from engine.pace import Pace
from tests.synthetic_heart import intervals

ANY = st.floats(allow_nan=True, allow_infinity=True, width=64)
SENSIBLE = st.floats(250.0, 2500.0)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            ANY | st.floats(0.0, 400.0), ANY | SENSIBLE, st.integers(0, 8), st.integers(0, 3)
        ),
        max_size=60,
    ),
    corrected=st.floats(0.0, 1.0),
    irregular=st.booleans(),
)
def test_whatever_is_put_in_a_number_comes_out_only_where_it_is_valid(
    rows: list[tuple[float, float, int, int]],
    corrected: float,
    irregular: bool,  # noqa: FBT001
) -> None:
    given_rows = np.array(rows, dtype=np.float64).reshape(-1, 4)
    t, nn, code, beats = (np.ascontiguousarray(column) for column in given_rows.T)

    found = whole_hrv(
        t, nn, np.ones(t.size), corrected, 0.8, code=code, stands_for=beats, irregular=irregular
    )

    assert tuple(found) == tuple(INDICES)
    for name, metric in found.items():
        assert math.isfinite(metric.value) == metric.valid, name
        assert 0.0 < metric.quality <= 0.8 if metric.valid else metric.quality == 0.0
        assert math.isfinite(metric.doubt) == metric.valid, name


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    holes=st.lists(st.integers(20, 100), max_size=4),
    kinds=st.lists(st.sampled_from([0.0, 1.0, 4.0, 6.0, 7.0, 8.0]), min_size=4, max_size=4),
)
def test_missing_and_odd_intervals_never_break_what_follows(
    seed: int, holes: list[int], kinds: list[float]
) -> None:
    rr = intervals(270, seed=seed)
    live = LiveVariability()
    live.guide(0.0, Pace(0.0, 6.0, 0.4, 1.0))
    t, due = 0.0, 5.0
    for i, ms in enumerate(rr.tolist()):
        t += ms / 1000.0
        code = kinds[holes.index(i)] if i in holes else 0.0
        live.interval(t, math.nan if code == 7.0 else ms, code, 1.0, 1.0)
        while t > due:
            known = live.at(due, steady=True)
            due += 5.0

    # More than 124 s after the last of them everything is known again.
    for name in ("lf_ms2", "coherence_ratio", "paced_ms", "rsa_ms"):
        told = known.values[name]
        assert math.isfinite(told.value), name
        assert told.corrected == 0.0
        assert 0.5 < told.quality <= 1.0
        assert math.isfinite(told.doubt)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(4.0, 10.0),
    amplitude=st.floats(5.0, 120.0),
    phase=st.floats(0.0, 1.0),
    mean_ms=st.floats(600.0, 1100.0),
)
def test_the_swing_at_the_guide_is_measured_at_any_rate(
    rate: float, amplitude: float, phase: float, mean_ms: float
) -> None:
    pace = Pace(3.0, rate, 0.4, 1.0)
    swing = PacedSwing()
    swing.guide(pace)
    t = 0.0
    while t < 120.0:
        t += mean_ms / 1000.0
        turn = 2.0 * math.pi * (pace.cycles(t) - phase)
        swing.interval(t, mean_ms - amplitude * math.cos(turn))

    found, shortest_at, _ = swing.now()

    assert abs(found - 2.0 * amplitude) < 0.06 * amplitude + 0.5
    assert abs((shortest_at - phase + 0.5) % 1.0 - 0.5) < 0.01


@settings(max_examples=60, deadline=None)
@given(rate=st.floats(4.0, 10.0), seed=st.integers(0, 1000))
def test_the_sliding_sum_equals_the_sum_over_the_window(rate: float, seed: int) -> None:
    pace = Pace(0.0, rate, 0.4, 1.0)
    rr = intervals(150, seed=seed)
    t = np.cumsum(rr) / 1000.0
    whole, late = PacedSwing(), PacedSwing()
    whole.guide(pace)
    late.guide(pace)
    enough = int(np.searchsorted(t, t[-1] - 3.0 * pace.period - 6.0))

    for i in range(t.size):
        whole.interval(float(t[i]), float(rr[i]))
        if i >= enough:
            late.interval(float(t[i]), float(rr[i]))

    # Minutes of sliding leave no trace of what has left the window.
    assert abs(whole.now()[0] - late.now()[0]) < 1e-6
