"""Laws the pulse detector keeps whatever comes in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp import ppg_layout as at
from engine.dsp.ppg import PulseDetector
from engine.errors import GraphError
from engine.graph import Graph
from engine.graph.pulse import wire_pulse
from engine.streams import F64, Stream
from engine.units import Kind, Unit
from tests.pulse_truth import band, finger

RATES = st.sampled_from([25.0, 64.0, 100.0])
CHUNKS = st.lists(st.integers(1, 90), min_size=1, max_size=12)


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[float, F64, F64]:
    """Return a rate, times with a gap, and pulses with everything that goes wrong."""
    rate = draw(RATES)
    true = finger(rate, draw(st.integers(0, 99)), seconds=20.0)
    t, x = true.t.copy(), true.x * draw(st.floats(1e-3, 1e4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    for bad in draw(st.lists(st.sampled_from([np.nan, np.inf, 1e9, -1e9, 0.0]), max_size=5)):
        start = int(rng.integers(0, t.size))
        x[start : start + int(rng.integers(1, int(3 * rate)))] = bad
    if draw(st.booleans()):
        t[t.size // 2 :] += draw(st.floats(0.0, 60.0))
    return rate, t, x


@settings(max_examples=40, deadline=None)
@given(spoiled(), CHUNKS)
def test_pulses_do_not_depend_on_chunking_bit_for_bit(
    given_: tuple[float, F64, F64], sizes: list[int]
) -> None:
    rate, t, x = given_
    detector = PulseDetector(rate)

    whole = PulseDetector(rate).push(t, x)
    pieces, i, k = [], 0, 0
    while i < t.size:
        n = sizes[k % len(sizes)]
        pieces.append(detector.push(t[i : i + n], x[i : i + n]))
        i, k = i + n, k + 1

    assert whole.tobytes() == np.vstack(pieces).tobytes()


@settings(max_examples=40, deadline=None)
@given(spoiled())
def test_pulses_are_always_within_their_ranges(given_: tuple[float, F64, F64]) -> None:
    rate, t, x = given_

    rows = PulseDetector(rate).push(t, x)
    ppi = rows[:, at.O_PPI]

    for column in (at.O_QUALITY, at.O_PPI_QUALITY):
        assert ((rows[:, column] >= 0.0) & (rows[:, column] <= 1.0)).all()
    assert (np.isnan(ppi) | ((ppi >= 0.27) & (ppi <= 2.2))).all()
    assert (np.diff(rows[:, at.O_TIME]) > 0.0).all()
    assert (rows[:, at.O_FOOT] <= rows[:, at.O_TIME] + 1e-9).all()
    assert (rows[:, at.O_TIME] <= rows[:, at.O_PEAK] + 1e-9).all()
    assert (rows[:, at.O_KNOWN] >= rows[:, at.O_PEAK]).all()


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e9, -1e9])
def test_a_constant_has_no_pulse(value: float) -> None:
    t = np.arange(0.0, 30.0, 0.01)

    assert len(PulseDetector(100.0).push(t, np.full(t.size, value))) == 0


def test_empty_and_single_samples_make_nothing() -> None:
    detector = PulseDetector(100.0)

    assert len(detector.push(np.empty(0), np.empty(0))) == 0
    assert len(detector.push(np.zeros(1), np.ones(1))) == 0


def noise(kind: str, rng: np.random.Generator, rate: float) -> F64:
    """Return a minute of something that is no pulse."""
    n = int(60 * rate)
    t, f = np.arange(n) / rate, np.maximum(np.fft.rfftfreq(n, 1.0 / rate), 1.0 / 60.0)
    white = rng.standard_normal(n)
    match kind:
        case "white":
            return white
        case "pink" | "brown":
            power = 0.5 if kind == "pink" else 1.0
            return np.asarray(np.fft.irfft(np.fft.rfft(white) / f**power, n), dtype=np.float64)
        case "hand":
            return band(rng, n, rate, 0.4, 4.0)
        case "narrow":
            return band(rng, n, rate, 0.8, 2.0)
        case "narrower":
            return band(rng, n, rate, 1.0, 1.5)
        case "mains":
            return np.sin(2.0 * np.pi * 50.01 * t) + 0.1 * white
        case "lamp":
            return np.sin(2.0 * np.pi * 100.02 * t) + 0.05 * white
        case "counts":
            return np.round(3.0 * white)
        case _:
            return np.cumsum(white * (rng.random(n) < 1.0 / rate))


@pytest.mark.parametrize(
    ("kind", "mean", "most"),
    [
        ("white", 0.0, 0),
        ("pink", 0.0, 0),
        ("brown", 0.2, 3),
        ("hand", 1.0, 5),
        ("mains", 0.0, 0),
        ("lamp", 0.0, 0),
        ("counts", 0.0, 0),
        ("steps", 0.1, 1),
        ("narrow", 1.0, 9),
        ("narrower", 0.1, 2),
    ],
)
def test_what_is_no_pulse_gives_hardly_an_interval_a_minute(
    kind: str, mean: float, most: int
) -> None:
    """Twelve minutes at 25 and 64 Hz each.

    Noise of 0.8 to 2 Hz alone has the pace of a pulse and not its shape.
    """
    told = []
    for rate in (25.0, 64.0):
        for seed in range(12):
            x = noise(kind, np.random.default_rng(seed), rate)
            rows = PulseDetector(rate).push(np.arange(x.size) / rate, x)
            told.append(int((rows[:, at.O_PPI_QUALITY] >= 0.5).sum()))

    assert np.mean(told) <= mean
    assert max(told) <= most


@pytest.mark.parametrize("gap", [0.3, 1.0, 5.0, 20.0, 60.0])
@pytest.mark.parametrize("filled", [True, False])
def test_no_interval_reaches_across_a_gap(gap: float, filled: bool) -> None:  # noqa: FBT001
    true = finger(64.0, 5, seconds=120.0)
    lost = (true.t >= 40.0) & (true.t < 40.0 + gap)
    t, x = (true.t, np.where(lost, np.nan, true.x)) if filled else (true.t[~lost], true.x[~lost])

    rows = PulseDetector(64.0).push(t, x)
    good = rows[(rows[:, at.O_PPI_QUALITY] >= 0.5) & (rows[:, at.O_TIME] > 8.0)]
    middles = 0.5 * (true.feet[1:] + true.feet[:-1])
    near = np.maximum(np.searchsorted(middles, good[:, at.O_FOOT]), 1)
    error = np.abs(good[:, at.O_PPI] - (true.feet[near] - true.feet[near - 1]))

    began = good[:, at.O_TIME] - good[:, at.O_PPI]
    assert not ((began < 40.0) & (good[:, at.O_TIME] > 40.0 + gap)).any()
    assert error.max() < 0.05
    assert (good[:, at.O_TIME] > 40.0 + gap + 10.0).any() or gap > 50.0


def test_times_that_repeat_or_go_back_are_left_out() -> None:
    true = finger(64.0, 5, seconds=60.0)
    back = np.r_[0:1000, 400:1200, 1000:3000, 2999, 2999, 3000 : true.t.size]

    assert PulseDetector(64.0).push(true.t[back], true.x[back]).tobytes() == (
        PulseDetector(64.0).push(true.t, true.x).tobytes()
    )


@pytest.mark.parametrize("declared", [32.0, 100.0, 128.0])
def test_a_wrong_rate_gives_no_wrong_interval(declared: float) -> None:
    """Intervals come from the samples' times, whatever rate was declared."""
    true = finger(64.0, 5, seconds=60.0)

    rows = PulseDetector(declared).push(true.t, true.x)
    good = rows[(rows[:, at.O_PPI_QUALITY] >= 0.5) & (rows[:, at.O_TIME] > 8.0)]
    middles = 0.5 * (true.feet[1:] + true.feet[:-1])
    near = np.maximum(np.searchsorted(middles, good[:, at.O_FOOT]), 1)

    assert np.abs(good[:, at.O_PPI] - (true.feet[near] - true.feet[near - 1])).max(initial=0) < 0.06


def test_an_inverted_signal_can_be_told() -> None:
    true = finger(64.0, 3, seconds=40.0)

    up = PulseDetector(64.0).push(true.t, true.x)
    down = PulseDetector(64.0, rising=False).push(true.t, -true.x)

    assert up.tobytes() == down.tobytes()


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (Stream("f.ppg", Kind.PPG, Unit.RAW), "rate"),
        (Stream("f.ppg", Kind.PPG, Unit.RAW, 10.0), "20 Hz or more"),
        (Stream("f.ecg", Kind.ECG, Unit.MILLIVOLT, 100.0), "ecg"),
    ],
)
def test_a_stream_that_cannot_be_used_is_refused_by_name(stream: Stream, says: str) -> None:
    graph = Graph()
    graph.source(stream)

    with pytest.raises(GraphError, match=f"{stream.name}.*{says}"):
        wire_pulse(graph, stream)
