"""The ladder is heard: soft, quiet, different down and up, and nothing that clicks or alarms."""

import numpy as np
import pytest
from scipy import signal

from engine.sound.loudness import STATE, lufs, weighted_power
from engine.sound.sign import HIGH, LOW, StepSign
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64
from tests.sound_kit import DT, edge_ratio, mixer, needs_kernels, play, row

DOWN, UP = -1.0, 1.0


def signed(number: float, seconds: float = 4.0) -> F64:
    """The sign by itself, ``(2, n)``; it begins with the second block."""
    made, out = StepSign(), np.zeros((2, BLOCK))
    heard: list[F64] = []
    for k in range(round(seconds / DT)):
        made.render(out, number if k else 0.0)
        heard.append(out.copy())
    return np.concatenate(heard, axis=1)


def loudest(x: F64) -> float:
    """Momentary loudness (0.4 s) where it is highest, LUFS."""
    weighting = np.zeros(STATE)
    powers = [
        weighted_power(np.ascontiguousarray(x[:, k : k + BLOCK]), weighting)
        for k in range(0, x.shape[1] - BLOCK + 1, BLOCK)
    ]
    n = round(0.4 / DT)
    return lufs(float(np.convolve(powers, np.ones(n) / n, "valid").max()))


def pitch(x: F64, begin: float, end: float) -> float:
    """The strongest frequency from ``begin`` to ``end`` s, Hz."""
    piece = x.mean(axis=0)[round(begin * RATE) : round(end * RATE)]
    power = np.abs(np.fft.rfft(piece * np.hanning(piece.size), 8 * piece.size))
    hertz: float = int(np.argmax(power)) * RATE / (8 * piece.size)
    return hertz


@pytest.mark.parametrize(("number", "first", "second"), [(DOWN, HIGH, LOW), (UP, LOW, HIGH)])
def test_a_step_down_sinks_and_a_step_up_rises(number: float, first: float, second: float) -> None:
    x = signed(number)

    assert pitch(x, 0.05, 0.4) == pytest.approx(first, rel=0.02)
    assert pitch(x, 1.2, 2.2) == pytest.approx(second, rel=0.02)


@pytest.mark.parametrize("number", [DOWN, UP])
def test_it_is_quiet_and_begins_and_ends_softly(number: float) -> None:
    x = signed(number, 8.0)
    envelope = np.abs(signal.hilbert(x[0]))[: round(0.45 * RATE)]
    rises = np.argmax(envelope > 0.9 * envelope.max()) - np.argmax(envelope > 0.1 * envelope.max())
    f, power = signal.welch(x[0], RATE, nperseg=8192)

    assert 20.0 * np.log10(np.abs(x).max()) < -28.0
    assert loudest(x) < -31.0  # a place lies at -23
    assert rises / RATE > 0.08
    assert np.abs(x[:, -BLOCK:]).max() < 1e-6
    assert 10.0 * np.log10(power[f > 2000.0].sum() / power.sum()) < -70.0
    assert 0.95 <= edge_ratio(x[0, : 2 * RATE]) <= 1.06


def test_nothing_is_heard_without_a_step_and_the_first_number_known_is_none() -> None:
    made, out = StepSign(), np.zeros((2, BLOCK))
    heard = 0.0
    for number in (np.nan, -3.0, -3.0, np.nan, -3.0):
        made.render(out, number)
        heard = max(heard, float(np.abs(out).max()))

    assert heard == 0.0


def test_two_steps_in_a_row_are_two_signs() -> None:
    made, out = StepSign(), np.zeros((2, BLOCK))
    sounding = []
    for number in (0.0, -1.0, -2.0, 3.0):
        made.render(out, number)
        sounding.append(int(np.count_nonzero(made._tones[:, 0])))

    assert sounding == [0, 4, 8, 8]  # a full pool drops the third: better than a click


def in_band(x: F64, hertz: float) -> F64:
    """Mean square in a semitone around ``hertz``, of each 0.4 s of one ear."""
    sos = signal.butter(2, [hertz / 1.06, hertz * 1.06], "band", fs=RATE, output="sos")
    y, n = signal.sosfiltfilt(sos, x[0]), round(0.4 * RATE)
    made: F64 = (y[: y.size // n * n].reshape(-1, n) ** 2).mean(axis=1)
    return made


@needs_kernels
@pytest.mark.slow
@pytest.mark.parametrize("swell", [0.1, 0.8])
def test_it_is_heard_over_the_place_and_makes_it_hardly_louder(swell: float) -> None:
    place = play(mixer(), 50.0, row(swell=swell))[:, 10 * RATE :]
    sign = signed(DOWN, 1.6)
    louder = place[:, : 2 * RATE].copy()
    louder[:, : sign.shape[1]] += sign

    for hertz, begin in ((HIGH, 0.05), (LOW, 0.5)):
        note = float(in_band(sign[:, round(begin * RATE) :], hertz)[0])
        over = 10.0 * np.log10(note / in_band(place, hertz))  # at a hundred moments
        assert np.median(over) > 6.0
        assert np.mean(over > 3.0) > 0.8
        assert np.mean(over > 0.0) > 0.95
    assert loudest(louder) - loudest(place[:, : 2 * RATE]) < 1.0


@needs_kernels
def test_the_mix_plays_it_once_and_as_loud_as_the_room_is() -> None:
    def heard(volume: float, sign: int) -> F64:
        mix = mixer()
        shown = row(scene=2, guide=0.0, volume=volume)  # nothing else sounds there
        play(mix, 2.0, shown)
        shown = row(scene=2, guide=0.0, volume=volume, sign=sign)
        return play(mix, 6.0, shown, start=2.0)

    full, half = heard(1.0, -1), heard(0.5, -1)

    assert not heard(1.0, 0).any()
    assert 20.0 * np.log10(np.abs(full).max()) == pytest.approx(-28.3, abs=0.5)
    assert np.abs(half).max() / np.abs(full).max() == pytest.approx(0.5**1.5, rel=0.02)
    assert np.abs(full[:, 5 * RATE :]).max() < 1e-4
