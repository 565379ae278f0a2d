import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from engine.errors import SoundError
from engine.sound.voice import RATE
from engine.sound.wav import WavFile
from engine.streams import F64


def tone(n: int, level: float = 0.5) -> F64:
    x = level * np.sin(2 * np.pi * 440 * np.arange(n) / RATE)
    return np.vstack((x, -x))


def read(path: Path) -> F64:
    rate, frames = wavfile.read(path)
    assert rate == RATE
    made: F64 = frames.T / 32767.0
    return made


def test_what_is_written_is_read_back_within_the_dither(tmp_path: Path) -> None:
    wav = WavFile(tmp_path / "a.wav", seed=1)

    wav.write(tone(1000), 0)
    wav.close()

    assert np.abs(read(wav.path) - tone(1000)).max() <= 1.51 / 32767
    with wave.open(str(wav.path)) as standard:
        assert (standard.getnchannels(), standard.getsampwidth()) == (2, 2)


def test_a_file_is_readable_at_any_moment_without_being_closed(tmp_path: Path) -> None:
    wav = WavFile(tmp_path / "a.wav", seed=1)

    for second in range(3):
        wav.write(tone(RATE), second * RATE)
        x = read(wav.path)

        assert x.shape[1] >= second * RATE
        assert x.shape[1] <= (second + 1) * RATE
    wav.close()


def test_a_gap_is_silence_and_what_follows_is_in_its_place(tmp_path: Path) -> None:
    wav = WavFile(tmp_path / "a.wav", seed=1)

    wav.write(tone(100), 0)
    wav.write(tone(100), 5000)
    wav.close()

    x = read(wav.path)
    assert x.shape == (2, 5100)
    assert not x[:, 100:5000].any()
    assert np.abs(x[:, 5000:] - tone(100)).max() <= 1.51 / 32767


def test_a_file_left_by_a_killed_process_is_continued_in_time(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    killed = WavFile(path, seed=1)
    killed.write(tone(RATE), 0)
    killed.write(tone(500), RATE)  # not in the header yet
    with path.open("ab") as torn:
        torn.write(b"\x01")  # half a frame

    killed._file.close()

    again = WavFile(path, seed=1)
    again.write(tone(100), 2 * RATE)
    again.close()

    x = read(path)
    assert x.shape == (2, 2 * RATE + 100)
    assert not x[:, RATE + 500 : 2 * RATE].any()


def test_what_has_been_heard_is_not_written_over(tmp_path: Path) -> None:
    wav = WavFile(tmp_path / "a.wav", seed=1)

    wav.write(tone(100), 0)
    wav.write(np.zeros((2, 100)), 50)
    wav.close()

    x = read(wav.path)
    assert x.shape == (2, 150)
    assert np.abs(x[:, :100] - tone(100)).max() <= 1.51 / 32767


def test_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    wav = WavFile(tmp_path / "a.wav", seed=1)

    wav.write(np.array([[2.0], [-2.0]]), 0)
    wav.close()

    assert read(wav.path)[:, 0].tolist() == pytest.approx([1.0, -1.0], abs=1e-4)


def test_the_dither_leaves_no_trace_of_the_signal_in_the_error(tmp_path: Path) -> None:
    wav = WavFile(tmp_path / "a.wav", seed=1)
    quiet = tone(RATE, level=0.6 / 32767)  # less than one step

    wav.write(quiet, 0)
    wav.close()

    error = read(wav.path) - quiet
    assert abs(np.corrcoef(error[0], quiet[0])[0, 1]) < 0.02


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.wav").mkdir()

    with pytest.raises(SoundError, match=r"a\.wav: cannot be written"):
        WavFile(tmp_path / "a.wav", seed=1)
