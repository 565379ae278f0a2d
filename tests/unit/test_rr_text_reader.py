"""Lists of intervals are read in either unit; whatever is no interval is named by its line."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError, RecordingError
from engine.store.recording import Recording, read_recording
from engine.units import Kind
from tests.analysis_kit import write


def read(folder: Path, text: str, name: str = "rr.txt") -> Recording:
    return read_recording(write(folder / name, text))


def told(folder: Path, text: str, name: str = "rr.txt") -> str:
    with pytest.raises(AnlanError) as caught:
        read(folder, text, name)
    return str(caught.value)


@pytest.mark.parametrize("name", ["rr.txt", "rr.csv", "rr.rr", "rr.ibi"])
def test_intervals_in_milliseconds_add_up_to_time(tmp_path: Path, name: str) -> None:
    (track,) = read(tmp_path, "# my strap\n800\n810.5\n\n790\n", name).tracks

    assert track.stream.kind is Kind.RRI
    assert track.x[:, 0].tolist() == [800.0, 810.5, 790.0]
    assert track.t.tolist() == pytest.approx([0.8, 1.6105, 2.4005])


def test_intervals_in_seconds_are_known_by_their_size(tmp_path: Path) -> None:
    (track,) = read(tmp_path, "0.8\n0.81\n0.79\n").tracks

    assert track.x[:, 0] == pytest.approx([800.0, 810.0, 790.0])


def test_a_line_may_say_the_unit(tmp_path: Path) -> None:
    (track,) = read(tmp_path, "# unit=ms\n120\n130\n125\n").tracks

    assert track.x[:, 0].tolist() == [120.0, 130.0, 125.0]


def test_a_unit_that_cannot_be_guessed_is_asked_for(tmp_path: Path) -> None:
    assert "neither in ms nor in s" in told(tmp_path, "60\n61\n62\n")


def test_words_among_the_intervals_are_named_by_line(tmp_path: Path) -> None:
    said = told(tmp_path, "800\n810\npause here\n790\noops\n")

    assert "line 3" in said
    assert "'pause here'" in said
    assert "line 5" in said


@pytest.mark.parametrize("cell", ["0", "-800", "nan", "inf"])
def test_an_impossible_interval_is_refused(tmp_path: Path, cell: str) -> None:
    assert "line 2" in told(tmp_path, f"800\n{cell}\n790\n")


def test_a_decimal_comma_is_understood(tmp_path: Path) -> None:
    (track,) = read(tmp_path, "800\n810,5\n790\n").tracks

    assert track.x[:, 0].tolist() == [800.0, 810.5, 790.0]


def test_two_numbers_on_a_line_are_explained(tmp_path: Path) -> None:
    assert "more than one number" in told(tmp_path, "800\n810 790\n790\n")


def test_a_hundred_bad_lines_are_told_in_few(tmp_path: Path) -> None:
    assert "and 90 more" in told(tmp_path, "800\n" + "x\n" * 100)


def test_one_interval_is_too_few(tmp_path: Path) -> None:
    assert "one interval only" in told(tmp_path, "800\n")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is empty"):
        read(tmp_path, "", "rr.rr")


def test_a_table_is_still_read_as_a_table(tmp_path: Path) -> None:
    rows = "".join(f"{np.sin(k):.3f}\n" for k in range(100))

    (track,) = read(tmp_path, "# rate=250\necg[mV]\n" + rows, "e.txt").tracks

    assert track.stream.kind is Kind.ECG
