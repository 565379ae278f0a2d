"""What the sensors would draw agrees with the body behind it."""

import numpy as np
import pytest
from scipy import signal

from engine.dsp.jit import COMPILED
from engine.streams import F64, Stream
from engine.twin.body import Body, Stretch
from engine.twin.feed import waveform_for
from engine.twin.person import MEDIAN
from engine.twin.waveforms import AHEAD
from engine.units import Kind, Unit

LASTS = 60.0 if COMPILED else 8.0


def drawn(stream: Stream, seed: int = 1) -> tuple[F64, F64, Stretch]:
    body = Body(MEDIAN, seed)
    stretch = body.advance(LASTS + AHEAD)
    t, x = waveform_for(stream).take(body, LASTS)
    return t, x[:, 0], stretch


@pytest.mark.parametrize("rate", [100.0, 130.0, 250.0, 1000.0])
def test_an_independent_peak_search_finds_every_r_where_the_body_beat(rate: float) -> None:
    t, x, stretch = drawn(Stream("ecg", Kind.ECG, Unit.MILLIVOLT, rate))

    peaks, _ = signal.find_peaks(x, height=0.5, distance=int(0.25 * rate))

    true = stretch.beat_t[(stretch.beat_t > 0.05) & (stretch.beat_t < LASTS - 0.05)]
    found = t[peaks[(t[peaks] > 0.05) & (t[peaks] < LASTS - 0.05)]]
    assert len(found) == len(true)
    assert np.abs(found - true).max() <= 0.5 / rate + 0.003


def test_the_p_wave_stands_before_its_r_even_at_the_edge_of_what_was_read() -> None:
    stream = Stream("ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)
    whole, x, stretch = drawn(stream)
    body, probe, pieces = Body(MEDIAN, 1), waveform_for(stream), []
    for until in np.append(stretch.beat_t[1:-1] - 0.2, LASTS).tolist():
        body.advance(until + AHEAD)
        pieces.append(probe.take(body, until)[1][:, 0])

    assert np.array_equal(np.concatenate(pieces), x)
    beat = stretch.beat_t[3]
    p_wave = x[(whole > beat - 0.22) & (whole < beat - 0.10)].max()
    assert p_wave > x[(whole > beat - 0.40) & (whole < beat - 0.30)].mean() + 0.08


def test_every_pulse_follows_its_beat_by_the_same_way_of_the_blood() -> None:
    t, x, stretch = drawn(Stream("ppg", Kind.PPG, Unit.RAW, 64.0))

    peaks, _ = signal.find_peaks(x, prominence=0.5)

    beats = stretch.beat_t[1:-2]
    after = np.array([t[peaks][t[peaks] > beat][0] - beat for beat in beats])
    assert abs(np.median(after) - (MEDIAN.pulse_delay + 0.13)) < 0.03
    assert after.std() < 0.015


def test_slow_signals_are_the_body_itself_without_noise() -> None:
    body = Body(MEDIAN, 1)
    stretch = body.advance(LASTS + AHEAD)

    t, eda = waveform_for(Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 8.0), noise=0.0).take(
        body, LASTS
    )
    u, belt = waveform_for(Stream("resp", Kind.RESP, Unit.RAW, 25.0), noise=0.0).take(body, LASTS)

    later = t > 0.1
    assert np.allclose(eda[later, 0], np.interp(t[later], stretch.t, stretch.eda_us), atol=1e-12)
    later = u > 0.1
    assert np.allclose(belt[later, 0], np.interp(u[later], stretch.t, stretch.volume_l), atol=1e-12)
