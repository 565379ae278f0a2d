import numpy as np
import pytest

from engine.dsp.rr_layout import Beat
from engine.errors import GraphError
from engine.graph.cardiac import BEAT_AXES, NN_AXES, HeartStreams, wire_heart
from engine.graph.graph import Graph
from engine.signals import SIGNAL_AXES, SIGNALS
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.synthetic_heart import ecg, intervals, with_late_foreign_beats

RATE = 130.0
ECG = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, RATE)
RRI = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND)
EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 4.0)
MADE = ecg(RATE, 90.0)


def pushed(graph: Graph, stream: Stream, t: F64, x: F64, size: int = 13) -> dict[str, F64]:
    """Push samples in chunks; return by stream what came out, time first."""
    out: dict[str, list[F64]] = {}
    for i in range(0, t.size, size):
        chunk = Chunk(stream, t[i : i + size], x[i : i + size, None])
        for made in graph.push(chunk):
            assert made.x.shape == (made.t.size, len(made.stream.axes))
            out.setdefault(made.stream.name, []).append(np.column_stack([made.t, made.x]))
    return {name: np.concatenate(parts) for name, parts in out.items()}


def wired(stream: Stream, *others: Stream) -> tuple[Graph, HeartStreams]:
    graph = Graph()
    for source in (stream, *others):
        graph.source(source)
    return graph, wire_heart(graph, stream)


def seen(made: F64, of: str, axes: tuple[str, ...]) -> F64:
    return np.asarray(made[:, 1 + axes.index(of)])


def test_signals_are_named_and_described_as_the_protocols_expect() -> None:
    _, heart = wired(ECG)

    for stream in (heart.rate, heart.rmssd_ms, heart.sdnn_ms):
        signal = SIGNALS[stream.name]
        assert (stream.kind, stream.unit, stream.axes) == (Kind.DERIVED, signal.unit, SIGNAL_AXES)
    assert heart.quality.name == "heart.quality"
    assert heart.beat.axes == BEAT_AXES
    assert heart.nn.axes == NN_AXES


def test_heart_rate_of_an_ecg_is_right() -> None:
    graph, _ = wired(ECG)

    out = pushed(graph, ECG, MADE.t, MADE.x)

    rate = out["heart.rate"]
    true = 60.0 / np.diff(MADE.r[MADE.r > 75.0]).mean()
    assert rate[-1, 1] == pytest.approx(true, rel=0.02)
    assert rate[-1, 2] > 0.8
    assert rate[-1, 3] == 0.0


def test_variability_of_an_ecg_equals_that_of_its_true_beats() -> None:
    graph, _ = wired(ECG)

    out = pushed(graph, ECG, MADE.t, MADE.x)

    nn = out["heart.nn"]
    used = nn[nn[:, 0] > nn[-1, 0] - 60.0]
    truth = MADE.r[(MADE.r > used[0, 0] - 2.2) & (MADE.r < used[-1, 0] + 0.02)]
    expected = np.sqrt(np.mean(np.diff(1000.0 * np.diff(truth)) ** 2))
    assert out["heart.rmssd_ms"][-1, 1] == pytest.approx(expected, rel=0.05)


def test_beats_of_another_shape_do_not_count_as_variability() -> None:
    made, undisturbed = with_late_foreign_beats(RATE, 90.0)
    graph, _ = wired(ECG)

    out = pushed(graph, ECG, made.t, made.x)

    true = np.sqrt(np.mean(np.diff(1000.0 * np.diff(undisturbed[-68:])) ** 2))
    fooled = np.sqrt(np.mean(np.diff(1000.0 * np.diff(made.r[-68:])) ** 2))
    assert fooled > 1.8 * true
    assert out["heart.rmssd_ms"][-1, 1] == pytest.approx(true, rel=0.15)
    assert Beat.FOREIGN in seen(out["heart.nn"], "code", NN_AXES)
    assert 0.2 < out["heart.rate"][-1, 3] < 0.35


def test_beats_are_stamped_at_their_r_peaks() -> None:
    graph, _ = wired(ECG)

    beats = pushed(graph, ECG, MADE.t, MADE.x)["heart.beat"]

    apart = np.abs(beats[:, 0][:, None] - MADE.r[None, :]).min(axis=1)
    assert apart.max() < 0.002
    assert np.isnan(seen(beats, "rr_ms", BEAT_AXES)[0])
    np.testing.assert_allclose(
        seen(beats, "rr_ms", BEAT_AXES)[1:], 1000.0 * np.diff(beats[:, 0]), atol=1e-6
    )


def test_cue_comes_before_the_beat_is_confirmed() -> None:
    graph, _ = wired(ECG)

    out = pushed(graph, ECG, MADE.t, MADE.x)

    assert abs(len(out["heart.cue"]) - len(out["heart.beat"])) <= 1
    apart = np.abs(out["heart.cue"][:, 0][:, None] - MADE.r[None, :]).min(axis=1)
    assert apart.max() < 0.02


def test_every_beat_and_every_second_bring_a_value() -> None:
    graph, _ = wired(ECG)

    out = pushed(graph, ECG, MADE.t, MADE.x)

    assert len(out["heart.rate"]) == len(out["heart.beat"]) + len(out["heart.quality"])
    assert np.diff(out["heart.rate"][:, 0]).max() <= 1.001


@pytest.mark.parametrize("value", [np.nan, 0.4], ids=["missing", "flat"])
def test_no_beats_for_four_seconds_is_no_signal(value: float) -> None:
    graph, _ = wired(ECG)
    x = MADE.x.copy()
    x[MADE.t >= 70.0] = value

    out = pushed(graph, ECG, MADE.t, x)

    for name in ("heart.rate", "heart.rmssd_ms", "heart.sdnn_ms"):
        late = out[name][out[name][:, 0] > 74.0]
        assert len(late) > 10
        assert np.isnan(late[:, 1]).all()
        assert (late[:, 2] == 0.0).all()
    assert (out["heart.quality"][-1, 1:3] == 0.0).all()


def test_a_gap_in_the_stamps_ends_what_was_known_and_makes_no_interval() -> None:
    graph, _ = wired(ECG)
    kept = (MADE.t < 50.0) | (MADE.t >= 60.0)

    out = pushed(graph, ECG, MADE.t[kept], MADE.x[kept])

    back = out["heart.rate"][out["heart.rate"][:, 0] >= 60.0]
    assert np.isnan(back[0, 1])
    assert np.nanmax(seen(out["heart.nn"], "nn_ms", NN_AXES)) < 1100.0
    assert np.nanmax(seen(out["heart.beat"], "rr_ms", BEAT_AXES)) < 1100.0


def test_intervals_of_a_device_go_the_same_way() -> None:
    graph, _ = wired(RRI)
    rr = intervals(120, seed=2)
    t = np.cumsum(rr) / 1000.0

    out = pushed(graph, RRI, t, rr, size=2)

    assert out["heart.rate"][-1, 1] == pytest.approx(60000.0 / rr[-14:].mean(), rel=0.02)
    assert out["heart.quality"][-1, 1] == 1.0
    codes = seen(out["heart.nn"], "code", NN_AXES)
    assert set(codes[5:]) == {float(Beat.NORMAL)}


def test_a_notification_that_was_lost_makes_no_difference_across_it() -> None:
    graph, _ = wired(RRI)
    rr = intervals(120, seed=2)
    t = np.cumsum(rr) / 1000.0
    kept = np.ones(120, dtype=bool)
    kept[60:63] = False

    out = pushed(graph, RRI, t[kept], rr[kept], size=1)

    beats = out["heart.beat"]
    lost = beats[np.isclose(beats[:, 0], t[63])]
    assert np.isnan(lost[0, 1])


def test_silence_of_an_interval_device_shows_in_the_time_of_others() -> None:
    graph, _ = wired(RRI, EDA)
    rr = intervals(100, seed=2)
    t = np.cumsum(rr) / 1000.0
    out = pushed(graph, RRI, t, rr, size=2)
    assert not np.isnan(out["heart.rate"][-1, 1])

    later = np.arange(t[-1], t[-1] + 8.0, 0.25)
    out = pushed(graph, EDA, later, np.full(later.size, 2.0), size=1)

    assert np.isnan(out["heart.rate"][-1, 1])
    assert out["heart.quality"][-1, 1] == 0.0
    assert len(out["heart.rate"]) <= 9


def test_intervals_the_device_calls_missing_are_no_beats() -> None:
    graph, _ = wired(RRI)
    rr = intervals(100, seed=2)
    t = np.cumsum(rr) / 1000.0
    rr[80:] = np.nan

    out = pushed(graph, RRI, t, rr, size=1)

    assert len(out["heart.beat"]) == 80
    assert np.isnan(out["heart.rate"][-1, 1])
    assert out["heart.quality"][-1, 1] == 0.0


@pytest.mark.parametrize(
    ("stream", "hint"),
    [
        (Stream("a.ecg", Kind.ECG, Unit.MILLIVOLT, 50.0), "100-1000 Hz"),
        (Stream("a.ecg", Kind.ECG, Unit.MILLIVOLT), "its rate"),
        (Stream("a.rri", Kind.RRI, Unit.SECOND), "milliseconds"),
        (Stream("a.eda", Kind.EDA, Unit.MICROSIEMENS, 4.0), "pulse intervals"),
    ],
)
def test_unfit_streams_are_refused_with_a_remedy(stream: Stream, hint: str) -> None:
    graph = Graph()
    graph.source(stream)

    with pytest.raises(GraphError, match=hint):
        wire_heart(graph, stream)

    assert graph.streams == (stream,)


def test_a_graph_that_keeps_little_says_the_same_of_it_and_nothing_else() -> None:
    wanted = {"heart.beat", "heart.rate"}
    whole, spare = wired(ECG)[0], wired(ECG)[0]
    spare.keep(wanted)

    everything, little = (pushed(graph, ECG, MADE.t, MADE.x) for graph in (whole, spare))

    assert wanted <= set(little)
    assert "heart.quality" in everything
    assert "heart.quality" not in little
    for name in wanted:
        assert np.array_equal(everything[name], little[name], equal_nan=True)
