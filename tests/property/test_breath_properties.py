"""Laws the breathing belt and the adherence keep whatever comes in."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from engine.dsp import belt_layout as at
from engine.dsp import respiration_layout as derived
from engine.dsp.adherence import Adherence
from engine.dsp.belt import BreathingBelt
from engine.dsp.resonators import B_COS, B_F, B_RADIUS, B_SIN, STAGES, bank, own_phase, resonate
from engine.dsp.respiration import DerivedBreath
from engine.dsp.robust import deviations, median_of
from engine.streams import F64

RATES = st.sampled_from([4.0, 10.0, 12.5, 25.0])
CHUNKS = st.lists(st.integers(1, 90), min_size=1, max_size=12)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[float, F64, F64]:
    """Return a rate, times with a gap, and a breath with everything that goes wrong."""
    rate = draw(RATES)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    t = np.arange(0.0, 60.0, 1.0 / rate)
    x = np.sin(2.0 * np.pi * draw(st.floats(0.06, 0.5)) * t) * draw(st.floats(1e-3, 1e4))
    x += rng.normal(0.0, draw(st.floats(0.0, 1.0)), t.size)
    for bad in draw(st.lists(st.sampled_from([np.nan, np.inf, 1e9, -1e9, 0.0]), max_size=6)):
        start = int(rng.integers(0, t.size))
        x[start : start + int(rng.integers(1, int(5 * rate)))] = bad
    if draw(st.booleans()):
        t[t.size // 2 :] += draw(st.floats(0.0, 60.0))
    return rate, t, x


@settings(max_examples=15, deadline=None)
@given(spoiled(), CHUNKS)
def test_rows_do_not_depend_on_chunking_bit_for_bit(
    given_: tuple[float, F64, F64], sizes: list[int]
) -> None:
    rate, t, x = given_
    belt = BreathingBelt(rate)

    whole = BreathingBelt(rate).push(t, x)
    pieces, i, k = [], 0, 0
    while i < t.size:
        n = sizes[k % len(sizes)]
        pieces.append(belt.push(t[i : i + n], x[i : i + n]))
        i, k = i + n, k + 1

    assert whole.tobytes() == np.vstack(pieces).tobytes()


@settings(max_examples=15, deadline=None)
@given(spoiled())
def test_rows_are_always_within_their_ranges(given_: tuple[float, F64, F64]) -> None:
    rate, t, x = given_

    rows = BreathingBelt(rate).push(t, x)
    phase, sure, fit = rows[:, at.O_PHASE], rows[:, at.O_CONFIDENCE], rows[:, at.O_QUALITY]

    assert np.isfinite(rows[:, : at.O_ONSET]).all()
    assert ((phase >= 0.0) & (phase < 1.0)).all()
    assert ((sure >= 0.0) & (sure <= 1.0)).all()
    assert ((rows[:, at.O_RATE_CONFIDENCE] >= 0.0) & (rows[:, at.O_RATE_CONFIDENCE] <= 1.0)).all()
    assert ((fit >= 0.0) & (fit <= 1.0)).all()
    assert ((rows[:, at.O_FAST] >= 1.0) & (rows[:, at.O_FAST] <= 46.0)).all()


@pytest.mark.parametrize("colour", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("rate", [4.0, 10.0, 25.0])
def test_noise_of_any_colour_is_no_breath(rate: float, colour: float) -> None:
    """White, pink and brown, twelve times four minutes each; the worst of them counts too."""
    t = np.arange(0.0, 240.0, 1.0 / rate)
    f = np.maximum(np.fft.rfftfreq(t.size, 1.0 / rate), 1.0 / 240.0)
    shown = []
    for seed in range(12):
        spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=t.size))
        rows = BreathingBelt(rate).push(t, np.fft.irfft(spectrum / f ** (0.5 * colour), t.size))
        late = rows[rows[:, at.O_TIME] > 20.0]
        shown.append((late[:, [at.O_CONFIDENCE, at.O_RATE_CONFIDENCE]] >= 0.5).mean(axis=0))

    assert np.mean(shown, axis=0).max() <= 0.03
    assert np.max(shown) <= 0.12


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_size_and_offset_of_the_signal_do_not_matter(scale: float, offset: float) -> None:
    t = np.arange(0.0, 60.0, 0.1)
    x = np.sin(2.0 * np.pi * 0.2 * t) + 0.3 * np.sin(2.0 * np.pi * 0.11 * t)

    plain = BreathingBelt(10.0).push(t, x)
    other = BreathingBelt(10.0).push(t, scale * (x + offset))

    late = plain[:, at.O_TIME] > 20.0
    assert other[late, at.O_RATE] == pytest.approx(plain[late, at.O_RATE], rel=1e-3)


@pytest.mark.parametrize("k", [0, 9, 17, 29])
def test_a_resonator_is_three_complex_poles_in_a_row(k: int) -> None:
    rate = 10.0
    table, z = bank(rate, 0.04, 0.75, 30, 0.4), np.zeros((30, STAGES))
    u = np.random.default_rng(4).normal(size=400)
    pole = table[B_COS, k] + 1j * table[B_SIN, k]
    expected = u.astype(complex)
    for _ in range(3):
        expected = signal.lfilter([1.0 - table[B_RADIUS, k]], [1.0, -pole], expected)

    got = []
    for v in u:
        resonate(v, table, z)
        got.append(complex(z[k, 4], z[k, 5]))

    assert np.array(got) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [2, 15, 28])
@pytest.mark.parametrize("off", [0.8, 1.0, 1.3])
def test_the_phase_a_resonator_adds_is_known(k: int, off: float) -> None:
    table = bank(10.0, 0.04, 0.75, 30, 0.4)
    f = table[B_F, k] * off
    pole = table[B_COS, k] + 1j * table[B_SIN, k]
    shift = np.exp(-2j * np.pi * f / 10.0)
    answer = ((1.0 - table[B_RADIUS, k]) / (1.0 - pole * shift)) ** 3

    assert math.cos(own_phase(f, table, k, 10.0) - np.angle(answer)) == pytest.approx(1.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_the_median_is_that_of_numpy(values: list[float]) -> None:
    got = median_of(np.array(values), len(values), np.zeros(9))

    assert got == pytest.approx(float(np.median(values)), rel=1e-12, abs=1e-9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_deviations_are_those_numpy_finds_in_order(values: list[float]) -> None:
    got = np.zeros(9)
    deviations(np.array(values), len(values), got)

    expected = np.sort(np.abs(np.array(values) - np.median(values)))
    assert got[: len(values)] == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1.0), st.one_of(st.floats(0.0, 1.0), st.just(math.nan))),
        max_size=60,
    ),
    st.floats(3.0, 20.0),
)
def test_following_is_always_a_share(moments: list[tuple[float, float]], rate: float) -> None:
    adherence = Adherence()
    for dt, phase in moments:
        plv = adherence.push(dt, phase, 0.3, rate)

        assert 0.0 <= plv <= 1.0
        assert math.isnan(adherence.lag) or -0.5 <= adherence.lag <= 0.5


@settings(max_examples=15, deadline=None)
@given(
    st.floats(4.0, 12.0),
    st.floats(0.02, 0.3),
    st.sampled_from([np.nan, 0.0, 30.0, -30.0, 1e9]),
    st.floats(60.0, 100.0),
    st.floats(0.1, 8.0),
)
def test_an_artefact_never_makes_anyone_follow_the_guide_better(
    per_minute: float, stray: float, value: float, start: float, lasts: float
) -> None:
    """Someone who follows badly, with a belt that fails for a while."""
    t = np.arange(0.0, 180.0, 0.1)
    rng = np.random.default_rng(2)
    wander = stray * np.cumsum(rng.normal(0.0, 0.3, t.size))
    clean = -np.cos(2.0 * np.pi * (t * per_minute / 60.0 + wander))
    spoiled = np.where((t >= start) & (t < start + lasts), value, clean)
    period = 60.0 / per_minute

    def following(x: F64) -> F64:
        adherence, told = Adherence(), []
        for row in BreathingBelt(10.0).push(t, x):
            phase = float(row[at.O_PHASE]) if row[at.O_CONFIDENCE] >= 0.5 else math.nan
            told.append(adherence.push(0.1, phase, row[at.O_TIME] / period % 1.0, per_minute))
        return np.array(told)

    before, after = following(clean), following(spoiled)
    during = (t[: before.size] >= start) & (t[: before.size] < start + lasts)

    assert (after[during] <= before[during].max(initial=0.0) + 0.15).all()


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 999), st.floats(0.5, 1.3), st.floats(5.0, 60.0))
def test_breath_from_beats_keeps_its_ranges_and_recovers_from_anything(
    seed: int, interval: float, gap: float
) -> None:
    """After half a minute a fifth is nonsense, then a gap; soon it tells what a clean one does."""
    rng = np.random.default_rng(seed)
    spoiled, clean = DerivedBreath(), DerivedBreath()
    for k in range(200):
        wild = rng.choice([np.nan, np.inf, -1e9, 1e9, 0.0])
        for source in range(4):
            value = interval + 0.05 * rng.normal()
            if k > 33 and rng.uniform() < 0.2:
                value = float(wild)
            spoiled.add(source, k * 0.9, value, float(rng.uniform()))
        row = spoiled.at(k * 0.9)
        assert 0.0 <= row[derived.O_CONFIDENCE] <= 1.0
        assert np.isnan(row[derived.O_RATE]) or 2.0 <= row[derived.O_RATE] <= 40.0
    begin = 180.0 + gap
    for k in range(int(120.0 / interval)):
        t = begin + k * interval
        swing = 0.05 * math.sin(2.0 * math.pi * 0.2 * t)
        for breath in (spoiled, clean):
            breath.add(derived.INTERVAL, t, interval * (1.0 + swing), 1.0)
            breath.add(derived.R_HEIGHT, t, 1.0 + swing, 1.0)
            breath.at(t)
    t = begin + 120.0

    a, b = spoiled.at(t), clean.at(t)

    assert a[derived.O_RATE] == pytest.approx(b[derived.O_RATE], rel=0.03)
