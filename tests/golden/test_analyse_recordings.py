"""The analysis of real recordings agrees with labels and with the definitions of its indices."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from engine.analysis import analyse
from engine.dsp import rr_layout as at
from engine.dsp.jit import COMPILED
from engine.store.recording import Recording, read_recording
from tests.analysis_kit import of_intervals
from tests.recorded_files import wfdb
from tests.synthetic_heart import matched
from tools.recordings_to_csv import convert

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")

RESTING = "neurokit/bio_resting_5min_100hz.npz"


def as_csv(recordings: Path, name: str, folder: Path) -> Recording:
    target = folder / "r.csv"
    convert(recordings / name, name, target)
    return read_recording(target)


def test_five_minutes_take_less_than_two_seconds(recordings: Path, tmp_path: Path) -> None:
    recording = as_csv(recordings, RESTING, tmp_path)
    analyse(recording)

    begin = time.process_time()
    analyse(recording)

    assert time.process_time() - begin < 2.0


@pytest.mark.slow
def test_clean_intervals_of_a_person_give_the_defined_values(recordings: Path) -> None:
    reference = json.loads((recordings / "reference_hrv.json").read_text("utf-8"))
    compared = 0
    for case in reference["cases"]:
        name = case["case"].partition("/")[2]
        path = recordings / f"{name}.npz"
        if not name.startswith(("rr_healthy", "polar", "bartels")) or not path.is_file():
            continue
        with np.load(path) as arrays:
            ms = arrays["rr_ms"].astype(np.float64)
        t = np.cumsum(ms) / 1000.0
        # As the references have it: the intervals that end inside the window.
        inside = (t > case["t0_s"]) & (t <= case["t0_s"] + case["dur_s"])
        defined = case["definition"]
        if np.count_nonzero(inside) != defined["n"]:
            continue
        analysis = analyse(of_intervals(ms[inside]))
        if np.any(analysis.found.code != at.NORMAL):
            continue
        told = analysis.whole.metrics
        compared += 1
        for metric, value in (("mean_nn_ms", defined["MeanNN"]), ("sdnn_ms", defined["SDNN"]),
                              ("rmssd_ms", defined["RMSSD"])):  # fmt: skip
            assert told[metric].value == pytest.approx(value, rel=1e-6), (name, metric)

    assert compared >= 3


@pytest.mark.slow
def test_beats_of_a_physionet_record_are_where_experts_put_them(
    recordings: Path, tmp_path: Path
) -> None:
    with np.load(recordings / "mitdb" / "mitdb_100.npz") as arrays:
        counts = arrays["ecg_adu"][:, 0].astype(np.int64) - 1014
        rate = float(arrays["fs"])
        labelled = np.array(arrays["beat_sample"], np.float64) / rate
    found = analyse(read_recording(wfdb(tmp_path, [("MLII", counts)], "212", rate))).beats
    labelled = labelled[labelled > 5.0]

    both, missed, made_up = matched(labelled, found[found > 4.85], 0.15)

    assert both / (both + missed) > 0.999
    assert made_up <= 2


@pytest.mark.parametrize(
    "name", ["neurokit/bio_eventrelated_100hz.npz", "biosppy/ppg.npz", "heartpy_ppg/data2.npz",
             "polar_h10_ibi/brennan.npz", "rr_injected/healthy_000_05pct.npz"],
)  # fmt: skip
def test_recordings_of_all_kinds_give_a_plausible_heart(
    recordings: Path, tmp_path: Path, name: str
) -> None:
    analysis = analyse(as_csv(recordings, name, tmp_path))

    assert 40.0 < analysis.whole.metrics["hr_bpm"].value < 140.0


def test_artefacts_put_in_are_found_and_repaired(recordings: Path, tmp_path: Path) -> None:
    clean = as_csv(recordings, "rr_healthy/healthy_000.npz", tmp_path)
    spoilt = analyse(as_csv(recordings, "rr_injected/healthy_000_05pct.npz", tmp_path))
    (track,) = clean.tracks
    same = track.t <= spoilt.heard.lasts

    true = analyse(of_intervals(track.x[same, 0])).whole.metrics["rmssd_ms"].value

    assert spoilt.whole.metrics["rmssd_ms"].value == pytest.approx(true, rel=0.1)
    assert spoilt.whole.corrected > 0.04
