"""Laws the skin conductance engine keeps whatever comes in."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp import eda_layout as at
from engine.dsp.eda import SkinConductance
from engine.streams import F64
from tests.skin_truth import skin

RATES = st.sampled_from([4.0, 5.0, 8.0, 15.5, 32.0])
CHUNKS = st.lists(st.integers(1, 70), min_size=1, max_size=12)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[float, F64, F64]:
    """Return a rate, times with a gap, and conductances with everything that goes wrong."""
    rate = draw(RATES)
    true = skin(rate, 12, 0.005, draw(st.integers(0, 99)), seconds=40.0)
    y, t = true.y.copy(), true.t.copy()
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    for bad in draw(
        st.lists(st.sampled_from([np.nan, np.inf, -1.0, 0.0, 1e9, 59.0, 0.06]), max_size=6)
    ):
        start = int(rng.integers(0, y.size))
        y[start : start + int(rng.integers(1, int(4 * rate)))] = bad
    if draw(st.booleans()):
        t[y.size // 2 :] += draw(st.floats(0.0, 200.0))
    return rate, t, y


def chunked(rate: float, t: F64, y: F64, sizes: list[int]) -> F64:
    engine = SkinConductance(rate)
    rows, i, k = [], 0, 0
    while i < y.size:
        n = sizes[k % len(sizes)]
        rows.append(engine.push(t[i : i + n], y[i : i + n]))
        i, k = i + n, k + 1
    return np.vstack(rows)


@settings(max_examples=25, deadline=None)
@given(spoiled(), CHUNKS)
def test_rows_do_not_depend_on_chunking_bit_for_bit(
    given_: tuple[float, F64, F64], sizes: list[int]
) -> None:
    rate, t, y = given_

    whole = SkinConductance(rate).push(t, y)
    pieces = chunked(rate, t, y, sizes)

    assert whole.tobytes() == pieces.tobytes()


@settings(max_examples=25, deadline=None)
@given(spoiled())
def test_rows_are_always_within_their_ranges(given_: tuple[float, F64, F64]) -> None:
    rate, t, y = given_

    rows = SkinConductance(rate).push(t, y)
    quality, tonic = rows[:, at.O_QUALITY], rows[:, at.O_TONIC]

    assert not np.isnan(quality).any()
    assert ((quality >= 0.0) & (quality <= 1.0)).all()
    assert (quality[np.isnan(tonic)] == 0.0).all()
    assert not np.isinf(rows[:, at.O_TONIC :]).any()
    assert (np.diff(rows[:, at.O_TIME]) > 0.0).all()
    assert not (rows[:, at.O_PHASIC] < 0.0).any()
    assert not (rows[:, at.O_AMPLITUDE] < 0.015).any()


@settings(max_examples=25, deadline=None)
@given(RATES, st.integers(0, 99), st.sampled_from([np.nan, 0.0, 1e9, -3.0]), st.floats(0.5, 25.0))
def test_the_level_recovers_after_whatever_was_wrong(
    rate: float, seed: int, bad: float, seconds: float
) -> None:
    true = skin(rate, 2, 0.003, seed, seconds=80.0)
    y = true.y.copy()
    y[int(20 * rate) : int((20 + seconds) * rate)] = bad

    rows = SkinConductance(rate).push(true.t, y)
    late = rows[rows[:, at.O_TIME] > 70.0]
    tonic = np.interp(late[:, at.O_TIME], true.t, true.tonic)

    assert (np.abs(late[:, at.O_TONIC] - tonic) < 0.08 * tonic + 0.05).all()
    assert (late[:, at.O_QUALITY] > 0.8).all()


@settings(max_examples=25, deadline=None)
@given(RATES, st.integers(0, 99), st.floats(-3.0, 3.0), st.floats(0.2, 3.0))
def test_a_motion_artefact_is_never_a_confirmed_response(
    rate: float, seed: int, height: float, seconds: float
) -> None:
    """A hand that moves makes a jump and back; nothing within five seconds is believed."""
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, 60.0, 1.0 / rate)
    y = 6.0 + rng.normal(0.0, 0.002, t.size)
    during = (t >= 25.0) & (t < 25.0 + seconds)
    y[during] += height * np.sign(rng.normal(size=int(during.sum())))

    rows = SkinConductance(rate).push(t, y)
    onsets = rows[~np.isnan(rows[:, at.O_ONSET]), at.O_ONSET]

    assert not onsets.size


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 60.0), min_size=60, max_size=200), RATES)
def test_the_level_is_a_number_whatever_a_contact_does(values: list[float], rate: float) -> None:
    """Every value may be skin; how they follow each other may not."""
    y = np.repeat(np.array(values), 3)

    rows = SkinConductance(rate).push(np.arange(y.size) / rate, y)
    late = rows[rows[:, at.O_QUALITY] > 0.0]

    assert np.isfinite(late[:, at.O_TONIC]).all()
    assert np.isfinite(late[:, at.O_PHASIC]).all()
