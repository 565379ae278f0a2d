"""Whatever a recording is like: a clear error, or a flagged gap; never a wrong number."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from engine.streams import F64
from tests.analysis_kit import results, run, write
from tests.synthetic_heart import ecg, intervals

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")

RATE = 250.0
ERRORS = {
    "empty": ("a.csv", "", ("is empty",)),
    "blank": ("a.csv", " \n\n \r\n", ("is empty",)),
    "header only": ("a.csv", "# rate=250\necg[mV]\n", ("heading but no samples",)),
    "comments only": ("a.csv", "# rate=250\n# mine\n", ("has no heading",)),
    "one sample": ("a.csv", "# rate=250\necg[mV]\n0.1\n", ("one sample",)),
    "all NaN": ("a.csv", "# rate=250\necg[mV]\n" + "nan\n" * 500, ("no value at all",)),
    "time goes back": (
        "a.csv", "t,ecg[mV]\n0,1\n0.004,1\n0.002,1\n0.008,1\n", ("line 4", "goes back", "sort"),
    ),
    "a time twice": ("a.csv", "t,ecg[mV]\n0,1\n0.004,1\n0.004,1\n", ("line 4", "twice", "keep")),
    "back and twice": (
        "a.csv", "t,eda[uS]\n0,1\n1,1\n1,1\n0.5,1\n2,1\n", ("2 faults", "line 4", "line 5"),
    ),
    "1e9": ("a.csv", "# rate=250\necg[mV]\n0.1\n1e9\n0.1\n", ("line 4", "impossible", "1e+09")),
    "infinite": ("a.csv", "# rate=4\neda[uS]\n1\ninf\n2\n", ("line 4", "impossible")),
    "unit of another kind": ("a.csv", "# rate=250\necg[degC]\n1\n2\n", ("'ecg'", "write ecg[mV]")),
    "no unit": ("a.csv", "# rate=4\neda\n1\n2\n", ("'eda' names no unit", "eda[uS]")),
    "seconds called ms": ("a.csv", "rr[ms]\n" + "0.8\n" * 60, ("write rr[s]",)),
    "ms called seconds": ("a.csv", "rr[s]\n" + "800\n" * 60, ("write rr[ms]",)),
    "both units": ("a.txt", "800\n0.81\n790\n800\n", ("line 2", "mixes seconds")),
    "half in each unit": ("a.txt", "800\n0.81\n" * 50, ("line 2, 4", "and 45 more")),
    "half in each unit, said": ("a.csv", "rr[ms]\n" + "800\n0.81\n0.8\n" * 50, ("line 2, 5",)),
    "times in ms": (
        "a.csv", "t,ecg[mV]\n" + "".join(f"{4 * k},0.1\n" for k in range(999)), ("write t[ms]",),
    ),
    "times called ms": (
        "a.csv", "t[ms],ecg[mV]\n" + "".join(f"{k / 250},0.1\n" for k in range(999)), ("t[s]",),
    ),
    "a rate that is none": ("a.csv", "# rate=fast\necg[mV]\n1\n2\n", ("line 1", "rate")),
    "rate and times differ": (
        "a.csv", "# rate=64\nt,ppg\n" + "".join(f"{k / 128},{k % 99}\n" for k in range(999)),
        ("says 64", "'ppg' 128 a second", "take one of them out"),
    ),
    "no time at all": ("a.csv", "ecg[mV]\n1\n2\n", ("# rate=250",)),
    "uneven times": (
        "a.csv", "t,ecg[mV]\n0,1\n1,2\n1.1,3\n5,4\n5.3,5\n9,6\n", ("too irregular",),
    ),
    "words": ("a.csv", "# rate=4\neda[uS]\n1\nx\n2\ny\n", ("line 4", "line 6")),
    "nothing known": ("a.csv", "# rate=4\nfoo\n1\n2\n", ("'foo' is not known", "usable are")),
    "not there": ("missing/a.csv", "", ("no folder",)),
}  # fmt: skip
"""By what is wrong: the file, and what its error has to say."""


@pytest.mark.parametrize("wrong", sorted(ERRORS))
def test_a_file_that_cannot_be_used_ends_with_one_clear_error(tmp_path: Path, wrong: str) -> None:
    name, text, said = ERRORS[wrong]
    path = tmp_path / name
    if path.parent.is_dir():
        write(path, text)

    done = run(path)

    assert done.exit_code == 1
    assert isinstance(done.exception, Exception)
    message = str(done.exception)
    assert name.rpartition("/")[2] in message
    for words in said:
        assert words in message


def ecg_csv(path: Path, x: F64, t: F64 | None = None) -> Path:
    if t is None:
        return write(path, "# rate=250\necg[mV]\n" + "".join(f"{v:.4f}\n" for v in x.tolist()))
    rows = "".join(f"{a:.3f},{v:.4f}\n" for a, v in zip(t.tolist(), x.tolist(), strict=True))
    return write(path, "t,ecg[mV]\n" + rows)


def true_rmssd(r: F64, holes: list[tuple[float, float]]) -> float:
    """Return RMSSD of the beats outside the ``holes``, nothing compared across one."""
    rr = 1000.0 * np.diff(r)
    whole = np.ones(len(rr), np.bool_)
    for start, end in holes:
        whole &= (r[1:] < start) | (r[:-1] > end)
    both = whole[1:] & whole[:-1]
    return float(np.sqrt(np.mean(np.diff(rr)[both] ** 2)))


def codes(told: dict[str, Any]) -> set[str]:
    return {remark["code"] for remark in told["remarks"]}


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["rows", "cells"])
@pytest.mark.parametrize("lasts", [1.5, 10.0, 60.0])
def test_a_gap_is_flagged_and_spoils_no_number(tmp_path: Path, lasts: float, missing: str) -> None:
    made = ecg(RATE, 240.0, seed=11)
    hole = (100.0, 100.0 + lasts)
    inside = (made.t >= hole[0]) & (made.t < hole[1])
    if missing == "rows":
        path = ecg_csv(tmp_path / "a.csv", made.x[~inside], made.t[~inside])
    else:
        path = ecg_csv(tmp_path / "a.csv", np.where(inside, np.nan, made.x))

    told = results(path)

    (gap,) = told["quality"]["gaps"]
    assert (gap["start_s"], gap["end_s"]) == pytest.approx(hole, abs=0.01)
    assert "gap" in codes(told)
    assert not any(hole[0] + 0.1 < beat < hole[1] - 0.1 for beat in told["beats_s"])
    rmssd = told["hrv"]["whole"]["rmssd_ms"]
    assert rmssd["value"] == pytest.approx(true_rmssd(made.r, [hole]), rel=0.05)


@pytest.mark.slow
def test_several_gaps_are_all_flagged(tmp_path: Path) -> None:
    made = ecg(RATE, 300.0, seed=12)
    holes = [(40.0, 42.0), (100.0, 115.0), (200.0, 230.0)]
    inside = np.any([(made.t >= a) & (made.t < b) for a, b in holes], axis=0)

    told = results(ecg_csv(tmp_path / "a.csv", made.x[~inside], made.t[~inside]))

    found = [(gap["start_s"], gap["end_s"]) for gap in told["quality"]["gaps"]]
    assert np.allclose(found, holes, atol=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["constant", "zeros", "saturated", "noise", "hum", "clipped"])
def test_a_signal_that_is_none_gives_no_number(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(5)
    t = np.arange(int(120 * RATE)) / RATE
    x = {
        "constant": np.full(len(t), 0.5), "zeros": np.zeros(len(t)),
        "saturated": np.where(t < 60.0, 3.3, -3.3), "noise": 0.3 * rng.standard_normal(len(t)),
        "hum": np.sin(2.0 * np.pi * 50.0 * t),
        "clipped": np.clip(4.0 * rng.standard_normal(len(t)), -1.0, 1.0),
    }[kind]  # fmt: skip

    told = results(ecg_csv(tmp_path / "a.csv", x))

    assert not told["good_enough"]
    shown = {n for n, m in told["hrv"]["whole"].items() if isinstance(m, dict) and m["valid"]}
    assert shown <= {"hr_bpm", "mean_nn_ms"}
    for name in shown:
        assert told["hrv"]["whole"][name]["quality"] < 0.3


def test_microvolts_called_millivolts_are_noticed_and_harm_no_time(tmp_path: Path) -> None:
    made = ecg(RATE, 90.0, seed=4)

    told = results(ecg_csv(tmp_path / "a.csv", 1000.0 * made.x))

    assert "ecg_size" in codes(told)
    assert told["hrv"]["whole"]["hr_bpm"]["value"] == pytest.approx(
        60.0 / float(np.diff(made.r).mean()), rel=0.01
    )


@pytest.mark.parametrize("seconds", [10.0, 29.0])
def test_a_recording_of_seconds_tells_a_heart_rate_at_most(tmp_path: Path, seconds: float) -> None:
    told = results(ecg_csv(tmp_path / "a.csv", ecg(RATE, seconds, seed=4).x))

    assert "too_short" in codes(told)
    assert not told["good_enough"]
    whole = told["hrv"]["whole"]
    assert whole["rmssd_ms"]["value"] is None
    assert whole["sdnn_ms"]["value"] is None


@pytest.mark.slow
@pytest.mark.parametrize("every", [2, 10, 25])
def test_mixed_rates_in_one_file_keep_their_times(tmp_path: Path, every: int) -> None:
    made = ecg(RATE, 90.0, seed=4)
    rows = "".join(
        f"{v:.4f},{2.0 + 0.001 * k / RATE if k % every == 0 else ''}\n"
        for k, v in enumerate(made.x.tolist())
    )

    told = results(write(tmp_path / "a.csv", "# rate=250\necg[mV],eda[uS]\n" + rows))

    assert told["sources"]["eda"]["rate_hz"] == pytest.approx(RATE / every)
    assert told["beats_s"] == pytest.approx(made.r[made.r > 3.0].tolist(), abs=0.004)


def test_intervals_with_lost_beats_lose_no_time(tmp_path: Path) -> None:
    ms = intervals(300, seed=3)
    t = np.cumsum(ms) / 1000.0
    kept = np.ones(len(ms), np.bool_)
    kept[100:140] = False
    rows = "".join(f"{a:.3f},{b:.1f}\n" for a, b in zip(t[kept], ms[kept], strict=True))

    told = results(write(tmp_path / "a.csv", "t,rr[ms]\n" + rows))

    (gap,) = told["quality"]["gaps"]
    assert gap["end_s"] - gap["start_s"] == pytest.approx(float(ms[100:140].sum()) / 1000.0, abs=1)
    assert told["hrv"]["whole"]["mean_nn_ms"]["value"] == pytest.approx(
        float(ms[kept].mean()), rel=0.002
    )


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        ((), "it is empty"), (("settings.ini", "a.jpg"), "holds session.mcap, an Empatica's"),
        (("events.jsonl",), "needs its session.mcap"), (("b.csv", "c.md"), "its files: b.csv"),
    ],
)  # fmt: skip
def test_a_folder_of_something_else_is_told_what_it_lacks(
    tmp_path: Path, holds: tuple[str, ...], said: str
) -> None:
    for name in holds:
        write(tmp_path / name, "x\n")

    message = str(run(tmp_path).exception)

    assert "holds no recording we read" in message
    assert said in message
