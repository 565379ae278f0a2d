"""Repaired intervals against truth: labels of real hearts, artefacts put into clean ones."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.analysis import analyse
from engine.dsp import rr_layout as at
from engine.dsp.rr_repair import LONGEST_MS, RrClassifier
from engine.store.recording import Recording, Track
from engine.streams import F64, Stream
from engine.units import Kind, Unit

# Mean error of RMSSD that artefacts at this share of beats may leave, %.
INJECTED = {"01": 1.0, "03": 4.0, "05": 6.0, "10": 12.0}


def judged(rr_ms: F64) -> F64:
    classifier = RrClassifier()
    rows = []
    for x in rr_ms:
        rows.append(classifier.push(float(x)).copy())
        if not 0.0 < x <= LONGEST_MS:
            rows.append(np.array([[float(at.GAP), x, 0.0, 0.0, 0.0]]))
    return np.concatenate([*rows, classifier.interrupt().copy()])


def rms(x: F64) -> float:
    return float(np.sqrt(np.mean(np.square(x))))


def rmssd(rr_ms: F64, rows: F64) -> float:
    return rms(np.diff(rr_ms)[rows[1:, at.DIFFERENCE_OK] > 0])


def rate(rows: F64) -> float:
    beats = rows[:, at.STANDS_FOR]
    return float(60000.0 * beats.sum() / (beats * rows[:, at.NN]).sum())


def flags(rows: F64) -> NDArray[np.bool_]:
    return ~np.isin(rows[:, at.CODE], (at.NORMAL, at.LEARN))


@pytest.mark.parametrize("share", sorted(INJECTED))
def test_injected_artefacts_leave_little_error(recordings: Path, share: str) -> None:
    rmssd_errors = []
    rate_errors = []
    for file in sorted((recordings / "rr_injected").glob(f"*_{share}pct.npz")):
        with np.load(file) as kept:
            clean, corrupt = np.diff(kept["clean_beat_ms"]), np.diff(kept["corrupt_beat_ms"])

        rows = judged(corrupt)

        # Neither counts the first intervals, which are learned from.
        true = rms(np.diff(clean)[at.RING - 2 :])
        rmssd_errors.append(100.0 * abs(rmssd(corrupt, rows) / true - 1.0))
        rate_errors.append(abs(rate(rows) - 60000.0 / clean.mean()))
    assert max(rate_errors) < 0.1
    assert np.mean(rmssd_errors) <= INJECTED[share]


@pytest.mark.parametrize(("record", "least"), [("ltdb_14046", 0.96), ("ltdb_14172", 0.98)])
def test_frequent_early_beats_of_real_hearts_are_found(
    recordings: Path, record: str, least: float
) -> None:
    with np.load(recordings / "ltdb_rr" / f"{record}.npz") as kept:
        rr = 1000.0 * np.diff(kept["beat_sample"]) / float(kept["fs"])
        normal = np.isin(kept["beat_symbol"], ["N", "L", "R", "/", "B"])

    flag = flags(judged(rr))

    early = np.flatnonzero(~normal[1:])
    early = early[(early >= at.RING) & (early < rr.size - 3)]
    untouched = normal[1:] & normal[:-1]
    # One to one: the interval an early beat ends, or the one it begins, must be flagged; every
    # flagged interval between two beats labelled normal is false, however near an early one.
    assert np.mean(flag[early] | flag[early + 1]) >= least
    assert np.mean(flag[untouched]) <= 0.02


@pytest.mark.parametrize(
    "record", ["rr_healthy/healthy_000", "rr_healthy/healthy_003", "polar_h10_ibi/brennan"]
)
def test_healthy_hearts_are_hardly_touched(recordings: Path, record: str) -> None:
    with np.load(recordings / f"{record}.npz") as kept:
        rr = kept["rr_ms"].astype(np.float64)

    assert np.mean(flags(judged(rr))) < 0.008


def test_a_person_who_breathes_deeply_and_slowly_has_no_missed_beats(recordings: Path) -> None:
    """Four of its slowings were read as missed beats; the electrocardiogram shows none."""
    with np.load(recordings / "garcia_physio" / "rec1.npz") as kept:
        x, fs = kept["ecg"].astype(np.float64), float(kept["fs"])
    stream = Stream("ecg", Kind.ECG, Unit.RAW, fs)
    track = Track(stream, np.arange(x.size) / fs, x[:, None])

    found = analyse(Recording(recordings, (track,))).found

    assert not np.any(found.code[found.judged] == at.MISSED)
