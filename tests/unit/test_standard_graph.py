"""The wiring every room uses."""

from functools import lru_cache

import numpy as np
import pytest

from engine.graph.standard import StandardGraph, standard_graph
from engine.signals import SENSOR_GROUPS, SIGNAL_AXES, SIGNALS
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tests.skin_truth import response, skin

ECG = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, 130.0)
RRI = Stream("strap.rri", Kind.RRI, Unit.MILLISECOND)
PPI = Stream("watch.ppi", Kind.PPI, Unit.MILLISECOND)
EDA = Stream("puck.eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)
RESP = Stream("belt.resp", Kind.RESP, Unit.RAW, 25.0)
TEMP = Stream("puck.temperature", Kind.SKIN_TEMP, Unit.CELSIUS, 1.0)


def names(wired: StandardGraph) -> set[str]:
    return {stream.name for stream in wired.graph.streams}


def test_all_sensors_give_all_signals() -> None:
    wired = standard_graph([TEMP, EDA, RRI, RESP, ECG])
    made = {stream.name: stream for stream in wired.graph.streams}

    assert wired.groups == SENSOR_GROUPS
    from_sensors = set(SIGNALS) - {"pacing.plv"}  # the session makes it: it knows the guide
    assert from_sensors <= set(made)
    assert all(made[name].axes == SIGNAL_AXES for name in from_sensors)
    assert all(made[name].unit is SIGNALS[name].unit for name in from_sensors)
    assert set(wired.quality.values()) <= set(made)


@pytest.mark.parametrize(
    ("streams", "best"),
    [((PPI, RRI, ECG), ECG), ((PPI, RRI), RRI), ((PPI,), PPI)],
)
def test_the_best_heart_sensor_is_taken(streams: tuple[Stream, ...], best: Stream) -> None:
    assert standard_graph(streams).sources["heart"] is best


def test_a_stream_that_cannot_be_used_gives_way_to_one_that_can() -> None:
    raw = Stream("cheap.eda", Kind.EDA, Unit.RAW, 100.0)

    wired = standard_graph([raw, EDA])

    assert wired.sources["eda"] is EDA
    assert [fault.where for fault in wired.refused] == ["cheap.eda"]


def test_no_usable_sensor_is_an_empty_group_not_a_failure() -> None:
    wired = standard_graph([TEMP, Stream("cheap.eda", Kind.EDA, Unit.RAW, 100.0)])
    wired.arousal.begin_baseline(0.0)
    wired.arousal.end_baseline(10.0)

    assert wired.groups == ()
    assert "arousal" not in names(wired)
    assert len(list(wired.graph.push(Chunk(TEMP, np.zeros(1), np.full((1, 1), 33.0))))) == 1


@pytest.mark.parametrize("only", [EDA, RESP, ECG])
def test_one_sensor_alone_is_enough_for_arousal(only: Stream) -> None:
    assert "arousal" in names(standard_graph([only]))


def ecg_wave(t: F64) -> F64:
    """Return a heart of 70 a minute, mV: enough of an R wave for a detector."""
    phase = (t * 70.0 / 60.0) % 1.0
    r = np.exp(-0.5 * ((phase - 0.3) / 0.012) ** 2)
    wave = 0.15 * np.exp(-0.5 * ((phase - 0.55) / 0.05) ** 2)
    noise = np.random.default_rng(1).normal(0.0, 0.01, t.size)
    return np.asarray(r + wave + noise, dtype=np.float64)


@lru_cache(maxsize=2)
def session(*, motion: bool) -> dict[str, F64]:
    """Seven minutes of strap, puck and belt; with ``motion`` the hand moves at 300 s."""
    seconds = 420
    wired = standard_graph([ECG, EDA, RESP])
    wired.arousal.begin_baseline(10.0)
    wired.arousal.end_baseline(190.0)
    t = {s.name: np.arange(0.0, seconds, 1.0 / (s.rate or 1.0)) for s in (ECG, EDA, RESP)}
    y = skin(8.0, 4, 0.003, 3, seconds=seconds).y
    if motion:
        hand = (t["puck.eda"] > 300.0) & (t["puck.eda"] < 303.0)
        y = np.where(hand, 0.02, y)
        y += (
            np.where(t["puck.eda"] > 303.0, 1.0, 0.0) * response(t["puck.eda"] - 303.0, 0.1, 3.0)[0]
        )
    x = {
        "strap.ecg": ecg_wave(t["strap.ecg"]),
        "puck.eda": y,
        "belt.resp": np.sin(2.0 * np.pi * 0.23 * t["belt.resp"]),
    }
    seen: dict[str, list[F64]] = {}
    for k in range(seconds * 4):
        for source in (ECG, EDA, RESP):
            rate = source.rate or 1.0
            cut = slice(round(k * rate / 4), round((k + 1) * rate / 4))
            chunk = Chunk(source, t[source.name][cut], x[source.name][cut, None])
            for made in wired.graph.push(chunk):
                if made.stream is not source:
                    seen.setdefault(made.stream.name, []).append(np.c_[made.t, made.x])
    return {name: np.vstack(rows) for name, rows in seen.items()}


def test_a_whole_session_at_rest_reads_what_was_put_in() -> None:
    seen = session(motion=False)

    assert seen["heart.rate"][-1, 1] == pytest.approx(70.0, abs=0.5)
    assert seen["resp.rate"][-1, 1] == pytest.approx(13.8, abs=0.3)
    assert seen["eda.scl_us"][-1, 2] > 0.9
    arousal = seen["arousal"]
    assert np.isnan(arousal[arousal[:, 0] <= 190.0, 1]).all()
    late = arousal[arousal[:, 0] > 195.0]
    assert not np.isnan(late[:, 1]).any()
    assert np.abs(late[:, 1]).max() < 2.0
    assert late[-1, 2] > 0.4


def test_a_moving_hand_never_lowers_arousal_beyond_its_doubt() -> None:
    clean, spoiled = session(motion=False), session(motion=True)

    told, sd = spoiled["arousal.detail"][:, 7], spoiled["arousal.detail"][:, 6]
    fall = clean["arousal.detail"][:, 7] - told - sd

    assert np.nanmax(fall) <= 0.0
