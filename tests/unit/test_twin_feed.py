"""Any driver's streams can be fed from a body: kind, unit and rate are enough."""

import numpy as np
import pytest

from engine.errors import ConfigError
from engine.streams import Stream
from engine.twin.body import Body
from engine.twin.feed import GAINS, INTERVALS, Feed, waveform_for
from engine.twin.person import MEDIAN
from engine.twin.waveforms import AHEAD
from engine.units import Kind, Unit

PLAUSIBLE = {
    (Kind.ECG, Unit.MILLIVOLT): (-0.6, 1.5),
    (Kind.ECG, Unit.RAW): (-600.0, 1500.0),
    (Kind.PPG, Unit.RAW): (-0.5, 2.0),
    (Kind.PPG, Unit.LEVEL): (-0.5, 2.0),
    (Kind.RRI, Unit.MILLISECOND): (500.0, 1500.0),
    (Kind.RRI, Unit.SECOND): (0.5, 1.5),
    (Kind.PPI, Unit.MILLISECOND): (500.0, 1500.0),
    (Kind.PPI, Unit.SECOND): (0.5, 1.5),
    (Kind.EDA, Unit.MICROSIEMENS): (3.0, 12.0),
    (Kind.EDA, Unit.RAW): (300.0, 1200.0),
    (Kind.RESP, Unit.RAW): (-1.5, 1.5),
    (Kind.RESP, Unit.LEVEL): (-1.5, 1.5),
    (Kind.SKIN_TEMP, Unit.CELSIUS): (31.0, 34.0),
    (Kind.ACC, Unit.G): (-0.1, 1.1),
    (Kind.ACC, Unit.RAW): (-100.0, 1100.0),
    (Kind.SPO2, Unit.PERCENT): (95.0, 100.0),
    (Kind.BATTERY, Unit.PERCENT): (1.0, 100.0),
    (Kind.ANGLE, Unit.DEGREE): (10.0, 10.0),
}


@pytest.mark.parametrize(("kind", "unit"), sorted(GAINS))
def test_every_kind_arrives_on_its_grid_within_plausible_values(kind: Kind, unit: Unit) -> None:
    rate = None if kind in INTERVALS else 20.0
    axes = ("x", "y", "z") if kind is Kind.ACC else ("value",)
    stream = Stream("it", kind, unit, rate, axes=axes)
    body = Body(MEDIAN, 2)
    body.advance(12.0 + AHEAD)

    t, x = waveform_for(stream).take(body, 12.0)

    low, high = PLAUSIBLE[kind, unit]
    assert x.shape == (len(t), len(axes))
    assert (np.diff(t) > 0.0).all()
    assert low <= x.min() <= x.max() <= high
    if rate is not None:
        assert np.array_equal(t, np.arange(241) / 20.0)


def test_intervals_are_stamped_at_the_later_r_peak() -> None:
    body = Body(MEDIAN, 2)
    stretch = body.advance(10.0 + AHEAD)

    t, x = waveform_for(Stream("rr", Kind.RRI, Unit.MILLISECOND)).take(body, 10.0)

    true = stretch.beat_t[stretch.beat_t <= 10.0]
    assert np.array_equal(t, true[1:])
    assert np.allclose(x[:, 0], 1e3 * np.diff(true))


def test_pulse_intervals_follow_the_r_intervals_closely() -> None:
    body = Body(MEDIAN, 2)
    body.advance(12.0 + AHEAD)

    _, rr = waveform_for(Stream("rr", Kind.RRI, Unit.MILLISECOND)).take(body, 12.0)
    _, pp = waveform_for(Stream("pp", Kind.PPI, Unit.MILLISECOND)).take(body, 12.0)

    n = min(len(rr), len(pp))
    assert np.abs(rr[:n] - pp[:n]).max() < 10.0


def test_a_slow_quantity_without_a_rate_comes_once_in_a_while() -> None:
    body = Body()
    body.advance(5.0 + AHEAD)

    t, _ = waveform_for(Stream("temp", Kind.SKIN_TEMP, Unit.CELSIUS)).take(body, 5.0)

    assert np.array_equal(t, np.arange(6.0))


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (Stream("hr", Kind.DERIVED, Unit.PER_MINUTE), "never comes from a body"),
        (Stream("ecg", Kind.ECG, Unit.CELSIUS, 250.0), "use mV or raw"),
        (Stream("ecg", Kind.ECG, Unit.MILLIVOLT), "declare rate"),
    ],
)
def test_a_stream_no_body_can_feed_is_refused_with_advice(stream: Stream, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        waveform_for(stream)


def test_a_sample_arrives_no_earlier_than_its_declared_latency() -> None:
    stream = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 8.0, latency=0.5)
    body = Body()
    feed = Feed(body, [stream])
    body.advance(3.0 + AHEAD)

    first = feed.read(2.0)
    second = feed.read(3.0)

    assert first[0].t[-1] == 1.5
    assert second[0].t[0] == 1.625
    assert second[0].t[-1] == 2.5


def test_two_sensors_of_one_kind_have_noise_of_their_own() -> None:
    body = Body()
    body.advance(3.0 + AHEAD)

    a, b = Feed(
        body, [Stream(name, Kind.EDA, Unit.MICROSIEMENS, 8.0) for name in ("left", "right")]
    ).read(3.0)

    assert not np.array_equal(a.x, b.x)
    assert np.abs(a.x - b.x).max() < 0.05
