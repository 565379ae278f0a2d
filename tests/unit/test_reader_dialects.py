"""Files as people's programs leave them are read alike: commas, codings, clocks, apps, units."""

import gzip
import os
from pathlib import Path

import edfio
import numpy as np
import pytest

from engine.errors import AnlanError
from engine.store.recording import Recording, read_recording
from engine.units import Kind, Unit
from tests.analysis_kit import write

TABLE = "t;eda[µS];note\r\n0;1,5;a\r\n0,25;1,6;b\r\n0,5;1,7;ü\r\n"


def told(path: Path) -> str:
    with pytest.raises(AnlanError) as caught:
        read_recording(path)
    return str(caught.value)


def only(path: Path) -> tuple[list[float], list[float]]:
    (track,) = read_recording(path).tracks
    return track.t.tolist(), track.x[:, 0].tolist()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_european_spreadsheet_is_read_in_any_coding(tmp_path: Path, coding: str) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(TABLE.encode(coding))

    assert only(path) == ([0.0, 0.25, 0.5], [1.5, 1.6, 1.7])


def test_a_chinese_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(
        "时间,eda[μS],备注\r\n0,1.5,开始\r\n1,1.6,\r\n2,1.7,结束\r\n".encode("gb18030")
    )

    assert only(path) == ([0.0, 1.0, 2.0], [1.5, 1.6, 1.7])
    assert read_recording(path).ignored == ("column '备注' is not known",)


@pytest.mark.parametrize(
    ("heading", "name", "kind", "unit"),
    [
        ("心电[mV]", "ecg", Kind.ECG, Unit.MILLIVOLT),
        ("心电（毫伏）", "ecg", Kind.ECG, Unit.MILLIVOLT),
        ("心电 2【微伏】", "ecg2", Kind.ECG, Unit.MILLIVOLT),
        ("ＥＣＧ［ｍＶ］", "ecg", Kind.ECG, Unit.MILLIVOLT),
        ("皮电(微西门子)", "eda", Kind.EDA, Unit.MICROSIEMENS),
        ("脉搏波", "ppg", Kind.PPG, Unit.RAW),
        ("RR间期（毫秒）", "rr", Kind.RRI, Unit.MILLISECOND),
        ("皮温(℃)", "temp", Kind.SKIN_TEMP, Unit.CELSIUS),
        ("血氧(％)", "spo2", Kind.SPO2, Unit.PERCENT),
    ],
)
def test_columns_may_be_named_in_chinese(
    tmp_path: Path, heading: str, name: str, kind: Kind, unit: Unit
) -> None:
    path = tmp_path / "心电 记录.csv"
    rows = "".join(f"{n},{(800 if kind is Kind.RRI else 30) + n % 3}\r\n" for n in range(9))
    path.write_bytes(f"时间（秒）,{heading}\r\n{rows}".encode("gb18030"))
    (track,) = read_recording(path).tracks

    assert (track.stream.name, track.stream.kind, track.stream.unit) == (name, kind, unit)
    assert len(track.t) == 9


def test_a_table_of_a_thousand_unknown_columns_is_refused_in_a_few_words(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", ",".join(f"c{n}" for n in range(1000)) + "\n")
    with pytest.raises(AnlanError) as caught:
        read_recording(path)

    assert "and 992 more" in str(caught.value)
    assert len(str(caught.value)) < 500
    assert "心电[mV]" in caught.value.zh


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_called_missing_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.csv")

    assert "is no file but a pipe" in told(tmp_path / "p.csv")


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\n# rate=4\neda[uS];x\n1,5;1\n1,6;2\n1,7;3\n",
        "# rate=4;;\neda[uS];x;;\n1,5;1;;\n1,6;2;;\n1,7;3;;\n",
        "# rate=4\neda[uS],x\n1.5,1,\n1.6,2,\n1.7,3,\n",
        '# rate=4\n"eda[uS]","x"\n"1.5","a, b"\n"1.6",""\n"1.7","c"\n',
        "# rate=4\neda[uS],x\n1.5,1\n# a pause\n1.6,2\n\n1.7,3\n",
        "\n# rate = 4 Hz\n\neda [uS]\n1,5\n1,6\n1,7\n",
        "# rate=4\neda[nS]\n1500\n1600\n1700\n",
        "# rate=4\neda[S]\n1.5e-6\n1.6e-6\n1.7e-6\n",
        "# rate=4\neda[kOhm]\n" + "".join(f"{1000 / g!r}\n" for g in (1.5, 1.6, 1.7)),
        "# rate=4\nGSR (MΩ)\n" + "".join(f"{1 / g!r}\n" for g in (1.5, 1.6, 1.7)),
        "time,eda[uS]\n09:00:00.00,1.5\n09:00:00.25,1.6\n09:00:00.50,1.7\n",
        "time,eda[uS]\n23:59:59.75,1.5\n00:00:00.00,1.6\n00:00:00.25,1.7\n",
        (
            "timestamp,eda[uS]\n2026-05-01 09:00:00.000,1.5\n2026-05-01 09:00:00.250,1.6\n"
            "2026-05-01 09:00:00.500,1.7\n"
        ),
        (
            "datetime;eda[uS]\n01.05.2026 09:00:00,000;1,5\n01.05.2026 09:00:00,250;1,6\n"
            "01.05.2026 09:00:00,500;1,7\n"
        ),
        "timestamp,eda[uS]\n1777626000000,1.5\n1777626000250,1.6\n1777626000500,1.7\n",
    ],
)
def test_a_table_says_the_same_in_many_ways(tmp_path: Path, text: str) -> None:
    (track,) = read_recording(write(tmp_path / "p.csv", text)).tracks

    assert track.x[:, 0] == pytest.approx([1.5, 1.6, 1.7], rel=1e-9)
    assert track.stream.rate == pytest.approx(4.0)
    assert track.t - track.t[0] == pytest.approx([0.0, 0.25, 0.5], abs=1e-6)


RR = [812.0, 797.5, 830.0, 805.0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("elite.txt", "812\n797.5\n830\n805\n"),
        ("comma.txt", "812\n797,5\n830\n805\n"),
        ("kubios.txt", "0.812 0.812\n1.6095 0.7975\n2.4395 0.830\n3.2445 0.805\n"),
        ("tabs.txt", "812\t812\n1609.5\t797.5\n2439.5\t830\n3244.5\t805\n"),
        ("pairs.txt", "0.812,0.812\n1.6095,0.7975\n2.4395,0.83\n3.2445,0.805\n"),
        ("no_unit.csv", "RR\n812\n797.5\n830\n805\n"),
        ("seconds.csv", "RR interval\n0.812\n0.7975\n0.83\n0.805\n"),
        ("logger.csv", ("date, rr, since start\n2025-03-11 09:57:38 +0000, 812, 812\n"
         "2025-03-11 09:57:38 +0000, 797.5, 1609\n2025-03-11 09:57:39 +0000, 830, 2439\n"
         "2025-03-11 09:57:40 +0000, 805, 3244\n")),
        ("logger2.csv", ("timestamp,rr,since_start\n1777626000812,812,1\n1777626001700,797.5,2\n"
         "1777626001700,830,3\n1777626003300,805,4\n")),
        ("flow.csv", "duration,offline\n812,0\n797.5,0\n830,0\n805,0\n"),
        ("watch.hrm", ("[Params]\nVersion=106\nInterval=238\n[Note]\n1\n[HRData]\n812\n797.5\n"
         "830\n805\n")),
    ],
)  # fmt: skip
def test_intervals_are_read_as_every_app_writes_them(tmp_path: Path, name: str, text: str) -> None:
    (track,) = read_recording(write(tmp_path / name, text)).tracks

    assert track.stream.kind is Kind.RRI
    assert track.stream.unit is Unit.MILLISECOND
    assert track.x[:, 0] == pytest.approx(RR)
    assert np.diff(track.t) == pytest.approx(np.array(RR[1:]) / 1000.0)


def test_beats_without_contact_leave_a_hole(tmp_path: Path) -> None:
    text = "duration,offline\n800,0\n810,0\n4000,1\n820,0\n"
    made = read_recording(write(tmp_path / "flow.csv", text))

    assert made.tracks[0].x[:, 0].tolist() == [800.0, 810.0, 820.0]
    assert made.tracks[0].t[2] - made.tracks[0].t[1] == pytest.approx(4.82)
    assert made.ignored == ("1 intervals without contact",)


@pytest.mark.parametrize("name", ["p.csv.gz", "rr.txt.gz"])
def test_packed_text_is_unpacked(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"812\n797.5\n830\n805\n"))

    assert only(path)[1] == RR


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rr.txt", "800\n810\n0.79\n805\n0.81\n", "the other unit stands in line 3, 5"),
        ("rr.csv", "rr[ms]\n800\n0.81\n790\n", "the other unit stands in line 3"),
        ("rr.csv", "rr\n60\n61\n62\n", "neither in ms nor in s"),
        ("rr.txt", "5 800\n9 810\n11 790\n", "the first is not the time of the beats"),
        ("rr.txt", "800 810 820\n", "holds no usable signal"),
        ("a.csv", "t,eda[uS]\n09:00:00,1\nlater,2\n09:00:02,3\n", "line 3: 'later' is no time"),
        ("a.csv", "t,rr[ms]\n09:00:02,800\n09:00:01,810\n09:00:03,790\n", "line 3: time goes back"),
        ("a.csv", "# rate=4\neda[kOhm]\n500\n0\n510\n", "line 4: 'eda' is impossible in 1 of 3"),
        ("flow.csv", "duration,offline\n800,0\n-3,0\n810,0\n", "line 3: an interval of -3 ms"),
        ("a.hrm", "[Params]\nInterval=5\n[HRData]\n60\n61\n", "line 2: holds averages"),
        ("a.hrm", "[HRData]\n800\nx\n", "line 3: 'x' is no interval"),
        ("a.hrm", "nothing\n", "is no HRM file"),
        ("a.csv.gz", "not packed", "no usable signal"),
        ("a.edf.gz", "x", "unpack it first"),
        ("a.xlsx", "x", "save it as CSV first"),
        ("a.csv", "# rate=250\necg[mV]\0\n1\n2\n", "is no text file"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_explained(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    message = told(write(tmp_path / name, text))

    assert said in message
    assert name in message


def test_a_gzip_of_several_parts_is_read_whole(tmp_path: Path) -> None:
    parts = [gzip.compress(part.encode()) for part in ("# rate=4\neda[uS]\n1.5\n", "1.6\n1.7\n")]
    path = tmp_path / "p.csv.gz"
    path.write_bytes(b"".join(parts) + bytes(100))

    assert only(path)[1] == [1.5, 1.6, 1.7]


@pytest.mark.parametrize("cut", [3, 20, -4])
def test_a_gzip_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode())[:cut])

    assert "gzip" in told(path)


def interrupted(path: Path, onsets: list[float]) -> Path:
    """Write an EDF+D of one second a record whose records begin at ``onsets``."""
    n = len(onsets)
    signal = edfio.EdfSignal(
        np.arange(100.0 * n), 100, label="ECG", physical_dimension="uV",
        physical_range=(-32768.0, 32767.0), digital_range=(-32768, 32767),
    )  # fmt: skip
    edf = edfio.Edf([signal], annotations=[edfio.EdfAnnotation(0, None, "begin")])
    raw = edf.to_bytes().replace(b"EDF+C", b"EDF+D", 1)
    for k in reversed(range(n)):
        old, new = f"+{k}\x14\x14".encode(), f"+{onsets[k]:g}\x14\x14".encode()
        at = raw.index(old)
        room = raw[at:].index(b"\0" * (len(new) - len(old) + 1))
        raw = (
            raw[:at] + new + raw[at + len(old) : at + room] + raw[at + room + len(new) - len(old) :]
        )
    path.write_bytes(raw)
    return path


def read_interrupted(tmp_path: Path, onsets: list[float]) -> Recording:
    return read_recording(interrupted(tmp_path / "d.edf", onsets))


def test_an_interrupted_edf_keeps_its_holes(tmp_path: Path) -> None:
    (track,) = read_interrupted(tmp_path, [0, 1, 2, 12, 13]).tracks

    assert track.t[[0, 299, 300, 499]].tolist() == [0.0, 2.99, 12.0, 13.99]
    assert track.x[:, 0] == pytest.approx(np.arange(500) / 1000.0, abs=1e-3)
    assert track.stream.rate == 100.0


def test_an_interrupted_edf_whose_records_overlap_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnlanError, match="time goes back"):
        read_interrupted(tmp_path, [0, 1, 2, 2.5, 13])


def test_intervals_stamped_when_a_phone_got_them_are_put_where_the_heart_beat(
    tmp_path: Path,
) -> None:
    rr = np.round(900.0 + 60.0 * np.sin(0.6 * np.arange(120)) + 7.0 * np.sin(np.arange(120.0)))
    beats = np.cumsum(rr) / 1000.0
    # Once a second a strap tells what there was; two beats may then share one stamp.
    arrived = np.ceil(beats / 0.99) * 0.99 + 1e-6 * np.arange(120)
    path = write(
        tmp_path / "strap.csv",
        "t[s],rr[ms]\n" + "".join(f"{t:.6f},{ms:.0f}\n" for t, ms in zip(arrived, rr, strict=True)),
    )

    t, ms = only(path)

    assert ms == rr.tolist()
    np.testing.assert_allclose(np.diff(t), rr[1:] / 1000.0, atol=1e-9)
    assert t[0] == pytest.approx(arrived[0])


def test_beats_stamped_when_the_heart_beat_keep_their_times(tmp_path: Path) -> None:
    rr = np.round(900.0 + 60.0 * np.sin(0.6 * np.arange(40)))
    beats = np.round(np.cumsum(rr) / 1000.0, 2)  # as a recorder at 100 Hz would
    beats[20:] += 0.9  # a beat was not told
    path = write(
        tmp_path / "beats.csv",
        "t[s],rr[ms]\n" + "".join(f"{t:.2f},{ms:.0f}\n" for t, ms in zip(beats, rr, strict=True)),
    )

    assert only(path)[0] == pytest.approx(beats.tolist())
