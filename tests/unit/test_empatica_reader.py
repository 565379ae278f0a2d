"""A wrist band's folder or zip becomes one recording on one clock."""

from pathlib import Path

import numpy as np
import pytest

from engine.analysis import analyse
from engine.dsp.jit import COMPILED
from engine.errors import AnlanError
from engine.store.recording import read_recording
from tests.pulse_truth import finger
from tests.recorded_files import empatica


@pytest.mark.parametrize("zipped", [False, True])
def test_all_streams_share_one_clock(tmp_path: Path, zipped: bool) -> None:  # noqa: FBT001
    made = read_recording(empatica(tmp_path, zipped=zipped))

    there = {track.stream.name: track for track in made.tracks}
    assert set(there) == {"bvp", "eda", "temp", "acc", "ibi"}
    assert there["bvp"].t[0] == 0.0
    assert there["eda"].t[0] == 2.0
    assert there["eda"].stream.rate == 4.0
    assert there["acc"].x[0].tolist() == [0.0, 0.0, 1.0]
    assert there["ibi"].x[:, 0] == pytest.approx(np.full(55, 60_000 / 70), rel=1e-6)


def read_from(folder: Path, off_by: float) -> str:
    """Return which of its signals a heart of 70 a minute was read from, once it is heard so."""
    analysis = analyse(read_recording(folder))
    (told,) = (r for r in analysis.remarks if r.code == "heart_read_from")

    assert analysis.whole.metrics["hr_bpm"].value == pytest.approx(70.0, abs=off_by)
    return told.words.en


def test_the_band_can_be_analysed(tmp_path: Path) -> None:
    """Its list lacks beats, but its light is of a shape no pulse has."""
    told = read_from(empatica(tmp_path, zipped=True), off_by=0.1)

    assert told == "The heart was read from 'ibi'; 'bvp' was not used for it."


@pytest.mark.skipif(not COMPILED, reason="minutes without compiled kernels")
def test_light_is_read_where_the_bands_own_list_leaves_beats_out(tmp_path: Path) -> None:
    folder = empatica(tmp_path, zipped=False)
    light = [f"{100.0 * v:.2f}" for v in finger(64.0, 1, seconds=60.0, heart=70.0).x]
    (folder / "BVP.csv").write_text("\n".join(["1600000000.0", "64.0", *light]) + "\n")
    told = (folder / "IBI.csv").read_text(encoding="utf-8").splitlines()
    (folder / "IBI.csv").write_text("\n".join(told[:20]) + "\n", encoding="utf-8")

    assert read_from(folder, off_by=1.0) == (
        "The heart was read from 'bvp'; 'ibi' was not used for it: the device's own intervals "
        "leave too many beats out."
    )


def test_empty_files_are_left_out(tmp_path: Path) -> None:
    folder = empatica(tmp_path, zipped=False)
    (folder / "IBI.csv").write_text("1600000000.000000, IBI\n", encoding="utf-8")
    (folder / "TEMP.csv").write_text("", encoding="utf-8")

    made = read_recording(folder)

    assert set(made.ignored) == {"IBI.csv holds nothing", "TEMP.csv holds nothing"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EDA.csv", "1600000000\n4.0\n2.0\noops\n"),
        ("EDA.csv", "1600000000\n0.0\n2.0\n2.0\n2.0\n"),
        ("EDA.csv", "1600000000\n4.0\n2.0\n1e9\n2.0\n"),
        ("IBI.csv", "1600000000, IBI\n5.0,0.8\n4.0,0.8\n"),
        ("IBI.csv", "soon, IBI\n5.0,0.8\n6.0,0.8\n"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, text: str) -> None:
    folder = empatica(tmp_path, zipped=False)
    (folder / name).write_text(text, encoding="utf-8")

    with pytest.raises(AnlanError, match=name):
        read_recording(folder)


def test_a_zip_that_is_none_and_a_zip_of_something_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK not really")

    with pytest.raises(AnlanError, match="damaged zip"):
        read_recording(tmp_path / "a.zip")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(AnlanError, match="holds no recording we read"):
        read_recording(tmp_path / "folder")
