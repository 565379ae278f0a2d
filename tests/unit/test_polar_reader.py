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
        (ECG, "holds no samples"),
    ],
)
def test_what_cannot_be_used_is_explained(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AnlanError, match=said):
        read_recording(write(tmp_path / "p.txt", text))


def test_light_of_an_armband_becomes_a_pulse_wave_that_rises_with_the_pulse(
    tmp_path: Path,
) -> None:
    rows = "".join(
        f"{stamp(k / 135)};{round(k * 1e9 / 135)};{k};{k + 3};{k + 6};-180\n" for k in range(400)
    )
    heading = "Phone timestamp;sensor timestamp [ns];channel 0;channel 1;channel 2;ambient \n"

    (light,) = read_recording(write(tmp_path / "p_PPG.txt", heading + rows)).tracks

    assert (light.stream.kind, light.stream.axes) == (Kind.PPG, ("value",))
    assert light.stream.rate == pytest.approx(135.0, abs=1e-3)
    assert light.x[:3, 0].tolist() == [-3.0, -4.0, -5.0]


def test_acceleration_is_read_in_g(tmp_path: Path) -> None:
    rows = "".join(f"{stamp(k / 52)};{round(k * 1e9 / 52)};{k};0;-1000\n" for k in range(200))
    heading = "Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]\n"

    (acc,) = read_recording(write(tmp_path / "p_ACC.txt", heading + rows)).tracks

    assert (acc.stream.kind, acc.stream.unit) == (Kind.ACC, Unit.G)
    assert acc.x[1] == pytest.approx([0.001, 0.0, -1.0])


def light_and_movement(folder: Path, begins: float, name: str = "p_ACC.txt") -> Path:
    """Write 20 s of light at 135 Hz from 100 s of the sensor's clock on, and acceleration at 52."""
    ppg = "Phone timestamp;sensor timestamp [ns];channel 0;channel 1;channel 2;ambient\n"
    acc = "Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]\n"
    for k in range(2700):
        ppg += f"2023-01-01T12:00:00.000;{round(1e9 * (100 + k / 135))};{k};{k};{k};0\n"
    for k in range(1040):
        acc += f"2023-01-01T12:00:00.000;{round(1e9 * (begins + k / 52))};0;0;1000\n"
    (folder / name).write_text(acc, encoding="utf-8")
    path = folder / "p_PPG.txt"
    path.write_text(ppg, encoding="utf-8")
    return path


def test_the_acceleration_beside_the_light_is_read_with_it_on_one_clock(tmp_path: Path) -> None:
    light, felt = read_recording(light_and_movement(tmp_path, 100.5)).tracks

    assert (light.t[0], felt.t[0]) == (0.0, pytest.approx(0.5))
    assert (felt.stream.kind, felt.stream.unit) == (Kind.ACC, Unit.G)
    assert felt.x[0].tolist() == [0.0, 0.0, 1.0]


def test_acceleration_of_another_time_or_another_name_is_left_alone(tmp_path: Path) -> None:
    other = read_recording(light_and_movement(tmp_path, 900.0))
    (tmp_path / "p_ACC.txt").unlink()
    alone = read_recording(light_and_movement(tmp_path, 100.5, "q_ACC.txt"))

    assert [track.stream.name for track in (*other.tracks, *alone.tracks)] == ["ppg", "ppg"]
    assert other.ignored == ("p_ACC.txt is no acceleration of the same time",)


def test_damaged_acceleration_does_not_cost_the_light(tmp_path: Path) -> None:
    path = light_and_movement(tmp_path, 100.5)
    (tmp_path / "p_ACC.txt").write_text("Phone timestamp;X [mg]\nsoon;oops\n", encoding="utf-8")

    made = read_recording(path)

    assert len(made.tracks) == 1
    assert made.ignored[0].startswith("p_ACC.txt: ")
