"""Laws the motion gate keeps whatever comes in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp import ppg_layout as at
from engine.dsp import ppg_motion_layout as motion
from engine.dsp.ppg_motion import PATIENCE, MotionGate
from engine.dsp.ppg_motion_step import FROM, POINTS, SPAN, cadence, feel
from engine.streams import F64
from tests import naive


@st.composite
def moved(draw: st.DrawFn) -> tuple[F64, F64, F64]:
    """Return times, acceleration with everything that goes wrong, and rows of pulses."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    rate = draw(st.sampled_from([25.0, 32.0, 52.0, 208.0]))
    t = np.arange(0.0, 25.0, 1.0 / rate) + rng.uniform(0.0, 0.3 / rate, int(25 * rate))
    x = rng.normal(0.0, draw(st.floats(0.0, 1.0)), (t.size, 3)) + np.array([0.0, 0.0, 1.0])
    for bad in draw(st.lists(st.sampled_from([np.nan, np.inf, 1e9, -2.0, 0.0]), max_size=5)):
        start = int(rng.integers(0, t.size))
        x[start : start + int(rng.integers(1, int(3 * rate)))] = bad
    if draw(st.booleans()):
        t[t.size // 2 :] += draw(st.floats(0.0, 8.0))
    known = np.cumsum(rng.uniform(0.3, 1.5, 25))
    rows = rng.uniform(0.0, 1.0, (25, at.OUT_COLUMNS))
    rows[:, at.O_TIME], rows[:, at.O_KNOWN] = known - 0.2, known
    rows[:, at.O_PPI] = np.diff(known, prepend=np.nan)
    return t, x, rows


def played(t: F64, x: F64, rows: F64, step: float, *, light_first: bool) -> F64:
    """Let both arrive in pieces of ``step`` s."""
    gate, made = MotionGate(), list[F64]()
    for k in np.arange(0.0, 40.0, step):
        here = (t >= k) & (t < k + step)
        now = (rows[:, at.O_KNOWN] >= k) & (rows[:, at.O_KNOWN] < k + step)
        for light in (light_first, not light_first):
            if light:
                made.append(gate.judge(rows[now], np.array([k + step - 1e-6])))
            else:
                made.append(gate.feel(t[here], x[here]))
    return np.vstack(made)


@settings(max_examples=15, deadline=None)
@given(moved(), st.sampled_from([0.1, 0.25, 0.5, PATIENCE - 0.2]), st.booleans())
def test_rows_depend_neither_on_chunking_nor_on_who_comes_first_bit_for_bit(
    given_: tuple[F64, F64, F64],
    step: float,
    light_first: bool,  # noqa: FBT001 - drawn
) -> None:
    t, x, rows = given_
    lost = np.diff(t).max() > PATIENCE - 0.2 or not np.isfinite(x).all()

    once = played(t, x, rows, 0.08, light_first=True)
    other = played(t, x, rows, step, light_first=light_first)

    assert len(once) == len(other) == len(rows)
    if not lost:  # what never comes is not waited for, and how long that was tells the chunk
        assert once.tobytes() == other.tobytes()


@settings(max_examples=30, deadline=None)
@given(moved())
def test_no_movement_ever_raises_a_quality_or_touches_a_time(
    given_: tuple[F64, F64, F64],
) -> None:
    t, x, rows = given_

    told = played(t, x, rows, 0.5, light_first=True)
    others = [c for c in range(at.OUT_COLUMNS) if c not in {at.O_QUALITY, at.O_PPI_QUALITY}]

    assert np.array_equal(told[:, others], rows[:, others], equal_nan=True)
    for column in (at.O_QUALITY, at.O_PPI_QUALITY):
        assert (told[:, column] <= rows[:, column]).all()
        assert (told[:, column] >= 0.0).all()


@settings(max_examples=20, deadline=None)
@given(moved())
def test_whatever_was_felt_is_forgotten_after_a_minute_of_rest(
    given_: tuple[F64, F64, F64],
) -> None:
    t, x, _ = given_
    rest = np.arange(t[-1] + 0.02, t[-1] + 60.0, 0.02)
    calm = np.tile([0.0, 0.6, 0.8], (rest.size, 1))
    row = np.full((1, at.OUT_COLUMNS), 0.8)
    row[:, at.O_TIME] = row[:, at.O_KNOWN] = rest[-1]
    spoiled, clean = MotionGate(), MotionGate()

    spoiled.feel(t, np.where(np.abs(x) < 1e6, x, np.nan))
    told = [np.vstack([g.judge(row, rest[-1:]), g.feel(rest, calm)]) for g in (spoiled, clean)]

    assert told[0][0, at.O_QUALITY] == pytest.approx(told[1][0, at.O_QUALITY], abs=1e-6)


@pytest.mark.parametrize("rate", [25.0, 50.0, 100.0])
def test_movement_is_what_scipy_makes_of_it_and_cadence_what_numpy_does(rate: float) -> None:
    t = np.arange(0.0, 20.0, 1.0 / rate)
    rng = np.random.default_rng(1)
    x = np.array([0.0, 0.6, 0.8]) + 0.1 * np.sin(2.0 * np.pi * 1.1 * t[:, None] + np.arange(3))
    x += rng.normal(0.0, 0.05, x.shape)
    s = np.zeros(motion.SLOTS)
    s[motion.LAST_TIME] = -np.inf
    ring = np.zeros((motion.RING_ROWS, motion.RING))
    beats = 2.0 + np.cumsum(rng.uniform(0.7, 1.1, motion.RECENT))

    feel(s, np.zeros((motion.FILTER_ROWS, motion.AXES)), ring, t, x)
    expected = naive.movement(x, rate)[:: round(rate / motion.GRID)]
    s[motion.PULSES] = motion.RECENT
    got = cadence(s, ring, beats, np.zeros((2, POINTS * motion.AXES)))
    places = (beats[:, None] + FROM + np.linspace(0.0, SPAN, POINTS)) * motion.GRID
    cycles = np.stack([np.interp(places, np.arange(len(expected)), axis) for axis in expected.T])
    share = naive.shared(cycles.transpose(1, 0, 2).reshape(motion.RECENT, -1))

    kept = ring[motion.R_X : motion.R_X + 3, : len(expected)].T
    assert kept[5:-1] == pytest.approx(expected[5:-1], abs=1e-9)
    assert got == pytest.approx(min(1.0, max(0.0, (share - 0.3) / 0.4)), rel=0.02, abs=1e-9)
