"""The command as a counselor runs it: any file in, JSON and a report out, faults in words."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from tests.analysis_kit import results, run, write
from tests.synthetic_heart import ecg, intervals

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")


def ecg_csv(path: Path, seconds: float = 120.0) -> Path:
    made = ecg(250.0, seconds, seed=4)
    rows = "\n".join(f"{x:.4f}" for x in made.x.tolist())
    return write(path, f"# rate=250\necg[mV]\n{rows}\n")


def rr_txt(path: Path, n: int = 300) -> Path:
    return write(path, "\n".join(f"{ms:.1f}" for ms in intervals(n, seed=4).tolist()) + "\n")


def test_a_person_is_told_the_essentials_at_once(tmp_path: Path) -> None:
    done = run(rr_txt(tmp_path / "rr.txt"), "--lang", "en")

    assert done.exit_code == 0, done.output
    assert re.search(r"Heart rate +\d\d\.\d ± \d\.\d /min", done.stdout)
    assert re.search("good enough +yes", done.stdout)


def test_a_person_is_told_the_essentials_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ecg_csv(tmp_path / "e.csv", 40.0)
    monkeypatch.setenv("ANLAN_LANG", "zh")

    done = run(path)

    assert re.search("质量足够 +否", done.stdout)
    assert re.search(r"心率 +\d\d\.\d", done.stdout)
    assert re.search(r"SDNN +–  \(需要 1 分钟可用的心跳\)", done.stdout)
    assert "问题  记录只有 40 秒" in done.stderr
    begins = {
        len(re.split("(?<=  )(?! )", line)[0].encode("gb18030"))
        for line in done.stdout.splitlines()
    }
    assert len(begins) == 1, "what is told stands in one column"
    assert not re.search("[a-z]{3} [a-z]{3}", done.output), "English words among Chinese ones"


def test_a_day_is_told_in_hours(tmp_path: Path) -> None:
    rows = "".join(f"{800 + k % 40 + 900000 * (k % 40 == 9)}\n" for k in range(200))
    done = run(write(tmp_path / "rr.txt", rows), "--lang", "en")

    assert "1:17:" in done.stdout


def test_json_and_report_are_written_together(tmp_path: Path) -> None:
    out, page = tmp_path / "o.json", tmp_path / "o.html"

    done = run(ecg_csv(tmp_path / "e.csv"), "--json", out, "--report", page)

    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text("utf-8"))["schema"] == "anlan.analysis/1"
    text = page.read_text("utf-8")
    assert "静坐测试" in text
    assert "Seated test" in text
    assert "e.csv" in text
    assert not re.findall(r"(?:src|href)=\"(?!#)", text)
    assert {p.name for p in tmp_path.iterdir()} == {"e.csv", "o.json", "o.html"}


def test_peak_times_replace_the_waveform(tmp_path: Path) -> None:
    made = ecg(250.0, 120.0, seed=4)
    beats = write(tmp_path / "b.txt", "t\n" + "\n".join(f"{r:.4f}" for r in made.r.tolist()))

    told = results(ecg_csv(tmp_path / "e.csv"), "--peak-times", beats)

    assert told["beats_s"] == pytest.approx(np.round(made.r, 4).tolist(), abs=1e-6)
    assert told["sources"]["heart"]["stream"] == "beats"


def test_peak_times_alone_are_enough(tmp_path: Path) -> None:
    beats = write(tmp_path / "b.txt", "\n".join(f"{0.8 * k:.3f}" for k in range(200)))

    done = run("--peak-times", beats, "--json", "-")

    assert json.loads(done.stdout)["hrv"]["whole"]["hr_bpm"]["value"] == pytest.approx(75.0)


def test_a_pause_between_peak_times_is_no_interval(tmp_path: Path) -> None:
    t = np.concatenate((0.8 * np.arange(100), 100.0 + 0.8 * np.arange(100)))
    beats = write(tmp_path / "b.txt", "\n".join(f"{x:.3f}" for x in t.tolist()))

    told = json.loads(run("--peak-times", beats, "--json", "-").stdout)

    assert told["hrv"]["whole"]["mean_nn_ms"]["value"] == pytest.approx(800.0)
    assert [rr["kind"] for rr in told["rr"] if rr["ms"] > 3000.0] == ["missed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("1.0\n2.0\n1.5\n", "not after"), ("1.0\n2.0\n", "too few"),
     ("1.0\n2.0\nx\n3.0\n", "line 3"), ("1\n2\nnan\n3\n", "not after"),
     ("\n".join(str(800 * k) for k in range(50)), "in seconds")],
)  # fmt: skip
def test_peak_times_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    done = run("--peak-times", write(tmp_path / "b.txt", text))

    assert said in str(done.exception)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "# rate=250\necg[mV]\n0.1\n", "one sample"),
        ("a.csv", "# rate=250\necg[mV]\n" + "nan\n" * 500, "no value at all"),
        ("a.csv", "# rate=250\necg[mV]\n" + "0.1\n1e9\n" * 500, "impossible"),
        ("a.csv", "t,ecg[mV]\n0,1\n0.004,1\n0.002,1\n", "goes back"),
        ("a.csv", "t,ecg[mV]\n0,1\n0.004,1\n0.004,1\n", "twice"),
        ("a.csv", "# rate=250\necg[kg]\n1\n2\n", "cannot be in"),
        ("a.csv", "t,rr[ms]\n" + "".join(f"{0.8 * k},0.8\n" for k in range(1, 60)), "write rr[s]"),
        ("a.txt", "800\n810\nnot a beat\n", "line 3"),
        ("a.xdf", "nothing", "no XDF file"),
        ("a.zip", "nothing", "damaged zip"),
        ("a.hea", "nothing", "no WFDB header"),
        ("a.docx", "nothing", "we read"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    done = run(write(tmp_path / name, text))

    assert said in str(done.exception)
    assert done.exit_code == 1


def test_a_flat_line_is_analysed_and_said_to_be_useless(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "# rate=250\necg[mV]\n" + "0.5\n" * 20_000)

    told = results(path)

    assert not told["good_enough"]
    assert told["rr"] == []
    assert told["rhythm"] == "unknown"
    assert all(m["value"] is None for m in told["hrv"]["whole"].values() if isinstance(m, dict))


def test_signals_of_different_rates_live_in_one_file(tmp_path: Path) -> None:
    made = ecg(250.0, 120.0, seed=4)
    rows = "".join(
        f"{k / 250:.3f},{x:.4f},{f'{2.0 + 0.0001 * k:.4f}' if k % 50 == 0 else ''}\n"
        for k, x in enumerate(made.x.tolist())
    )

    told = results(write(tmp_path / "a.csv", "t,ecg[mV],eda[uS]\n" + rows))

    assert told["sources"]["eda"]["rate_hz"] == 5.0
    assert told["eda"]["whole"]["tonic_us"]["valid"]


def test_a_report_without_a_place_goes_beside_the_recording(tmp_path: Path) -> None:
    done = run(rr_txt(tmp_path / "rest.txt"), "--report")

    assert done.exit_code == 0, done.output
    assert "静坐测试" in (tmp_path / "rest.html").read_text("utf-8")
    assert "rest.html" in done.stderr


def test_a_report_never_takes_the_place_of_a_recording(tmp_path: Path) -> None:
    path = rr_txt(tmp_path / "rest.txt")
    before = path.read_bytes()

    done = run("--report", path)

    assert done.exit_code == 2
    assert "FILE comes first" in done.output
    assert path.read_bytes() == before


def test_no_progress_is_told_to_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.cli.analyse.LONG", 1.0)
    monkeypatch.setattr("engine.cli.analyse.LARGE", 1)

    done = run(rr_txt(tmp_path / "rr.txt"))

    assert "analysing" not in done.stderr
    assert "reading" not in done.stderr


def test_nowhere_to_write_is_told(tmp_path: Path) -> None:
    done = run(rr_txt(tmp_path / "rr.txt"), "--json", tmp_path / "no" / "o.json")

    assert "cannot be written" in str(done.exception)


def test_nothing_to_analyse_is_a_question_of_usage() -> None:
    assert run().exit_code == 2


@pytest.mark.parametrize("seconds", [40.0, 120.0])
def test_a_report_tells_what_it_lacks(tmp_path: Path, seconds: float) -> None:
    page = tmp_path / "o.html"

    run(ecg_csv(tmp_path / "e.csv", seconds), "--report", page)

    text = page.read_text("utf-8")
    assert "needs" in text
    assert ("not good enough" in text) == (seconds < 60.0)


def test_no_word_of_the_report_judges_a_person(tmp_path: Path) -> None:
    page = tmp_path / "o.html"

    run(ecg_csv(tmp_path / "e.csv"), "--report", page)

    text = page.read_text("utf-8").lower()
    for word in ("treat", "cure", "diagnos", "sympathetic", "anxi", "stressed"):
        assert word not in text, word
