"""Files of Lab Streaming Layer: clocks aligned, jitter smoothed, damage told."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError, RecordingError
from engine.store.recording import read_recording
from engine.units import Kind, Unit
from tests.recorded_files import xdf, xdf_stream

N = 1000
RNG = np.random.default_rng(3)


def an_ecg(offset: float = 0.0, jitter: float = 0.0, *, stamp_every: int = 1) -> bytes:
    t = 50.0 + np.arange(N) / 250.0 + RNG.normal(size=N) * jitter
    x = np.column_stack((np.arange(N) * 1.0, np.zeros(N)))
    return xdf_stream(
        1, "strap", "ECG", 250.0, {"ECG": "microvolts", "marker": ""}, t.tolist(), x,
        offset=offset, stamp_every=stamp_every,
    )  # fmt: skip


def test_channels_are_known_by_their_labels(tmp_path: Path) -> None:
    made = read_recording(xdf(tmp_path / "p.xdf", an_ecg()))

    (ecg,) = made.tracks
    assert ecg.stream.unit is Unit.MILLIVOLT
    assert ecg.x[:3, 0] == pytest.approx([0.0, 0.001, 0.002])
    assert "'marker'" in made.ignored[0]


def test_a_lone_channel_is_known_by_its_streams_type(tmp_path: Path) -> None:
    t, x = (np.arange(400) / 8.0).tolist(), np.full((400, 1), 2.5)
    stream = xdf_stream(3, "skin", "EDA", 8.0, {"": "microsiemens"}, t, x)

    (eda,) = read_recording(xdf(tmp_path / "p.xdf", stream)).tracks

    assert eda.stream.kind is Kind.EDA


def test_clocks_of_two_computers_are_brought_together(tmp_path: Path) -> None:
    t = (1000.0 + np.arange(400) / 8.0).tolist()
    skin = xdf_stream(2, "s", "EDA", 8.0, {"EDA": "uS"}, t, np.full((400, 1), 2.0), offset=-949.5)

    ecg, eda = read_recording(xdf(tmp_path / "p.xdf", an_ecg(), skin)).tracks

    assert ecg.t[0] == pytest.approx(0.0, abs=1e-9)
    assert eda.t[0] == pytest.approx(0.5, abs=1e-6)


def test_jitter_of_the_stamps_is_smoothed(tmp_path: Path) -> None:
    (ecg,) = read_recording(xdf(tmp_path / "p.xdf", an_ecg(jitter=0.001))).tracks

    assert np.abs(np.diff(ecg.t) - 0.004).max() < 1e-5


def test_a_break_in_a_regular_stream_stays_a_break(tmp_path: Path) -> None:
    t = np.arange(N) / 250.0
    t[500:] += 10.0
    stream = xdf_stream(1, "s", "ECG", 250.0, {"ECG": "mV"}, t.tolist(), np.ones((N, 1)))

    (ecg,) = read_recording(xdf(tmp_path / "p.xdf", stream)).tracks

    assert np.diff(ecg.t).max() == pytest.approx(10.004, abs=1e-4)


def test_samples_without_a_stamp_follow_the_one_before(tmp_path: Path) -> None:
    (ecg,) = read_recording(xdf(tmp_path / "p.xdf", an_ecg(stamp_every=100))).tracks

    assert ecg.t[-1] == pytest.approx((N - 1) / 250.0, abs=1e-6)


def test_a_file_cut_short_gives_what_came_before(tmp_path: Path) -> None:
    path = xdf(tmp_path / "p.xdf", an_ecg())
    path.write_bytes(path.read_bytes()[:-700])

    (ecg,) = read_recording(path).tracks

    assert 800 <= len(ecg.t) < N


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: b"no" + raw, "no XDF file"),
        (lambda raw: raw.replace(b"double64", b"complex1"), "damaged"),
        (lambda raw: raw.replace(b"<info><name>", b"<info><name "), "damaged"),
        (lambda raw: raw[:4] + b"\x07" + raw[5:], "damaged"),
        (lambda raw: raw.replace(b"microvolts", b"furlongs!!"), "cannot be in"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change: object, said: str) -> None:
    path = xdf(tmp_path / "p.xdf", an_ecg())
    assert callable(change)
    path.write_bytes(change(path.read_bytes()))

    with pytest.raises(AnlanError, match=said):
        read_recording(path)


def test_a_file_without_streams_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no usable signal"):
        read_recording(xdf(tmp_path / "p.xdf"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_stamps_and_offsets_that_are_no_numbers_are_refused(tmp_path: Path, bad: float) -> None:
    t = np.arange(N) / 250.0
    spoilt = t.copy()
    spoilt[7] = bad
    ones = np.ones((N, 1))
    stamps = xdf_stream(1, "s", "ECG", 250.0, {"ECG": "mV"}, spoilt.tolist(), ones)
    clocks = xdf_stream(1, "s", "ECG", 250.0, {"ECG": "mV"}, t.tolist(), ones, offset=bad)

    for stream in (stamps, clocks):
        with pytest.raises(AnlanError):
            read_recording(xdf(tmp_path / "p.xdf", stream))
