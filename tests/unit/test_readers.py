"""Recordings are read exactly, and whatever is wrong with a file is told with its line."""

from pathlib import Path

import edfio
import numpy as np
import pytest

from engine.errors import FaultyFileError, RecordingError
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.recording import Recording, read_recording
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit


def write(folder: Path, text: str, name: str = "p.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, name: str = "p.csv") -> Recording:
    return read_recording(write(folder, text, name))


def told(folder: Path, text: str, name: str = "p.csv") -> str:
    with pytest.raises((RecordingError, FaultyFileError)) as caught:
        read(folder, text, name)
    return str(caught.value)


def test_a_table_with_a_rate_gives_evenly_spaced_streams(tmp_path: Path) -> None:
    made = read(tmp_path, "# rate=250\necg[mV],eda[µS],note\n0.1,2.5,x\n-0.2,2.6,y\n0.3,2.7,z\n")
    ecg, eda = made.tracks

    assert ecg.stream == Stream("ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)
    assert eda.stream.unit is Unit.MICROSIEMENS
    assert ecg.t.tolist() == [0.0, 1 / 250, 2 / 250]
    assert ecg.x[:, 0].tolist() == [0.1, -0.2, 0.3]
    assert made.ignored == ("column 'note' is not known",)


def test_a_column_of_times_gives_the_rate_even_when_rows_are_missing(tmp_path: Path) -> None:
    rows = "".join(f"{10 + k / 256:.6f},{k}\n" for k in range(2000) if not 500 <= k < 700)
    (track,) = read(tmp_path, "t,ppg[raw]\n" + rows).tracks

    assert track.stream.rate == 256.0
    assert track.t[0] == 10.0
    assert len(track.t) == 1800


def test_times_may_be_in_milliseconds(tmp_path: Path) -> None:
    (track,) = read(tmp_path, "t[ms],resp[raw]\n0,1\n40,2\n80,3\n").tracks

    assert track.t.tolist() == [0.0, 0.04, 0.08]


def test_empty_cells_and_nan_are_missing_samples(tmp_path: Path) -> None:
    made = read(tmp_path, "# rate=10\nppg[raw],temp[degC]\n1,30\n,31\nNaN,\n4,NA\n5,34\n")
    ppg, temp = made.tracks

    assert np.array_equal(ppg.x[:, 0], [1, np.nan, np.nan, 4, 5], equal_nan=True)
    assert np.array_equal(temp.x[:, 0], [30, 31, np.nan, np.nan, 34], equal_nan=True)


@pytest.mark.parametrize("every", [2, 4, 16])
def test_a_slow_signal_beside_a_fast_one_keeps_its_own_rate(tmp_path: Path, every: int) -> None:
    rows = "".join(f"{k},{k / 10 if k % every == 0 else ''}\n" for k in range(640))
    fast, slow = read(tmp_path, "# rate=64\nbvp[raw],eda[uS]\n" + rows).tracks

    assert fast.stream.rate == 64.0
    assert slow.stream.rate == 64.0 / every
    assert slow.t[1] == every / 64


def test_accelerometer_axes_become_one_stream(tmp_path: Path) -> None:
    (track,) = read(tmp_path, "# rate=32\nacc_z[g],acc_x[g],acc_y[g]\n3,1,2\n6,4,5\n").tracks

    assert track.stream.axes == ("x", "y", "z")
    assert track.x.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_intervals_alone_add_up_to_time(tmp_path: Path) -> None:
    (track,) = read(tmp_path, "rr[ms]\n800\n900\n1000\n").tracks

    assert track.stream == Stream("rr", Kind.RRI, Unit.MILLISECOND)
    assert track.t.tolist() == [0.8, 1.7, 2.7]


def test_intervals_beside_a_waveform_are_only_where_beats_are(tmp_path: Path) -> None:
    rows = "".join(f"{k / 10},{k},{850 if k in {8, 17, 26} else ''}\n" for k in range(30))
    _, rr = read(tmp_path, "t,ppg[raw],rr[ms]\n" + rows).tracks

    assert rr.t.tolist() == [0.8, 1.7, 2.6]
    assert rr.stream.rate is None


def test_units_are_converted_to_ours(tmp_path: Path) -> None:
    ecg, rr = read(tmp_path, "t,ECG(uV),RR[s]\n0.0,1500,0.8\n0.5,-250,0.9\n1.0,0,1.0\n").tracks

    assert ecg.x[:, 0].tolist() == [1.5, -0.25, 0.0]
    assert rr.x[:, 0].tolist() == [800.0, 900.0, 1000.0]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff# rate=4\r\neda[uS]\r\n1.5\r\n1.6\r\n\r\n1.7\r\n",
        "# made by a device\n# Rate: 4 Hz\neda[uS];marker\n1.5;a\n1.6;b\n1.7;\n",
        '# rate=4\n"eda [uS]"\n"1.5"\n"1.6"\n"1.7"\n',
        "# rate=4\neda[uS]\tx\n 1.5\t\n1.6 \t\n1.7\t\n",
    ],
)
def test_the_dialects_of_spreadsheets_are_understood(tmp_path: Path, text: str) -> None:
    (track,) = read(tmp_path, text).tracks

    assert track.x[:, 0].tolist() == [1.5, 1.6, 1.7]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("# rate=250\n", "has no heading"),
        ("# rate=250\necg[mV]\n", "holds a heading but no samples"),
        ("# rate=250\necg[mV]\n1\n", "holds one sample only"),
        ("# rate=0\necg[mV]\n1\n2\n", "line 1: rate cannot be '0' (write # rate=250 (Hz))"),
        ("# rate=250\necg[uS]\n1\n2\n", "'ecg' cannot be in 'uS' (write ecg[mV], ecg[uV], ecg[V]"),
        ("# rate=250\necg\n1\n2\n", "'ecg' names no unit (write ecg[mV]"),
        ("# rate=4\neda[raw]\n1\n2\n", "'eda' cannot be in 'raw' (write eda[uS], eda[kOhm])"),
        ("# rate=4\neda[uS]\n1\n2\nx7\n", "line 5: 'x7' in column 'eda[uS]' is no number"),
        ("# rate=4\neda[uS];a\n1.0;1\n1,5;2\n", "mixes decimal commas and decimal points: '1.0;1'"),
        ("# rate=4\neda[uS],a\n1,2\n1;5,2\n", "line 4: '1;5' in column 'eda[uS]' is no"),
        ("# rate=4\neda[uS]\n1_000\n2\n", "'1_000' in column 'eda[uS]' is no number"),
        ("t,eda[uS]\n0,1\n1,2\n0.5,3\n", "line 4: time goes back from 1 s to 0.5 s"),
        ("t,eda[uS]\n0,1\n1,2\n1,3\n2,4\n", "line 4: time 1 s occurs twice (keep"),
        ("t,eda[uS]\n0,1\n,2\n2,3\n", "line 3: no time in 1 of 3 rows"),
        ("t[h],eda[uS]\n0,1\n1,2\n", "time cannot be in 'h'"),
        ("# rate=4\neda[uS]\nNaN\n\nnan\n", "holds no usable signal: 'eda' holds no value at all"),
        ("# rate=4\nfoo,bar\n1,2\n3,4\n", "no usable signal: column 'foo' is not known"),
        ("# rate=4\neda[uS],a\n1,2\n3\n4,5\n", "line 4: has 1 cells, the heading 2"),
        ("# rate=4\neda[uS]\n1\n1e30\n2\n", "'eda' is impossible in 1 of 3 rows: 1e+30"),
        ("# rate=4\nppg[raw]\n1\ninf\n2\n", "'ppg' is impossible in 1 of 3 rows: inf"),
        ("rr[ms]\n800\n-5\n700\n", "'rr' is zero or less in 1 of 3 rows"),
        ("rr[ms]\n800\n\nnan\n700\n", "an interval of 'rr' is missing"),
        ("ecg[mV]\n1\n2\n", "tells neither a rate nor times (begin with a line # rate=250"),
        ("t,ecg[mV]\n0,1\n1,2\n1.1,3\n5,4\n5.3,5\n9,6\n", "too irregular for a waveform"),
        ("# rate=4\neda[uS],eda[uS]\n1,2\n3,4\n", "column 'eda' occurs twice"),
        ("# rate=4\nacc_x[g],acc_y[raw]\n1,2\n3,4\n", "the axes of 'acc' have different units"),
    ],
)  # fmt: skip
def test_a_faulty_table_is_refused_with_place_and_remedy(
    tmp_path: Path, text: str, expected: str
) -> None:
    message = told(tmp_path, text)

    assert expected in message
    assert "p.csv" in message


def test_all_faulty_lines_are_told_at_once_up_to_ten(tmp_path: Path) -> None:
    bad = "".join(f"{k},{'?' if k % 2 else k}\n" for k in range(40))
    message = told(tmp_path, "# rate=4\nppg[raw],eda[uS]\n" + bad + "1\n5,6\n")

    assert "line 43: has 1 cells" in message
    assert message.count("is no number") == 9
    assert "and 11 more" in message


def test_an_unknown_kind_of_file_is_refused_with_those_we_read(tmp_path: Path) -> None:
    assert "we read .bdf, .csv, .dat, .edf, .hea" in told(tmp_path, "x", "p.docx")


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, "", "resting.csv")

    with pytest.raises(RecordingError, match=r"did you mean 'resting\.csv'"):
        read_recording(tmp_path / "restign.csv")
    with pytest.raises(RecordingError, match="there is no folder"):
        read_recording(tmp_path / "none" / "a.csv")


def edf(path: Path, *signals: edfio.EdfSignal) -> Path:
    edfio.Edf(signals).write(path)
    return path


def test_edf_signals_are_read_with_their_own_rates_and_units(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 500, 2560)
    path = edf(
        tmp_path / "p.edf",
        edfio.EdfSignal(truth, 256, label="ECG II", physical_dimension="uV"),
        edfio.EdfSignal(rng.normal(5, 1, 40), 4, label="EDA", physical_dimension="uS"),
        edfio.EdfSignal(rng.normal(5, 1, 250), 25, label="Resp oro-nasal"),
        edfio.EdfSignal(rng.normal(5, 1, 250), 25, label="EEG Fpz", physical_dimension="uV"),
    )
    made = read_recording(path)

    assert [(t.stream.name, t.stream.rate) for t in made.tracks] == [
        ("ecg", 256.0), ("eda", 4.0), ("resp", 25.0),
    ]  # fmt: skip
    # EDF keeps 16 bits: half a step of the range is the best it can do.
    assert np.max(np.abs(made.tracks[0].x[:, 0] - truth / 1000)) <= 0.51 * np.ptp(truth) / 65.535e6
    assert made.ignored == ("signal 'EEG Fpz' is not known",)


@pytest.mark.parametrize("content", [b"\x7fELF" + bytes(999), bytes(5000), b"t,ecg[mV]\n" * 99])
def test_what_is_no_edf_file_is_called_so_without_a_programs_own_words(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "p.edf"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"is no EDF or BDF file \(it is damaged") as caught:
        read_recording(path)

    assert "不是 EDF" in caught.value.zh
    path.write_bytes(b"0".ljust(200))
    with pytest.raises(RecordingError, match="its head alone has 256 bytes"):
        read_recording(path)


def test_an_edf_signal_in_an_impossible_unit_is_refused(tmp_path: Path) -> None:
    signal = edfio.EdfSignal(np.arange(40.0), 4, label="GSR", physical_dimension="V")
    path = edf(tmp_path / "p.edf", signal)

    with pytest.raises(RecordingError, match=r"'GSR' cannot be in 'V' \(write GSR\[uS\]"):
        read_recording(path)


@pytest.mark.parametrize("size", [0, 100, 256, 600, 4000, -1])
def test_an_edf_file_cut_short_is_refused(tmp_path: Path, size: int) -> None:
    signal = edfio.EdfSignal(np.sin(np.arange(2560.0)), 256, label="ECG", physical_dimension="mV")
    path = edf(tmp_path / "p.edf", signal)
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises(RecordingError, match=r"is cut short|is empty"):
        read_recording(path)


def test_our_own_sessions_are_recordings_too(tmp_path: Path) -> None:
    streams = (
        Stream("a.ecg", Kind.ECG, Unit.MILLIVOLT, 100.0, latency=0.05),
        Stream("b.eda", Kind.EDA, Unit.MICROSIEMENS, 100.0),
        Stream("c.eda", Kind.EDA, Unit.MICROSIEMENS, 100.0),
        Stream("d.rri", Kind.RRI, Unit.MILLISECOND),
    )
    header = Header("s", "2026", "p", "", Script(("a",), ()), streams)
    with Recorder(tmp_path / "session.mcap", header) as recorder:
        for k in range(200):
            for stream in streams[:3]:
                recorder.chunk(k, Chunk(stream, np.array([k / 100]), np.array([[float(k)]])))

    made = read_recording(tmp_path)

    assert [t.stream.name for t in made.tracks] == ["ecg", "b_eda", "c_eda"]
    assert made.tracks[0].x[:, 0].tolist() == list(range(200))
    assert made.ignored == ("'d.rri' has no samples",)


def test_half_a_minute_at_a_kilohertz_is_read_exactly(tmp_path: Path) -> None:
    x = np.random.default_rng(4).normal(size=(30_000, 2))
    text = "\n".join(f"{a!r},{b!r}" for a, b in x.tolist())
    ecg, resp = read(tmp_path, "# rate=1000\necg[mV],resp[raw]\n" + text).tracks

    assert np.array_equal(ecg.x[:, 0], x[:, 0])
    assert np.array_equal(resp.x[:, 0], x[:, 1])
