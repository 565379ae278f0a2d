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
from tests.pulse_truth import finger

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


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 999), RATES)
def test_noise_gives_hardly_any_good_interval(seed: int, rate: float) -> None:
    t = np.arange(0.0, 60.0, 1.0 / rate)

    rows = PulseDetector(rate).push(t, np.random.default_rng(seed).normal(size=t.size))

    assert (rows[:, at.O_PPI_QUALITY] >= 0.5).sum() <= 3


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
