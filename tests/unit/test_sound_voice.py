import math
import pickle

import numpy as np
import pytest
from scipy import signal

from engine.errors import SoundError
from engine.sound.filters import svf, warp
from engine.sound.modes import pool, ring, sound_modes
from engine.sound.noise import seeded, white
from engine.sound.voice import BLOCK, RATE, Parameter, Voice
from engine.streams import F64
from tests.sound_kit import DT, VOICES, edge_ratio, needs_kernels, solo

pytestmark = pytest.mark.slow

EVERY_VOICE = pytest.mark.parametrize("voice", VOICES.values(), ids=lambda v: v.id)


def db(power: float) -> float:
    return 10 * math.log10(power + 1e-30)


def spectrum(x: F64) -> tuple[F64, F64]:
    f, p = signal.welch(x, RATE, nperseg=8192)
    return f, p


@EVERY_VOICE
def test_the_same_seed_gives_the_same_sound_bit_for_bit(voice: Voice) -> None:
    first, second, other = (solo(voice, 8 * DT, seed) for seed in (3, 3, 4))

    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@EVERY_VOICE
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_voice_is_finite_and_below_full_scale_at_its_extremes(voice: Voice, level: float) -> None:
    seconds = 40.0 if needs_kernels.args[0] is False else 4 * DT
    levels = {p.name: level for p in voice.parameters}

    x = solo(voice, seconds, levels=levels)

    assert np.isfinite(x).all()
    assert np.abs(x).max() < 1.0


@EVERY_VOICE
def test_a_voice_adds_to_what_is_there(voice: Voice) -> None:
    sounding, again = voice.make(RATE, 3), voice.make(RATE, 3)
    levels = np.array([p.default for p in voice.parameters])
    there, alone = np.full((2, BLOCK), 0.25), np.zeros((2, BLOCK))

    sounding.render(there, levels)
    again.render(alone, levels)

    assert np.allclose(there - 0.25, alone, atol=1e-12)


@EVERY_VOICE
def test_a_voice_travels_to_another_process(voice: Voice) -> None:
    copy = pickle.loads(pickle.dumps(voice))  # noqa: S301 - our own

    assert copy == voice
    assert np.array_equal(solo(copy, 2 * DT), solo(voice, 2 * DT))


@EVERY_VOICE
@needs_kernels
def test_blocks_of_a_voice_join_without_a_seam(voice: Voice) -> None:
    x = solo(voice, 30.0)

    for ear in x:
        assert 0.95 < edge_ratio(ear) < 1.06


@pytest.mark.parametrize("name", ["sea", "wind"])
@needs_kernels
def test_nature_is_wide_not_in_the_middle_of_the_head(name: str) -> None:
    x = solo(VOICES[name], 60.0)

    assert abs(np.corrcoef(x[0], x[1])[0, 1]) < 0.12


@EVERY_VOICE
@needs_kernels
def test_hardly_anything_lies_above_hearing_or_below_it(voice: Voice) -> None:
    f, p = spectrum(solo(voice, 30.0)[0])

    assert db(p[f > 20_000].sum() / p.sum()) < -60.0
    assert db(p[f < 20].sum() / p.sum()) < -20.0


@pytest.mark.parametrize(("name", "memory"), [("sea", 3.0), ("wind", 60.0)])  # gusts last 24 s
@needs_kernels
def test_nature_never_loops(name: str, memory: float) -> None:
    x = solo(VOICES[name], 240.0).mean(axis=0)
    envelope = np.sqrt((x[: x.size // 4800 * 4800].reshape(-1, 4800) ** 2).mean(axis=1))  # 0.1 s
    e = envelope - envelope.mean()

    correlation = signal.correlate(e, e, method="fft")[e.size - 1 :] / (e @ e)

    assert correlation[round(10 * memory) : e.size // 2].max() < 0.5


@needs_kernels
def test_the_waves_of_the_sea_cannot_be_counted() -> None:
    x = solo(VOICES["sea"], 300.0).mean(axis=0)
    envelope = np.sqrt((x[: x.size // 4800 * 4800].reshape(-1, 4800) ** 2).mean(axis=1))
    smooth = signal.sosfiltfilt(signal.butter(2, 0.5, fs=10, output="sos"), envelope)
    crests, _ = signal.find_peaks(smooth, prominence=0.4 * smooth.std(), distance=20)

    periods = np.diff(crests) / 10.0

    assert periods.std() / periods.mean() > 0.3
    assert 5.0 < periods.mean() < 14.0


@pytest.mark.parametrize(("name", "parameter"), [("sea", "size"), ("wind", "strength")])
@needs_kernels
def test_more_of_it_is_louder(name: str, parameter: str) -> None:
    quiet, loud = (solo(VOICES[name], 60.0, levels={parameter: v}) for v in (0.1, 0.9))

    assert db((loud**2).mean()) - db((quiet**2).mean()) > 3.0


def test_noise_is_white_and_centred() -> None:
    noise = seeded(1)

    x = np.array([white(noise) for _ in range(20_000)])

    assert abs(x.mean()) < 0.02
    assert x.std() == pytest.approx(3**-0.5, rel=0.02)
    lags = [float(x[:-k] @ x[k:] / (x @ x)) for k in range(1, 20)]
    assert np.abs(lags).max() < 0.03


def test_the_filter_is_the_bilinear_twin_of_the_analogue_one() -> None:
    k, g = 0.5, warp(1000.0)
    state = np.zeros(2)

    heard = np.array([svf(1.0 if n == 0 else 0.0, state, 0, g, k) for n in range(4096)])

    w = 2 * RATE * math.tan(math.pi * 1000.0 / RATE)
    analogue = (
        ([w * w], [1.0, k * w, w * w]),
        ([k * w, 0.0], [1.0, k * w, w * w]),
        ([1.0, 0.0, 0.0], [1.0, k * w, w * w]),
    )
    impulse = np.zeros(4096)
    impulse[0] = 1.0
    for column, (b, a) in enumerate(analogue):
        bz, az = signal.bilinear(b, a, RATE)
        assert np.allclose(heard[:, column], signal.lfilter(bz, az, impulse), atol=1e-9)


def test_a_full_pool_drops_a_tone_and_takes_none_away() -> None:
    tones = pool(2)

    taken = [ring(tones, 440.0, 0.5, 0.001, 0.1, 1.0, 1.0, 0.0, 0.0) for _ in range(3)]

    assert taken == [True, True, False]


def test_a_tone_has_the_pitch_and_the_onset_it_was_given() -> None:
    tones = pool(1)
    out = np.zeros((2, BLOCK))
    ring(tones, 1500.0, 10.0, 1e-5, 0.1, 1.0, 0.5, 40.0, 0.0)

    sound_modes(tones, out)

    n = np.arange(BLOCK - 40)
    decay = np.exp(-(n + 1) / (10.0 * RATE))
    expected = 0.1 * decay * np.sin(2 * np.pi * 1500.0 * n / RATE)
    assert not out[:, :40].any()
    assert np.allclose(out[0, 60:], expected[20:], atol=1e-6)
    assert np.allclose(out[1], 0.5 * out[0])


def test_a_default_outside_its_range_is_refused_where_it_is_written() -> None:
    with pytest.raises(SoundError, match=r"begins at 1\.5"):
        Voice("x", "x", "x", (Parameter("size", "大", "Size", 1.5),), VOICES["sea"].make)


def test_two_parameters_of_one_name_are_refused() -> None:
    twice = (Parameter("size", "大", "Size", 0.5),) * 2

    with pytest.raises(SoundError, match="one name"):
        Voice("x", "x", "x", twice, VOICES["sea"].make)
