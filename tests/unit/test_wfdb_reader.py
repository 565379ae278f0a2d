"""PhysioNet records come back count for count, and a damaged one is refused."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError, RecordingError
from engine.store.recording import read_recording
from engine.units import Kind
from tests.recorded_files import I64, wfdb

RNG = np.random.default_rng(1)


def counts(n: int, low: int = -100, high: int = 100) -> I64:
    return RNG.integers(low, high, n)


@pytest.mark.parametrize("form", ["16", "24", "32", "61", "80", "160", "212"])
def test_every_format_comes_back_exactly(tmp_path: Path, form: str) -> None:
    first, second = counts(1001), counts(1001)
    header = wfdb(tmp_path, [("MLII", first), ("RESP", second)], form, 360.0)

    ecg, resp = read_recording(header).tracks

    assert (ecg.stream.name, ecg.stream.rate) == ("ecg", 360.0)
    assert resp.stream.kind is Kind.RESP
    assert np.array_equal(ecg.x[:, 0], (first - 10) / 200.0)
    assert np.array_equal(resp.x[:, 0], (second - 10) / 200.0)


def test_the_ends_of_the_twelve_bit_range_keep_their_sign(tmp_path: Path) -> None:
    made = np.array([-2047, 2047, -1, 0, 1, 1024, -1024], dtype=np.int64)

    (ecg,) = read_recording(wfdb(tmp_path, [("V5", made)], "212")).tracks

    assert np.array_equal(ecg.x[:, 0], (made - 10) / 200.0)


def test_the_signal_file_leads_to_its_header(tmp_path: Path) -> None:
    wfdb(tmp_path, [("II", counts(100))], "16")

    assert len(read_recording(tmp_path / "r.dat").tracks) == 1


def test_missing_samples_are_missing(tmp_path: Path) -> None:
    made = counts(100)
    made[7] = -32768

    (ecg,) = read_recording(wfdb(tmp_path, [("ECG", made)], "16")).tracks

    assert np.flatnonzero(np.isnan(ecg.x[:, 0])).tolist() == [7]


def test_two_leads_have_two_names_and_unknown_signals_are_told(tmp_path: Path) -> None:
    made = read_recording(
        wfdb(tmp_path, [("MLII", counts(99)), ("V1", counts(99)), ("ABP", counts(99))], "16")
    )

    assert [track.stream.name for track in made.tracks] == ["ecg", "ecg_2"]
    assert made.ignored == ("signal 'ABP' is not known",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace(" 250 ", " fast "), "no WFDB header"),
        (lambda text: text.replace("r 1", "r/3 1"), "snip -i r -n joined"),
        (lambda text: text.replace("dat 16", "dat 310"), "format 310"),
        (lambda text: text.replace("r.dat", "../r.dat"), "elsewhere"),
        (lambda text: text.replace("r.dat", "gone.dat"), "gone.dat"),
        (lambda text: text.replace("r 1 250 100", "r 1 250 200"), "cut short"),
        (lambda text: text.replace("r 1 ", "r 9 "), "describes 1"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, change: object, said: str) -> None:
    header = wfdb(tmp_path, [("II", counts(100))], "16")
    assert callable(change)
    header.write_text(change(header.read_text("ascii")), encoding="ascii")

    with pytest.raises(AnlanError, match=said):
        read_recording(header)


def test_an_altered_sample_is_noticed(tmp_path: Path) -> None:
    header = wfdb(tmp_path, [("II", counts(100))], "16")
    raw = bytearray((tmp_path / "r.dat").read_bytes())
    raw[50] ^= 4
    (tmp_path / "r.dat").write_bytes(raw)

    with pytest.raises(RecordingError, match="checksum"):
        read_recording(header)


def test_a_lone_signal_file_asks_for_its_header(tmp_path: Path) -> None:
    (tmp_path / "r.dat").write_bytes(b"1234")

    with pytest.raises(RecordingError, match="needs its header"):
        read_recording(tmp_path / "r.dat")
