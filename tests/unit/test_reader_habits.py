"""What recorders and spreadsheets are in the habit of writing is read, or refused with a reason."""

import copy
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.errors import AnlanError
from engine.store.left_out import LeftOut, in_chinese
from engine.store.recording import Recording, read_recording
from engine.units import Kind
from tests.analysis_kit import write
from tests.recorded_files import wfdb, xdf_stream

RR = [812.0, 797.5, 830.0, 805.0, 790.0, 801.0, 799.0, 815.0, 820.0, 811.0, 808.0, 795.0]


def read(folder: Path, text: str, name: str = "p.csv") -> Recording:
    return read_recording(write(folder / name, text))


def told(path: Path) -> str:
    with pytest.raises(AnlanError) as caught:
        read_recording(path)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "t_s,eda_us\n0,1.5\n0.25,1.6\n0.5,1.7\n",
        "t_ms,EDA_uS\n0,1.5\n250,1.6\n500,1.7\n",
        "time_us,eda_us\n0,1.5\n250000,1.6\n500000,1.7\n",
        "elapsed time,EDA\ns,uS\n0,1.5\n0.25,1.6\n0.5,1.7\n",
        "'Elapsed time','EDA'\n'mm:ss.mmm','uS'\n'0:00.000',1.5\n'0:00.250',1.6\n'0:00.500',1.7\n",
        "time,eda[uS]\n00:00.000,1.5\n00:00.250,1.6\n00:00.500,1.7\n",
        "date,time,eda[uS]\n5-1,09:00:00.00,1.5\n5-1,09:00:00.25,1.6\n5-1,09:00:00.50,1.7\n",
        "t|eda[uS]\n0|1.5\n0.25|1.6\n0.5|1.7\n",
        "t eda[uS]\n0 1.5\n0.25  1.6\n0.5 1.7\n",
        "# fs=4\neda[uS]\n1.5\n1.6\n1.7\n",
        "# Sampling rate: 4 Hz\neda[uS]\n1.5\n1.6\n1.7\n",
        "# 采样率：4\n皮电[微西]\n1.5\n1.6\n1.7\n",
    ],
)
def test_a_table_says_the_same_in_still_more_ways(tmp_path: Path, text: str) -> None:
    (track,) = read(tmp_path, text).tracks

    assert track.stream.kind is Kind.EDA
    assert track.x[:, 0] == pytest.approx([1.5, 1.6, 1.7])
    assert track.t - track.t[0] == pytest.approx([0.0, 0.25, 0.5])


@pytest.mark.parametrize("heading", ["MLII[mV]", "V5[mV]", "II[uV]"])
def test_an_ecg_may_be_called_after_its_lead_if_its_unit_is_one(
    tmp_path: Path, heading: str
) -> None:
    made = read(tmp_path, f"# rate=250\n{heading},i\n0.1,1\n0.2,2\n0.3,3\n")

    assert [k.stream.kind for k in made.tracks] == [Kind.ECG]
    assert made.ignored == ("column 'i' is not known",)


def test_a_name_that_only_looks_like_one_with_a_unit_stays_unknown(tmp_path: Path) -> None:
    made = read(tmp_path, "# rate=4\neda[uS],breath_s,acc_x[g]\n1,3,0\n2,3,0\n3,3,0\n")

    assert made.ignored == ("column 'breath_s' is not known",)


def test_decimal_commas_among_commas_are_one_fault_with_one_remedy(tmp_path: Path) -> None:
    text = "t,ecg[mV]\n" + "".join(f"0,{k:02d},0,1{k}\n" for k in range(30))

    message = told(write(tmp_path / "p.csv", text))

    assert "decimal commas" in message
    assert message.count("\n") == 0


def test_a_heart_rate_is_no_interval(tmp_path: Path) -> None:
    message = told(write(tmp_path / "p.csv", "t,HR\n" + "".join(f"{k},70\n" for k in range(30))))

    assert "variability needs the intervals" in message


def test_one_long_line_is_told_in_a_few_letters(tmp_path: Path) -> None:
    message = told(write(tmp_path / "p.txt", " ".join(["812", "800"] * 500)))

    assert len(message) < 400


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{ms} N\n" for ms in RR), "".join(f"{ms};\n" for ms in RR),
        "".join(f"{ms} ms\n" for ms in RR), "".join(f"{k}\t{ms}\n" for k, ms in enumerate(RR)),
        "".join(f"{k},{ms:.1f}\n" for k, ms in enumerate(RR, 1)),
        "// strap\n% left\n" + "".join(f"{ms}\n" for ms in RR),
        "".join(f"{t:.4f} {ms / 1000:.4f} {'NV'[k == 3]}\n"
                for k, (t, ms) in enumerate(zip(np.cumsum(RR) / 1000, RR, strict=True))),
        "".join(f"{t:.4f} {ms / 1000:.4f}\n"
                for t, ms in zip(np.cumsum([0.0, *RR]) / 1000, RR, strict=False)),
    ],
)  # fmt: skip
def test_intervals_may_have_letters_numbers_and_times_beside_them(
    tmp_path: Path, text: str
) -> None:
    made = read(tmp_path, text, "rr.txt")
    (track,) = made.tracks

    assert track.x[:, 0] == pytest.approx(RR)
    assert track.t == pytest.approx(np.cumsum(RR) / 1000.0, abs=2e-4)
    assert all("letters" in words for words in made.ignored)


def test_an_interval_of_days_is_refused_by_its_line(tmp_path: Path) -> None:
    assert "line 3: 'rr' is impossible" in told(
        write(tmp_path / "rr.txt", "800\n810\n1e9\n" + "805\n" * 9)
    )


@pytest.mark.parametrize("ending", ["", ",70"])
def test_two_intervals_in_a_cell_are_not_one_with_a_comma(tmp_path: Path, ending: str) -> None:
    heading = "timestamp,rr" + (",note" if ending else "")
    rows = "".join(f'{k},"{800 + k},{790 - k}"{ending}\n' for k in range(30))

    message = told(write(tmp_path / "p.csv", f"{heading}\n{rows}"))

    assert "two numbers in one cell: '800,790'" in message


def test_decimal_commas_in_quotes_are_still_read(tmp_path: Path) -> None:
    rows = "".join(f'{k},"{800 + k},{(37 * k) % 1000:03d}"\n' for k in range(1, 40))
    (track,) = read(tmp_path, "timestamp,rr\n" + rows).tracks

    assert track.x[:3, 0] == pytest.approx([801.037, 802.074, 803.111])


def test_beats_stamped_in_whole_seconds_are_placed_by_their_sum(tmp_path: Path) -> None:
    t = np.ceil(np.cumsum(RR) / 1000.0)
    rows = "".join(f"{a:.0f},{ms}\n" for a, ms in zip(t, RR, strict=True))
    (track,) = read(tmp_path, "t,rr[ms]\n" + rows).tracks

    assert np.diff(track.t) == pytest.approx(np.array(RR[1:]) / 1000.0)


E4 = {
    "BVP.csv": "1700000000.00\n64.00\n" + "".join(f"{k % 9}\n" for k in range(64)),
    "IBI.csv": "1700000000.00, IBI\n" + "".join(
        f"{t:.3f},{ms / 1000}\n" for t, ms in zip(3.0 + np.cumsum(RR) / 500.0, RR, strict=True)
    ),
    "EDA.csv": "1700000000.00\n4.00\n" + "0.5\n" * 20,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(E4))
def test_a_single_file_of_a_wrist_band_is_known_for_what_it_is(tmp_path: Path, name: str) -> None:
    (track,) = read(tmp_path, E4[name], name).tracks

    assert track.stream.kind in {Kind.PPG, Kind.PPI, Kind.EDA}
    if name == "IBI.csv":  # beats it left out stay holes, and are not closed up
        assert np.all(np.diff(track.t) > 1.5)


def test_a_zip_of_two_recordings_of_a_wrist_band_is_not_mixed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as packed:
        packed.writestr("monday/BVP.csv", E4["BVP.csv"])
        packed.writestr("monday/IBI.csv", E4["IBI.csv"])
        packed.writestr("tuesday/BVP.csv", E4["BVP.csv"])

    assert "holds several recordings: monday and tuesday" in told(tmp_path / "both.zip")


def test_a_wrist_band_file_names_its_faulty_line(tmp_path: Path) -> None:
    (tmp_path / "BVP.csv").write_text(E4["BVP.csv"].replace("\n3\n", "\nx3\n", 1), encoding="utf-8")

    message = told(tmp_path)

    assert "line 6 of it is no row of numbers: 'x3'" in message


def test_an_xdf_cut_short_says_so(tmp_path: Path) -> None:
    t = np.arange(1000) / 100.0
    raw = b"XDF:" + xdf_stream(1, "e", "ECG", 100.0, {"ECG": "mV"}, t.tolist(), t[:, np.newaxis])
    (tmp_path / "p.xdf").write_bytes(raw[: len(raw) * 2 // 3])
    (tmp_path / "whole.xdf").write_bytes(raw)

    made = read_recording(tmp_path / "p.xdf")

    assert 100 < len(made.tracks[0].t) < 900
    assert "cut short" in made.ignored[0]
    assert "不完整" in in_chinese(made.ignored[0])
    assert read_recording(tmp_path / "whole.xdf").ignored == ()


def test_samples_an_xdf_lacks_leave_their_places_empty(tmp_path: Path) -> None:
    kept = np.sort(np.random.default_rng(1).choice(5000, 4700, replace=False))
    t = kept / 250.0
    x = np.zeros((len(t), 1))
    raw = b"XDF:" + xdf_stream(1, "e", "ECG", 250.0, {"ECG": "mV"}, t.tolist(), x)
    (tmp_path / "p.xdf").write_bytes(raw)

    (track,) = read_recording(tmp_path / "p.xdf").tracks

    assert track.t == pytest.approx(t - t[0], abs=1e-6)


def test_a_wfdb_record_may_have_a_chinese_name(tmp_path: Path) -> None:
    header = wfdb(tmp_path, [("MLII", np.arange(100))], "16")
    for coding in ("utf-8", "gb18030"):
        named = tmp_path / "静坐.hea"
        named.write_bytes(header.read_text("ascii").replace("r.dat", "静坐.dat").encode(coding))
        (tmp_path / "静坐.dat").write_bytes((tmp_path / "r.dat").read_bytes())

        assert len(read_recording(named).tracks[0].t) == 100


def test_a_polar_export_opened_in_a_spreadsheet_is_still_one(tmp_path: Path) -> None:
    head = "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n"
    rows = "".join(f"2026-03-01T09:00:00.000;{k * 7692307};0;{k}\n" for k in range(300))
    (plain,) = read(tmp_path, head + rows, "a.txt").tracks
    (saved,) = read(tmp_path, (head + rows).replace(";", ","), "b.csv").tracks
    cut = read(tmp_path, head + rows + "2026-03-01T09:0", "c.txt")

    assert np.array_equal(plain.x, saved.x)
    assert np.array_equal(plain.x, cut.tracks[0].x)
    assert "cut short" in cut.ignored[0]


def test_what_was_left_out_survives_copies() -> None:
    said = LeftOut("a", "甲", damage=True)

    for made in (copy.copy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301 - our own
        assert (made, made.zh, made.damage) == ("a", "甲", True)


@pytest.mark.parametrize("factor", [1.0, 1000.0, 1.0 / 60.0])
@pytest.mark.parametrize("early", [False, True])
def test_times_beside_intervals_tell_their_own_unit(
    tmp_path: Path, factor: float, *, early: bool
) -> None:
    t = np.cumsum(RR) / 1000.0
    shown = factor * (t - np.array(RR) / 1000.0 if early else t)
    rows = "".join(f"{a:.6f},{ms}\n" for a, ms in zip(shown, RR, strict=True))
    (track,) = read(tmp_path, "time,rr\n" + rows).tracks

    assert track.t == pytest.approx(t, abs=1e-3)


def test_an_xdf_whose_stamps_only_jitter_lacks_nothing(tmp_path: Path) -> None:
    even = np.arange(20_000) / 250.0
    t = even + np.random.default_rng(2).normal(0.0, 0.12 / 250.0, len(even))
    assert np.count_nonzero(np.diff(t) > 1.5 / 250.0) > 10
    raw = xdf_stream(1, "e", "ECG", 250.0, {"ECG": "mV"}, t.tolist(), np.zeros((len(t), 1)))
    (tmp_path / "p.xdf").write_bytes(b"XDF:" + raw)

    (track,) = read_recording(tmp_path / "p.xdf").tracks

    assert track.t == pytest.approx(even, abs=5e-4)
