"""Every recording of a real person becomes a CSV that the engine plays, value for value."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.store.recording import read_recording
from engine.store.replayed import ReplayedRecording

pytestmark = pytest.mark.slow

TOOL = Path(__file__).parents[2] / "tools" / "recordings_to_csv.py"


def convert(recordings: Path, name: str, out: Path) -> Path:
    subprocess.run(
        [sys.executable, TOOL, name, "--folder", recordings, "--out", out],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return out


def test_a_resting_recording_keeps_every_value(recordings: Path, tmp_path: Path) -> None:
    name = "neurokit/bio_resting_5min_100hz.npz"
    made = read_recording(convert(recordings, name, tmp_path / "rest.csv"))

    with np.load(recordings / name) as truth:
        for track, key in zip(made.tracks, ("ECG", "PPG", "RSP"), strict=True):
            assert np.array_equal(track.x[:, 0].astype(np.float32), truth[key])
    assert [t.stream.rate for t in made.tracks] == [100.0] * 3


def test_intervals_of_a_holter_keep_their_times(recordings: Path, tmp_path: Path) -> None:
    name = "nsr2db_toolbox/nsr004.npz"
    (track,) = read_recording(convert(recordings, name, tmp_path / "rr.csv")).tracks

    with np.load(recordings / name) as truth:
        beats = truth["beat_sample"] / float(truth["fs"])
    assert np.array_equal(track.t, beats[1:])
    np.testing.assert_allclose(track.x[:, 0], 1000.0 * np.diff(beats), atol=5e-4)


def test_intervals_of_a_strap_are_put_where_the_heart_beat(
    recordings: Path, tmp_path: Path
) -> None:
    name = "polar_h10_ibi/brennan.npz"
    (track,) = read_recording(convert(recordings, name, tmp_path / "rr.csv")).tracks

    with np.load(recordings / name) as truth:
        assert np.array_equal(track.x[:, 0], truth["rr_ms"])
        # Its stamps say when a phone got them: bundles of up to a second.
        np.testing.assert_allclose(np.diff(track.t), truth["rr_ms"][1:] / 1000.0, atol=1e-9)
        assert float(np.max(np.abs(track.t - truth["t_s"]))) < 2.5


def test_a_wrist_band_keeps_the_rate_of_each_of_its_signals(
    recordings: Path, tmp_path: Path
) -> None:
    path = convert(recordings, "stress_predict/S05.npz", tmp_path / "wrist.csv")
    source = ReplayedRecording({"file": str(path), "start": 60})

    assert {s.name: s.rate for s in source.streams} == {
        "bvp": 64.0, "eda": 4.0, "temp": 4.0, "acc": 32.0,
    }  # fmt: skip


@pytest.mark.slow
def test_every_recording_is_accepted(recordings: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, TOOL, "--all", "--folder", recordings, "--out", tmp_path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    made = [read_recording(path) for path in sorted(tmp_path.glob("*.csv"))]

    assert len(made) == len(list(recordings.glob("*/*.npz"))) - 1
    assert all(m.tracks and not m.ignored for m in made)
