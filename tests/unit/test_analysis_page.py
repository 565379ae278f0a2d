"""The report of a recording says plainly how good it is, and each reason once."""

import re

import numpy as np
import pytest

from engine.analysis import Analysis, analyse
from engine.analysis.course import course, tachogram_panel
from engine.analysis.lanes import lanes
from engine.analysis.naming import NAMES
from engine.analysis.page import key_numbers, parts, render, short
from engine.analysis.verdict import Verdict, because, verdict
from engine.analysis.why import reason
from engine.dsp.jit import COMPILED
from engine.dsp.metric import Metric, Why
from engine.report.phrases import NBSP, clock, duration
from engine.show import Caption
from engine.store.recording import Recording, Track
from engine.streams import Stream
from engine.units import Kind, Unit
from tests.analysis_kit import lived, of_intervals
from tests.synthetic_heart import intervals

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")


@pytest.fixture(scope="module")
def recording() -> Recording:
    return lived(150.0).recording


@pytest.fixture(scope="module")
def everything(recording: Recording) -> Analysis:
    return analyse(recording)


@pytest.fixture(scope="module")
def skin_only(recording: Recording) -> Analysis:
    tracks = tuple(track for track in recording.tracks if track.stream.kind is Kind.EDA)
    return analyse(Recording(recording.path, tracks))


@pytest.fixture(scope="module")
def irregular() -> Analysis:
    return analyse(of_intervals(np.random.default_rng(3).uniform(450.0, 1100.0, 400)))


def test_skin_conductance_alone_is_no_fault(skin_only: Analysis) -> None:
    text = render(skin_only)

    assert verdict(skin_only).verdict is Verdict.GOOD
    assert because(skin_only).en == ""
    assert "There is no signal a heartbeat can be read from" in text
    assert "RMSSD" not in text
    assert [lane.title.en for lane in lanes(skin_only)] == ["Skin signal"]


def test_skin_conductance_alone_and_poor_is_one() -> None:
    x = np.full((1200, 1), 300.0) + 0.01 * np.random.default_rng(1).standard_normal((1200, 1))
    stream = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)
    made = Recording(of_intervals(intervals(9)).path, (Track(stream, np.arange(1200) / 8.0, x),))

    assert verdict(analyse(made)).verdict is Verdict.POOR


def test_an_irregular_rhythm_tells_no_breath_and_no_share_corrected(irregular: Analysis) -> None:
    assert irregular.breath is not None
    assert not np.isfinite(irregular.breath.rate_bpm).any()
    assert "corrected" not in because(irregular).en
    assert [part.title.en for part in parts(irregular)] == ["Heartbeat"]
    assert "no_breath_from_heart" in {remark.code for remark in irregular.remarks}


def test_a_reason_is_told_once_with_all_its_numbers(irregular: Analysis) -> None:
    (heart,) = parts(irregular)

    reasons = [reason.en for _, reason in heart.untold]

    assert len(reasons) == len(set(reasons))
    assert {line.name.metric for line in heart.told} == {"hr_bpm", "mean_nn_ms"}
    assert any("RMSSD, SDNN" in names.en for names, _ in heart.untold)


def test_every_signal_has_its_strip_and_what_is_first_is_first(everything: Analysis) -> None:
    first = key_numbers(parts(everything))

    assert [line.name.metric for line in first][:2] == ["hr_bpm", "rmssd_ms"]
    assert [lane.title.en for lane in lanes(everything)] == [
        "Heart signal", "Skin signal", "Breath signal",
    ]  # fmt: skip
    assert "usable heartbeat" in because(everything).en


def test_a_report_needs_nothing_from_outside_and_runs_nothing(everything: Analysis) -> None:
    text = render(everything)

    assert not re.findall(r"(?:src|href)=\"(?!#)|<script", text)
    assert text.count('lang="zh"') == text.count('lang="en"')


def test_the_recipe_of_the_spectrum_is_told_once_on_paper(everything: Analysis) -> None:
    text = render(everything)
    paper = text[text.index('<dl class="meanings">') :]

    assert paper.count("cubic spline") == 1
    assert short(NAMES["lf_ms2"].meaning).en == "Power from 0.04 to 0.15 Hz."
    assert short(NAMES["lf_ms2"].meaning).zh == "0.04 至 0.15 Hz 的功率。"


def test_a_number_is_told_with_what_it_may_be_off_and_the_page_says_what_that_means(
    everything: Analysis,
) -> None:
    rmssd = next(line for line in parts(everything)[0].told if line.name.metric == "rmssd_ms")
    text = render(everything)

    assert re.fullmatch(rf"±{NBSP}[\d.]+", rmssd.doubt)
    assert text.count(f'<span class="off">{rmssd.doubt}</span>') >= 1
    assert "± is how far a number may be off" in text
    assert "可能相差多少" in text


def test_without_a_doubt_nothing_is_said_of_one(skin_only: Analysis) -> None:
    assert "±" not in render(skin_only)


@pytest.mark.parametrize(
    ("name", "why", "said"),
    [
        ("rmssd_ms", Why.IRREGULAR, "rhythm too irregular"),
        ("sampen", Why.SHORT, "needs 3 min of usable heartbeat"),
        ("lf_ms2", Why.SHORT, "needs 2 min of usable heartbeat, unbroken for 64 s at a time"),
        ("hf_ms2", Why.CORRECTED, f"more than 5{NBSP}% of the beats corrected"),
        ("lf_ms2", Why.DOUBTFUL, f"may have moved it by more than 40{NBSP}%"),
        ("dfa_alpha1", Why.DOUBTFUL, "may have moved it by more than 0.20"),
        ("hf_peak_hz", Why.DOUBTFUL, "may have moved it by more than 0.02 Hz"),
        ("hf_peak_hz", Why.FEW, "no steady peak"),
        ("lf_ms2", Why.FEW, "a single unbroken stretch"),
        ("rsa_ms", Why.SHORT, "needs a breathing sensor"),
        ("sdnn_ms", Why.MISSING, "not enough good time"),
        ("scr_amplitude_us", Why.NONE, "there was no response"),
        ("sampen", Why.NONE, "cannot be told"),
    ],
)
def test_what_is_withheld_says_why(name: str, why: Why, said: str) -> None:
    words = reason(name, Metric(np.nan, False, 0.0, 0.0, 0.0, "ms", "", why=why), ("heart",))

    assert said in words.en
    assert re.search(r"[\u4e00-\u9fff]", words.zh)


def test_what_is_told_has_no_reason_and_what_is_not_has_one(
    everything: Analysis, irregular: Analysis
) -> None:
    for analysis in (everything, irregular):
        for part in (analysis.whole, *analysis.windows):
            for metric in part.metrics.values():
                assert metric.valid == (metric.why is None)


@pytest.mark.parametrize(
    ("seconds", "zh", "en", "said"),
    [(59.6, "1 分钟", "1 min", "1:00"), (3599.0, "59 分 59 秒", "59 min 59 s", "59:59"),
     (3600.0, "1 小时", "1 h", "1:00:00"), (88_333.0, "24 小时 32 分", "24 h 32 min", "24:32:13")],
)  # fmt: skip
def test_what_lasts_long_is_told_in_hours(seconds: float, zh: str, en: str, said: str) -> None:
    assert duration(seconds) == Caption(zh, en)
    assert clock(seconds) == said


def test_a_day_has_few_marks_of_time_and_says_what_they_are() -> None:
    hours = np.concatenate([np.append(intervals(60, seed=k), 3_540_000.0) for k in range(20)])
    text = render(analyse(of_intervals(hours)))

    assert "横轴：时间（时:分）" in text
    assert "Time in h:min" in text
    marks = re.findall(
        r">(\d+:\d\d)<", "".join(plot.picture for plot in course(analyse(of_intervals(hours))))
    )
    assert marks == [f"{2 * k}:00" for k in range(len(marks))]
    assert 8 <= len(marks) <= 12


def test_in_an_irregular_rhythm_the_picture_shows_what_was_measured(irregular: Analysis) -> None:
    found = irregular.found
    during = irregular.rhythm.during(found.t)

    assert np.mean(during) > 0.9
    assert float(np.ptp(found.nn_ms[during])) < 0.9 * float(np.ptp(found.ms[during]))
    panel = tachogram_panel(irregular)
    drawn = np.concatenate([piece.y for piece in panel.curves[0].pieces])
    assert float(np.ptp(drawn)) > 0.95 * float(np.ptp(found.ms[during]))
    assert not set(panel.marks) & set(found.t[during].tolist())


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (1e-6, "< 0.001 uS in the median"),
        (1e3, "uS and nS may be mixed up"),
        (1.0, ""),
    ],
)
def test_a_skin_of_the_wrong_size_is_told_its_likely_unit(
    recording: Recording, factor: float, said: str
) -> None:
    (skin,) = (track for track in recording.tracks if track.stream.kind is Kind.EDA)
    made = analyse(Recording(recording.path, (skin._replace(x=factor * skin.x),)))

    found = [r.words.en for r in made.remarks if r.code == "eda_size"]

    assert len(found) == (said != "")
    assert all(said in words for words in found)
    assert not re.search(r"\de-\d", "".join(found))


def test_resistance_taken_for_conductance_is_told(recording: Recording) -> None:
    (skin,) = (track for track in recording.tracks if track.stream.kind is Kind.EDA)
    made = analyse(Recording(recording.path, (skin._replace(x=1000.0 / skin.x),)))

    (found,) = (r.words for r in made.remarks if r.code == "eda_size")
    assert "uS and kOhm may be mixed up" in found.en
    assert "混淆了 uS 与 kOhm" in found.zh


@pytest.mark.parametrize(
    ("factor", "unit"), [(1000.0, "mV, uV or V"), (0.001, "mV, uV or V"), (1e5, "raw counts")]
)
def test_an_ecg_of_the_wrong_size_is_told_its_likely_unit(
    recording: Recording, factor: float, unit: str
) -> None:
    (heart,) = (track for track in recording.tracks if track.stream.kind is Kind.ECG)
    made = analyse(Recording(recording.path, (heart._replace(x=factor * heart.x),)))

    (found,) = (r.words.en for r in made.remarks if r.code == "ecg_size")
    assert unit in found


def test_a_poor_recording_says_what_to_do_and_a_bad_skin_no_untruth(
    recording: Recording,
) -> None:
    (skin,) = (track for track in recording.tracks if track.stream.kind is Kind.EDA)
    made = analyse(Recording(recording.path, (skin._replace(x=1e-6 * skin.x),)))
    text = render(made)

    assert "record five quiet minutes again" in text
    assert "重新记录安静的五分钟" in text
    assert "there was no response" not in text


def test_a_recording_with_a_date_tells_it(recording: Recording) -> None:
    moved = Recording(
        recording.path, tuple(k._replace(t=k.t + 1_772_409_540.0) for k in recording.tracks)
    )

    assert re.search(r"记录于.*<dd>2026-03-0[12] \d\d:\d\d</dd>", render(analyse(moved)))
    assert "记录于" not in render(analyse(recording))


def test_an_irregular_rhythm_is_not_to_be_recorded_again(irregular: Analysis) -> None:
    assert verdict(irregular).verdict is Verdict.POOR
    assert "record" not in verdict(irregular).words.en


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_report_opens_in_the_language_that_was_asked_for(
    skin_only: Analysis, language: str
) -> None:
    (shown,) = re.findall(r'id="show-(..)" class="switch" checked', render(skin_only, language))

    assert shown == language
