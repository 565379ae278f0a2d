"""Exports of Polar Sensor Logger: the strap's clock for ECG, sums of intervals for R-R."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError
from engine.store.recording import read_recording
from engine.units import Kind, Unit
from tests.analysis_kit import write

BEGIN = datetime(2026, 5, 1, 9, 0, 0)  # noqa: DTZ001 - the app writes local time
ECG = "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n"
RR = "Phone timestamp;RR-interval [ms]\n"


def stamp(seconds: float) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def rr_file(path: Path, rr: np.ndarray, arrived: np.ndarray) -> Path:
    rows = (f"{stamp(a)};{r:.0f}\n" for a, r in zip(arrived.tolist(), rr.tolist(), strict=True))
    return write(path, RR + "".join(rows))


def test_an_electrocardiogram_takes_the_straps_own_clock(tmp_path: Path) -> None:
    start = 599_628_000_000_000_000
    rows = "".join(
        f"{stamp(k / 130)};{start + round(k * 1e9 / 130)};{1000 * k / 130:.3f};{k - 500}\n"
        for k in range(1300)
    )

    (ecg,) = read_recording(write(tmp_path / "Polar_H10_ECG.txt", ECG + rows)).tracks

    assert (ecg.stream.kind, ecg.stream.unit) == (Kind.ECG, Unit.MILLIVOLT)
    assert ecg.stream.rate == pytest.approx(130.0, abs=1e-6)
    assert ecg.x[:2, 0] == pytest.approx([-0.5, -0.499])


def test_intervals_follow_one_another_though_they_arrive_in_bundles(tmp_path: Path) -> None:
    rr = np.round(np.random.default_rng(1).normal(900.0, 40.0, 200))
    true = np.cumsum(rr) / 1000.0
    arrived = np.ceil(true) + 0.2

    (track,) = read_recording(rr_file(tmp_path / "p.txt", rr, arrived)).tracks

    assert np.abs(track.t - true).max() < 1e-9


def test_lost_intervals_leave_a_hole(tmp_path: Path) -> None:
    rr = np.full(200, 900.0)
    true = np.cumsum(rr) / 1000.0
    true[100:] += 20.0

    (track,) = read_recording(rr_file(tmp_path / "p.txt", rr, true + 0.3)).tracks

    assert track.t[100] - track.t[99] == pytest.approx(20.9, abs=0.5)
    assert np.abs(np.diff(track.t)[:99] - 0.9).max() < 1e-9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Phone timestamp;HR [bpm];HRV [ms]\n2026-05-01T09:00:00.000;64;40\n", "hr .bpm."),
        (RR + "2026-05-01T09:00:00.000;900\n", "one interval"),
        (RR + "yesterday;900\n2026-05-01T09:00:00.000;900\n", "no time"),
        (RR + f"{stamp(1)};900\n{stamp(2)};\n", "line 3"),
        (RR + f"{stamp(1)};900\n{stamp(2)};-5\n", "line 3"),
        (ECG + f"{stamp(0)};5;0;10\n{stamp(1)};5;0;10\n", "occurs twice"),
        (ECG, "one sample"),
    ],
)
def test_what_cannot_be_used_is_explained(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AnlanError, match=said):
        read_recording(write(tmp_path / "p.txt", text))
