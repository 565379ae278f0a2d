"""Skin conductance when there is nothing, or nothing sensible, to measure."""

from pathlib import Path

import numpy as np
import pytest

from engine.dsp import eda_layout as at
from engine.dsp.eda import SkinConductance
from engine.errors import GraphError
from engine.graph import Graph
from engine.graph.electrodermal import SkinStreams, wire_skin
from engine.signals import SIGNAL_AXES
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.skin_truth import level_error, match, response, skin

PUCK = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 8.0, latency=0.05)


def push(rate: float, y: F64) -> F64:
    return SkinConductance(rate).push(np.arange(y.size) / rate, y)


def wired() -> tuple[Graph, Stream, SkinStreams]:
    graph = Graph()
    source = graph.source(PUCK)
    return graph, source, wire_skin(graph, source)


def run(graph: Graph, source: Stream, t: F64, y: F64) -> dict[str, F64]:
    seen: dict[str, list[F64]] = {}
    for i in range(0, t.size, 2):
        for chunk in graph.push(Chunk(source, t[i : i + 2], y[i : i + 2, None])):
            seen.setdefault(chunk.stream.name, []).append(np.c_[chunk.t, chunk.x])
    return {name: np.vstack(rows) for name, rows in seen.items()}


def test_an_empty_chunk_makes_nothing() -> None:
    assert push(8.0, np.empty(0)).shape == (0, at.OUT_COLUMNS)


def test_one_sample_makes_no_value() -> None:
    rows = push(4.0, np.array([5.0]))

    assert len(rows) == 1
    assert np.isnan(rows[0, at.O_TONIC])
    assert rows[0, at.O_QUALITY] == 0.0


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, -5.0, 1e9, 70.0])
def test_what_is_no_skin_gives_no_value_and_quality_0(value: float) -> None:
    rows = push(8.0, np.full(800, value))

    assert np.isnan(rows[:, at.O_TONIC]).all()
    assert np.isnan(rows[:, at.O_RATE]).all()
    assert (rows[:, at.O_QUALITY] == 0.0).all()


def test_a_constant_is_a_level_without_responses() -> None:
    rows = push(8.0, np.full(8 * 400, 7.0))

    assert rows[-1, at.O_TONIC] == pytest.approx(7.0, abs=1e-6)
    assert rows[-1, at.O_RATE] == 0.0
    assert rows[-1, at.O_RESPONDER] == 0.0
    assert rows[-1, at.O_QUALITY] > 0.95


def test_nobody_is_called_a_non_responder_before_four_minutes() -> None:
    rows = push(8.0, np.full(8 * 230, 7.0))

    assert np.isnan(rows[:, at.O_RESPONDER]).all()


def test_a_slow_device_is_refused_with_the_remedy() -> None:
    with pytest.raises(GraphError, match="set the device to 4 Hz or more"):
        SkinConductance(2.0)


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (Stream("puck.eda", Kind.EDA, Unit.RAW, 8.0), "microsiemens"),
        (Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS), "rate"),
        (Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 1.0), "4 Hz or more"),
        (Stream("puck.t", Kind.SKIN_TEMP, Unit.CELSIUS, 8.0), "skin_temp"),
    ],
)
def test_a_stream_that_cannot_be_used_is_refused_by_name(stream: Stream, says: str) -> None:
    graph = Graph()
    graph.source(stream)

    with pytest.raises(GraphError, match=f"{stream.name}.*{says}"):
        wire_skin(graph, stream)


def test_signals_have_the_names_and_axes_of_the_vocabulary() -> None:
    _, _, streams = wired()

    assert streams.scl_us.name == "eda.scl_us"
    assert streams.scr_per_min.name == "eda.scr_per_min"
    assert streams.scl_us.axes == streams.scr_per_min.axes == SIGNAL_AXES
    assert streams.scl_us.rate == 4.0
    assert streams.scl_us.latency == 0.05


def test_a_response_is_told_once_with_onset_amplitude_and_rise() -> None:
    graph, source, _ = wired()
    t = np.arange(0.0, 60.0, 0.125)
    shape, peak = response(t - 30.0, 0.75, 3.0)
    noise = np.random.default_rng(0).normal(0.0, 0.002, t.size)

    seen = run(graph, source, 100.0 + t, 4.0 + 0.5 * shape + noise)

    (told,) = seen["eda.scr"]
    assert told[1] == pytest.approx(130.0, abs=0.1)
    assert told[2] == pytest.approx(0.5, rel=0.1)
    assert told[3] == pytest.approx(peak, abs=0.3)
    assert 5.0 < told[0] - told[1] < 9.0


def test_a_lost_electrode_makes_the_level_unknown_within_three_seconds() -> None:
    graph, source, _ = wired()
    t = np.arange(0.0, 60.0, 0.125)
    y = np.where(t < 40.0, 5.0, np.nan)

    level = run(graph, source, t, y)["eda.scl_us"]
    gone = level[level[:, 0] > 43.0]

    assert (level[(level[:, 0] > 10.0) & (level[:, 0] < 40.0), 1] > 4.9).all()
    assert np.isnan(gone[:, 1]).all()
    assert (gone[:, 2] == 0.0).all()


def test_a_gap_in_time_counts_as_missing_samples() -> None:
    t = np.arange(0.0, 120.0, 0.125)
    gap = np.where(t < 60.0, t, t + 300.0)
    rng = np.random.default_rng(3)
    engine = SkinConductance(8.0)

    rows = engine.push(gap, 5.0 + rng.normal(0.0, 0.002, t.size))
    first = rows[rows[:, at.O_TIME] > 350.0][0]

    assert first[at.O_QUALITY] < 0.3
    assert np.isnan(rows[rows[:, at.O_TIME] < 390.0, at.O_RATE]).all()
    assert rows[-1, at.O_QUALITY] > 0.9


def test_samples_that_are_not_later_are_left_out() -> None:
    engine = SkinConductance(4.0)
    engine.push(np.array([0.0, 1.0]), np.array([5.0, 5.0]))

    assert len(engine.push(np.array([0.5, np.nan]), np.array([5.0, 5.0]))) == 0


def test_reset_forgets_the_person() -> None:
    t = np.arange(0.0, 60.0, 0.125)
    y = 5.0 + np.sin(t)
    used, fresh = SkinConductance(8.0), SkinConductance(8.0)
    used.push(t, y)

    used.reset()

    assert used.push(t, y).tobytes() == fresh.push(t, y).tobytes()


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("siemens", 1e-6), ("millisiemens", 1e-3), ("nanosiemens", 1e3), ("counts", 80.0)],
)
def test_conductance_in_another_unit_gives_no_value(unit: str, factor: float) -> None:
    t = np.arange(0.0, 120.0, 0.125)
    y = 5.0 + np.random.default_rng(1).normal(0.0, 0.01, t.size)

    rows = SkinConductance(8.0).push(t, factor * y)

    assert np.isnan(rows[:, at.O_TONIC]).all(), unit
    assert np.isnan(rows[:, at.O_ONSET]).all()
    assert (rows[:, at.O_QUALITY] == 0.0).all()


@pytest.mark.parametrize("rate", [4.0, 8.0, 32.0])
@pytest.mark.parametrize("what", ["warmth", "step up", "step down", "contact lost", "ramp"])
def test_what_is_no_sweating_is_no_response(rate: float, what: str) -> None:
    t = np.arange(0.0, 300.0, 1.0 / rate)
    y = 6.0 + np.random.default_rng(7).normal(0.0, 0.003, t.size)
    y += {
        "warmth": 0.8 * np.sin(2.0 * np.pi * t / 120.0),
        "step up": np.where(t > 150.0, 1.5, 0.0),
        "step down": np.where(t > 150.0, -1.5, 0.0),
        "contact lost": np.where((t > 150.0) & (t < 160.0), -5.99, 0.0),
        "ramp": 0.01 * t,
    }[what]

    rows = SkinConductance(rate).push(t, y)

    assert np.isnan(rows[:, at.O_ONSET]).all()


@pytest.mark.parametrize("seconds", [1.0, 5.0, 20.0, 60.0])
def test_after_a_gap_the_level_is_right_again_and_the_gap_was_told(seconds: float) -> None:
    true = skin(8.0, 4, 0.003, 5, seconds=240.0)
    kept = (true.t < 100.0) | (true.t >= 100.0 + seconds)

    rows = SkinConductance(8.0).push(true.t[kept], true.y[kept])
    after = rows[(rows[:, at.O_TIME] > 100.0 + seconds) & (rows[:, at.O_TIME] < 103.0 + seconds)]
    late = rows[rows[:, at.O_TIME] > 120.0 + seconds]
    tonic = np.interp(late[:, at.O_TIME], true.t, true.tonic)

    assert (after[:, at.O_QUALITY] < 0.5).all()
    assert np.abs(late[:, at.O_TONIC] / tonic - 1.0).mean() <= 0.02


def test_two_hours_later_level_and_responses_are_as_right_as_at_first() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(0.0, 7200.0, 0.25)
    level = 5.0 + 0.5 * np.sin(2.0 * np.pi * t / 1800.0)
    onsets_true = np.cumsum(2.0 + rng.exponential(8.0, 680))
    y = level + rng.normal(0.0, 0.005, t.size)
    for onset in onsets_true[onsets_true < 7190.0]:
        near = (t >= onset) & (t < onset + 40.0)
        y[near] += 0.3 * response(t[near] - onset, 0.75, 3.0)[0]

    rows = SkinConductance(4.0).push(t, y)
    late = rows[rows[:, at.O_TIME] > 6600.0]
    tonic = np.interp(late[:, at.O_TIME], t, level)
    onsets = rows[rows[:, at.O_ONSET] > 6600.0, at.O_ONSET]
    known = onsets_true[(onsets_true > 6600.0) & (onsets_true < 7190.0)]

    assert np.abs(late[:, at.O_TONIC] / tonic - 1.0).mean() <= 0.02
    assert match(onsets, known)[0] >= 0.9


@pytest.mark.parametrize("rate", [4.0, 11.0, 64.0])
def test_the_first_minute_is_right_though_it_begins_amid_responses(rate: float) -> None:
    errors = []
    for seed in range(4):
        true = skin(rate, 8, 0.004, seed, seconds=60.0, first=-30.0)
        errors.append(level_error(rate, true))

    assert float(np.mean(errors)) <= 0.02, errors


def test_converter_counts_of_a_recorded_person_are_refused(recordings: Path) -> None:
    with np.load(recordings / "biosppy" / "eda.npz") as a:
        y, rate = a["eda"].astype(float), float(a["fs"])

    rows = SkinConductance(rate).push(np.arange(y.size) / rate, y)

    assert np.isnan(rows[:, at.O_TONIC]).all()
    assert (rows[:, at.O_QUALITY] == 0.0).all()
