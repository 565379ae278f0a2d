"""One recording tells the same, whatever kind of file it is kept in, and the same as the truth."""

import gzip
from pathlib import Path
from typing import Any

import edfio
import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
from tests.analysis_kit import results, write
from tests.recorded_files import wfdb, xdf_stream
from tests.synthetic_heart import Ecg, ecg

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")

RATE, GAIN = 250.0, 200.0
KINDS = ("csv", "csv.gz", "edf", "wfdb", "xdf", "session", "polar", "seconds")


@pytest.fixture(scope="module")
def heart() -> Ecg:
    made = ecg(RATE, 150.0, seed=31)
    # What every kind can hold exactly: whole counts of 5 uV.
    return Ecg(made.t, np.round(made.x * GAIN) / GAIN, made.r)


def kept(folder: Path, heart: Ecg, kind: str) -> Path:
    """Keep the recording as one kind of file and return where."""
    x, t = heart.x, heart.t
    table = "# rate=250\necg[mV]\n" + "".join(f"{v:.3f}\n" for v in x.tolist())
    if kind == "csv":
        return write(folder / "a.csv", table)
    if kind == "seconds":
        rows = "".join(f"{a:.3f};{1000 * v:.0f}\n" for a, v in zip(t + 1.7e9, x, strict=True))
        return write(folder / "b.csv", "time;心电（微伏）\n" + rows.replace(".", ","))
    if kind == "csv.gz":
        (folder / "a.csv.gz").write_bytes(gzip.compress(table.encode()))
        return folder / "a.csv.gz"
    if kind == "edf":
        signal = edfio.EdfSignal(
            x, RATE, label="ECG", physical_dimension="mV",
            physical_range=(-32768 / GAIN, 32767 / GAIN), digital_range=(-32768, 32767),
        )  # fmt: skip
        edfio.Edf([signal]).write(folder / "a.edf")
        return folder / "a.edf"
    if kind == "wfdb":
        return wfdb(folder, [("MLII", np.rint(x * GAIN).astype(np.int64) + 10)], "16", RATE)
    if kind == "xdf":
        stream = xdf_stream(1, "e", "ECG", RATE, {"ECG": "mV"}, t.tolist(), x[:, np.newaxis])
        (folder / "a.xdf").write_bytes(b"XDF:" + stream)
        return folder / "a.xdf"
    if kind == "polar":
        rows = "".join(
            f"2026-03-01T09:00:00.000;{round(1e9 * a)};0;{1000 * v:.0f}\n"
            for a, v in zip(t.tolist(), x.tolist(), strict=True)
        )
        head = "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n"
        return write(folder / "polar.txt", head + rows)
    own = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, RATE)
    header = Header("s", "2026", "p", "", Script(("a",), ()), (own,))
    with Recorder(folder / "session.mcap", header) as recorder:
        for k in range(0, len(t), 125):
            chunk = Chunk(own, t[k : k + 125], x[k : k + 125, np.newaxis])
            recorder.chunk(k // 125, chunk)
    return folder


def told(folder: Path, heart: Ecg, kind: str) -> dict[str, Any]:
    folder.mkdir()
    return results(kept(folder, heart, kind))


def test_every_kind_of_file_tells_the_same_numbers(tmp_path: Path, heart: Ecg) -> None:
    every = {kind: told(tmp_path / kind, heart, kind) for kind in KINDS}

    first = every["csv"]
    for kind, one in every.items():
        start = one["start_s"] - first["start_s"]
        # XDF fits its stamps by a line, and times since 1970 have a quarter of a us.
        assert np.array(one["beats_s"]) - start == pytest.approx(first["beats_s"], abs=1e-5), kind
        assert [r["kind"] for r in one["rr"]] == [r["kind"] for r in first["rr"]], kind
        for name, metric in first["hrv"]["whole"].items():
            if isinstance(metric, dict):
                same = one["hrv"]["whole"][name]
                assert same["valid"] == metric["valid"], (kind, name)
                if metric["valid"]:
                    assert same["value"] == pytest.approx(metric["value"], rel=2e-4), (kind, name)


def test_the_numbers_are_those_of_the_true_beats(tmp_path: Path, heart: Ecg) -> None:
    whole = told(tmp_path / "a", heart, "csv")["hrv"]["whole"]

    rr = 1000.0 * np.diff(heart.r[heart.r > 3.0])
    assert whole["hr_bpm"]["value"] == pytest.approx(60_000.0 / rr.mean(), rel=1e-3)
    assert whole["rmssd_ms"]["value"] == pytest.approx(np.sqrt(np.mean(np.diff(rr) ** 2)), rel=0.01)
    assert whole["sdnn_ms"]["value"] == pytest.approx(rr.std(ddof=1), rel=0.01)
