"""Numbers that would be wrong without looking wrong are not told, or told with a word of care."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.analysis import analyse, facts
from engine.dsp.jit import COMPILED
from engine.store.recording import Recording, Track
from engine.streams import F64, Stream
from engine.units import Kind, Unit
from tests.analysis_kit import of_intervals, results, run, write
from tests.synthetic_heart import Ecg, ecg, intervals

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")

RATE = 250.0


@pytest.fixture(scope="module")
def heart() -> Ecg:
    return ecg(RATE, 120.0, seed=21)


def table(path: Path, columns: dict[str, F64], digits: int = 4) -> Path:
    rows = "\n".join(
        ",".join(f"{v:.{digits}f}" if np.isfinite(v) else "" for v in row)
        for row in np.stack(list(columns.values()), axis=1).tolist()
    )
    return write(path, f"{','.join(columns)}\n{rows}\n")


def codes(told: dict[str, Any]) -> dict[str, str]:
    return {remark["code"]: remark["weight"] for remark in told["remarks"]}


def rmssd(r: F64) -> float:
    return float(np.sqrt(np.mean(np.diff(1000.0 * np.diff(r[r > 3.0])) ** 2)))


@pytest.mark.parametrize("rate", [1.0, 4.0])
def test_a_curve_drawn_through_intervals_is_no_list_of_beats(tmp_path: Path, rate: float) -> None:
    ms = intervals(200, seed=5)
    t = np.arange(int(150 * rate)) / rate
    path = table(tmp_path / "a.csv", {"t": t, "rr[ms]": np.interp(t, np.cumsum(ms) / 1e3, ms)})

    done = run(path)

    assert done.exit_code == 1
    assert f"has a row every {1 / rate:.3g} s, not one a beat" in str(done.exception)
    assert "插值" in done.exception.zh  # type: ignore[union-attr]


@pytest.mark.parametrize("jump", [2.0, 400.0])
def test_a_clock_set_on_the_way_is_refused_at_once(tmp_path: Path, heart: Ecg, jump: float) -> None:
    t = heart.t + 86_400.0 * jump * (heart.t >= 20.0)

    done = run(table(tmp_path / "a.csv", {"t": t, "ecg[mV]": heart.x}))

    assert f"jump by {jump:.1f} days, 20.0 s after" in str(done.exception)


def test_a_clock_that_was_never_set_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "EDA.csv", "0.0\n4.0\n" + "".join(f"{1 + k % 9}\n" for k in range(400)))
    write(tmp_path / "TEMP.csv", "1700000000.0\n4.0\n" + "33.1\n" * 400)

    done = run(tmp_path)

    assert "would last 19676 days" in str(done.exception)


@pytest.mark.parametrize("share", [0.005, 0.05])
def test_samples_lost_here_and_there_bend_no_number(
    tmp_path: Path, heart: Ecg, share: float
) -> None:
    n = len(heart.t)
    kept = np.sort(np.random.default_rng(0).choice(n, round(n * (1 - share)), replace=False))

    told = results(table(tmp_path / "a.csv", {"t": heart.t[kept], "ecg[mV]": heart.x[kept]}))

    assert codes(told)["lost_samples"] == ("care" if share > 0.01 else "note")
    whole = told["hrv"]["whole"]
    assert whole["rmssd_ms"]["value"] == pytest.approx(rmssd(heart.r), rel=0.01)


def test_intervals_that_are_all_the_same_tell_no_variability() -> None:
    told = facts(analyse(of_intervals(np.full(200, 800.0))))

    assert codes(told)["constant"] == "fault"
    assert not told["good_enough"]
    shown = {n for n, m in told["hrv"]["whole"].items() if isinstance(m, dict) and m["valid"]}
    assert shown == {"hr_bpm", "mean_nn_ms"}


def test_a_skin_that_never_moves_tells_no_level(tmp_path: Path) -> None:
    still = write(tmp_path / "a.csv", "# rate=4\neda[uS]\n" + "3.0\n" * 1200)
    half = "".join(f"{3 + 0.001 * (k % 50):.3f}\n" for k in range(800)) + "3.1\n" * 400
    some = write(tmp_path / "b.csv", "# rate=4\neda[uS]\n" + half)

    told, partly = results(still), results(some)

    assert told["eda"]["whole"]["tonic_us"]["value"] is None
    assert told["eda"]["whole"]["scr_per_min"]["value"] is None
    assert codes(told)["eda_still"] == "fault"
    assert partly["eda"]["whole"]["tonic_us"]["value"] == pytest.approx(3.02, abs=0.03)
    assert all(v is None for t, v in zip(partly["eda"]["t_s"], partly["eda"]["tonic_us"],
                                         strict=True) if t > 201.0)  # fmt: skip


@pytest.mark.parametrize(("said", "weight"), [(250, None), (125, "care"), (480, "care")])
def test_a_rate_that_makes_the_heart_unlikely_is_doubted(
    tmp_path: Path, heart: Ecg, said: int, weight: str | None
) -> None:
    told = results(
        write(tmp_path / "a.csv", f"# rate={said}\necg[mV]\n"
              + "".join(f"{x:.4f}\n" for x in np.tile(heart.x, 2).tolist()))
    )  # fmt: skip

    assert codes(told).get("unusual_heart_rate") == weight


def test_intervals_counted_in_samples_are_doubted() -> None:
    told = facts(analyse(of_intervals(np.round(0.36 * intervals(300, seed=5)))))

    assert codes(told)["unusual_heart_rate"] == "fault"
    assert not told["good_enough"]


def test_a_recording_that_tells_nothing_is_never_good_enough(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    noise = "".join(f"{x:.4f}\n" for x in rng.standard_normal(120 * 25).tolist())

    told = results(write(tmp_path / "a.csv", "# rate=25\nresp\n" + noise))

    assert not told["good_enough"]
    assert "nothing_told" in codes(told)


@pytest.mark.parametrize("bad", ["flat", "noise", "off"])
def test_of_two_leads_the_better_one_is_read(tmp_path: Path, heart: Ecg, bad: str) -> None:
    spoiled = {
        "flat": np.zeros(len(heart.x)),
        "noise": 0.3 * np.random.default_rng(1).standard_normal(len(heart.x)),
        "off": np.where(heart.t < 30.0, heart.x, np.nan),
    }[bad]

    told = results(
        table(tmp_path / "a.csv", {"t": heart.t, "ecg1[mV]": spoiled, "ecg2[mV]": heart.x})
    )

    assert told["sources"]["heart"]["stream"] == "ecg2"
    assert told["good_enough"]
    said = next(r for r in told["remarks"] if r["code"] == "heart_read_from")
    assert "too little was read" in said["en"]


def test_a_good_first_lead_stays_the_one_that_is_read(tmp_path: Path, heart: Ecg) -> None:
    told = results(
        table(tmp_path / "a.csv", {"t": heart.t, "ecg1[mV]": 0.5 * heart.x, "ecg2[mV]": heart.x})
    )

    assert told["sources"]["heart"]["stream"] == "ecg1"


def test_a_list_of_beats_ends_before_the_recording_without_a_gap() -> None:
    (beats,) = of_intervals(intervals(120, seed=3)).tracks
    t = np.arange(0.0, beats.t[-1] + 1.3, 0.25)
    stream = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 4.0)
    skin = Track(stream, t, 2.0 + 0.1 * np.sin(t)[:, np.newaxis])

    assert facts(analyse(Recording(Path("a.csv"), (beats, skin))))["quality"]["gaps"] == []


def test_a_pause_in_a_list_of_intervals_is_a_gap() -> None:
    ms = np.concatenate((intervals(100, seed=3), [12_000.0], intervals(100, seed=4)))

    (gap,) = facts(analyse(of_intervals(ms)))["quality"]["gaps"]

    assert gap["end_s"] - gap["start_s"] == pytest.approx(12.0)


def test_a_file_cut_short_is_used_with_care(tmp_path: Path, heart: Ecg) -> None:
    path = table(tmp_path / "a.csv", {"t": heart.t, "ecg[mV]": heart.x})
    path.write_text(path.read_text("utf-8")[:-9], encoding="utf-8")

    told = results(path)

    assert codes(told)["damaged_file"] == "care"
    assert "cut short" in told["quality"]["ignored"][0]


@pytest.mark.parametrize("step", [0.03, 0.05, 0.1])
def test_an_ecg_rounded_away_is_told_why_it_tells_so_little(
    tmp_path: Path, heart: Ecg, step: float
) -> None:
    path = table(tmp_path / "a.csv", {"t": heart.t, "ecg[mV]": np.round(heart.x / step) * step})

    told = results(path)

    assert ("coarse_values" in codes(told)) == (step > 0.04)
    said = "".join(r["en"] for r in told["remarks"])
    assert (f"steps of {step:.3g} mV" in said) == (step > 0.04)


@pytest.mark.parametrize("times", [2, 4])
def test_intervals_that_stand_several_times_each_are_no_beats(tmp_path: Path, times: int) -> None:
    ms = np.repeat(np.round(intervals(100, seed=5)), times)

    done = run(write(tmp_path / "rr.txt", "".join(f"{x:.0f}\n" for x in ms.tolist())))

    assert "stands there several times" in str(done.exception)


def test_a_slow_recorder_may_tell_the_same_interval_twice(tmp_path: Path) -> None:
    calm = 15.625 * np.round(intervals(200, seed=5, swing=1.0, noise_ms=4.0) / 15.625)

    done = run(write(tmp_path / "rr.txt", "".join(f"{x:.3f}\n" for x in calm.tolist())))

    assert np.mean(np.diff(calm) == 0.0) > 0.3
    assert done.exit_code == 0
