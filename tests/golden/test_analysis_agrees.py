"""What `anlan analyse` tells of every recording agrees with labels and with the usual tools.

Run with ``-s`` for the table: what was compared, ours, theirs.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.analysis import Analysis, analyse
from engine.dsp import rr_layout as at
from engine.dsp.jit import COMPILED
from engine.store.recording import Recording, read_recording
from engine.streams import F64
from tests.analysis_kit import of_intervals
from tests.synthetic_heart import matched
from tools.recordings_to_csv import convert

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled"),
]


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: ours has to lie from ``low`` to ``high``."""

    recording: str
    what: str
    ours: float
    low: float
    high: float

    @property
    def agrees(self) -> bool:
        return self.low <= self.ours <= self.high

    def __str__(self) -> str:
        mark = "" if self.agrees else "  <-- apart"
        return (
            f"{self.recording:34} {self.what:14} {self.ours:10.3f}"
            f"   {self.low:10.3f} to {self.high:10.3f}{mark}"
        )


def told(rows: list[Row]) -> list[Row]:
    """Print the table and return what is apart."""
    sys.stdout.write("\n".join(("", *map(str, rows), "")))
    assert rows
    return [row for row in rows if not row.agrees]


def references(recordings: Path, name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((recordings / f"{name}.json").read_text("utf-8"))
    return made


def as_csv(recordings: Path, name: str, folder: Path) -> Recording:
    target = folder / f"{name.replace('/', '_')}.csv"
    convert(recordings / f"{name}.npz", f"{name}.npz", target)
    return read_recording(target)


def one_signal(recording: Recording, kind: str) -> Recording:
    tracks = tuple(track for track in recording.tracks if track.stream.kind.value == kind)
    return Recording(recording.path, tracks)


def intervals_of(recordings: Path, name: str) -> F64:
    with np.load(recordings / f"{name}.npz") as arrays:
        if "rr_ms" in arrays:
            return np.asarray(arrays["rr_ms"], np.float64)
        return np.asarray(1000.0 * np.diff(arrays["beat_sample"] / float(arrays["fs"])), np.float64)


SPECTRA = ("scipy_welch_256_4hz", "scipy_welch_linear_detrend", "scipy_welch_linear_interp")
APART_BY = 1.5
"""Times the tools' own spread their powers may be missed: they differ so among themselves."""


def variability(recordings: Path) -> Iterator[Row]:
    for case in references(recordings, "reference_hrv")["cases"]:
        name = case["case"].partition("/")[2]
        ms = intervals_of(recordings, name)
        t = np.cumsum(ms) / 1000.0
        begin = case["t0_s"]
        ms = ms[(t > begin) & (t <= begin + case["dur_s"])]
        defined = case["definition"]
        if len(ms) != defined["n"]:
            continue  # the references cut this one otherwise
        analysis = analyse(of_intervals(ms))
        metrics, where = analysis.whole.metrics, f"{name} {begin:g} s"
        pulse = 60_000.0 / defined["MeanNN"]
        yield Row(where, "HR, 1/min", metrics["hr_bpm"].value, pulse - 1.0, pulse + 1.0)
        if np.any(analysis.found.code != at.NORMAL):
            continue  # the references kept what we repair
        for metric, value in (
            ("mean_nn_ms", defined["MeanNN"]), ("sdnn_ms", defined["SDNN"]),
            ("rmssd_ms", defined["RMSSD"]), ("pnn50_percent", defined["pNN50"]),
            ("sd1_ms", defined["RMSSD"] / np.sqrt(2.0)),
        ):  # fmt: skip
            near = 1e-6 * value + 1e-9
            yield Row(where, metric, metrics[metric].value, value - near, value + near)
        for metric, band in (("lf_ms2", "LF"), ("hf_ms2", "HF")):
            theirs = [case[kind][band] for kind in SPECTRA]
            theirs += [v[f"{band}_welch"] for v in case["tools"].values() if f"{band}_welch" in v]
            yield Row(
                where, metric, metrics[metric].value,
                min(theirs) / APART_BY, max(theirs) * APART_BY,
            )  # fmt: skip


def test_variability_is_as_defined_and_within_the_spread_of_the_tools(recordings: Path) -> None:
    assert told(list(variability(recordings))) == []


LEAST_F1 = {
    "mitdb/mitdb_100": 0.999, "mitdb/mitdb_102": 0.999,
    "nstdb_118/nstdb_118e24": 0.99, "nstdb_118/nstdb_118e12": 0.96,
}  # fmt: skip


def beats(recordings: Path, folder: Path) -> Iterator[Row]:
    for name, least in LEAST_F1.items():
        analysis = analyse(as_csv(recordings, name, folder))
        with np.load(recordings / f"{name}.npz") as arrays:
            labelled = np.asarray(arrays["beat_sample"], np.float64) / float(arrays["fs"])
        found = analysis.beats
        both, missed, made_up = matched(labelled[labelled > 5.0], found[found > 4.85], 0.15)
        yield Row(name, "F1 at 150 ms", 2 * both / (2 * both + missed + made_up), least, 1.0)


def test_beats_are_where_experts_put_them(recordings: Path, tmp_path: Path) -> None:
    assert told(list(beats(recordings, tmp_path))) == []


def pulses(recordings: Path, folder: Path) -> Iterator[Row]:
    kept = references(recordings, "reference_resp_ppg")
    for key, case in kept["ecg_consensus"].items():
        name = key.partition("/")[2]
        analysis = analyse(one_signal(as_csv(recordings, name, folder), "ecg"))
        rates = list(case["meanHR"].values())
        yield Row(name, "HR, 1/min", heart_rate(analysis), min(rates) - 1.0, max(rates) + 1.0)
    for name, spare in (("heartpy_ppg/data1", 1.0), ("heartpy_ppg/data2", 3.0),
                        ("biosppy/ppg", 2.0)):  # fmt: skip
        case = kept["ppg"][f"public/{name}"]
        rates = [tool["HR_median"] for tool in case.values()]
        analysis = analyse(as_csv(recordings, name, folder))
        yield Row(
            name, "pulse, 1/min", heart_rate(analysis), min(rates) - spare, max(rates) + spare
        )
    resting = as_csv(recordings, "neurokit/bio_resting_5min_100hz", folder)
    ecg, ppg = (heart_rate(analyse(one_signal(resting, kind))) for kind in ("ecg", "ppg"))
    yield Row("neurokit/bio_resting_5min_100hz", "pulse, 1/min", ppg, ecg - 1.0, ecg + 1.0)


def heart_rate(analysis: Analysis) -> float:
    return analysis.whole.metrics["hr_bpm"].value


def test_heart_rate_is_that_of_the_tools(recordings: Path, tmp_path: Path) -> None:
    assert told(list(pulses(recordings, tmp_path))) == []


LOST = frozenset({"nk:scipy"})
"""Loses most breaths of every one of these recordings."""


def breaths(recordings: Path, folder: Path) -> Iterator[Row]:
    for key, case in references(recordings, "reference_resp_ppg")["resp"].items():
        name = key.partition("/")[2].partition(":")[0]
        tools = [v["rate"] for tool, v in case["rate_bpm"].items() if tool not in LOST]
        analysis = analyse(as_csv(recordings, name, folder))
        assert analysis.breath is not None
        told_rate = analysis.breath.metrics["rate_bpm"]
        if told_rate.valid:
            yield Row(name, "breath, 1/min", told_rate.value, min(tools) - 1.0, max(tools) + 1.0)


def test_breathing_is_that_of_the_tools(recordings: Path, tmp_path: Path) -> None:
    assert told(list(breaths(recordings, tmp_path))) == []


def skins(recordings: Path, folder: Path) -> Iterator[Row]:
    name = "neurokit/bio_eventrelated_100hz"
    case = references(recordings, "reference_eda")["eda"][f"public/{name}"]
    skin = analyse(as_csv(recordings, name, folder)).skin
    assert skin is not None
    level, spare = case["tonic_mean"].values(), 0.02
    yield Row(
        name, "level, uS", float(np.nanmean(skin.tonic_us)),
        (1.0 - spare) * min(level), (1.0 + spare) * max(level),
    )  # fmt: skip
    for event in case["event_onset_s"][:2]:
        after = skin.peak[skin.peak > event] - event
        yield Row(name, f"event {event:g} s", float(after.min()), 0.5, 6.0)
    counts = [v["n"] for v in case["scr"].values() if "n" in v]
    yield Row(name, "responses", float(len(skin.onset)), min(counts), 2.0 * max(counts))


def test_skin_conductance_is_near_that_of_the_tools(recordings: Path, tmp_path: Path) -> None:
    assert told(list(skins(recordings, tmp_path))) == []
