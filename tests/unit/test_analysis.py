"""The analysis of a recording tells what the body did, as a live session would have."""

import math
from pathlib import Path

import numpy as np
import pytest

from engine.analysis import Analysis, analyse, facts, to_text
from engine.analysis.passing import hear
from engine.dsp.jit import COMPILED
from engine.dsp.rr_layout import Beat
from engine.errors import AnlanError, RecordingError
from engine.store.recording import Recording, Track
from engine.streams import Stream
from engine.units import Kind, Unit
from tests.analysis_kit import Lived, lived, of_ecg, of_intervals, valid
from tests.synthetic_heart import ecg, intervals

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of life take too long uncompiled")

LASTS = 300.0
METRIC = {"value", "valid", "quality", "corrected", "window_s", "doubt", "why"}


@pytest.fixture(scope="module")
def person() -> Lived:
    return lived(LASTS, sensors=["ecg", "eda", "resp"])


@pytest.fixture(scope="module")
def analysis(person: Lived) -> Analysis:
    return analyse(person.recording)


def codes(analysis: Analysis) -> set[str]:
    return {remark.code for remark in analysis.remarks}


def test_every_beat_is_found_where_it_was(person: Lived, analysis: Analysis) -> None:
    beats = analysis.beats + analysis.heard.zero
    true = person.beats[(person.beats > 4.0) & (person.beats < LASTS - 1.0)]

    assert max(np.abs(beats - beat).min() for beat in true) < 0.002
    assert max(np.abs(person.beats - beat).min() for beat in beats) < 0.002


def test_variability_is_that_of_the_true_beats(person: Lived, analysis: Analysis) -> None:
    start, end = analysis.beats[[0, -1]] + analysis.heard.zero
    rr = 1000.0 * np.diff(person.beats[(person.beats > start - 0.1) & (person.beats < end + 0.1)])

    told = analysis.whole.metrics

    assert told["rmssd_ms"].value == pytest.approx(np.sqrt(np.mean(np.diff(rr) ** 2)), rel=0.02)
    assert told["sdnn_ms"].value == pytest.approx(np.std(rr, ddof=1), rel=0.01)
    assert told["mean_nn_ms"].value == pytest.approx(np.mean(rr), rel=0.001)


def test_five_minutes_of_a_good_recording_give_every_index(analysis: Analysis) -> None:
    hidden = {name for name, metric in analysis.whole.metrics.items() if not metric.valid}

    # There need not be a summit in both bands.
    assert hidden <= {"lf_peak_hz", "hf_peak_hz"}
    assert analysis.good_enough
    assert analysis.breath is not None
    assert analysis.skin is not None
    assert analysis.skin.metrics["tonic_us"].valid


def test_what_live_judged_is_not_judged_otherwise_offline(analysis: Analysis) -> None:
    detail = analysis.heard.rows["heart.detail"]
    live = np.isfinite(detail.axis("nn_ms")) & (detail.axis("code") != Beat.LEARN)
    found = analysis.found
    place = np.searchsorted(found.t, detail.axis("nn_at_s")[live] - 1e-6)

    assert found.code[place].tolist() == detail.axis("code")[live].tolist()
    assert found.nn_ms[place].tolist() == detail.axis("nn_ms")[live].tolist()


def test_hindsight_judges_both_ends_of_a_recording() -> None:
    ms = intervals(300, seed=3)

    found = analyse(of_intervals(ms)).found

    assert found.code.tolist() == [Beat.NORMAL] * 300
    assert found.difference_ok.tolist() == [0.0] + [1.0] * 299


def test_a_clean_list_of_intervals_gives_exactly_the_textbook_numbers() -> None:
    ms = intervals(400, seed=4)

    told = analyse(of_intervals(ms)).whole.metrics

    assert told["rmssd_ms"].value == pytest.approx(np.sqrt(np.mean(np.diff(ms) ** 2)), rel=1e-9)
    assert told["sdnn_ms"].value == pytest.approx(np.std(ms, ddof=1), rel=1e-9)
    assert told["pnn50_percent"].value == pytest.approx(
        100.0 * np.mean(np.abs(np.diff(ms)) > 50.0), rel=1e-9
    )


def test_an_artefact_in_the_very_first_beats_is_found() -> None:
    ms = intervals(300, seed=5)
    ms[2] *= 2.0

    found = analyse(of_intervals(ms)).found

    assert found.code[2] == Beat.MISSED
    assert set(np.delete(found.code, 2).tolist()) == {Beat.NORMAL}


def test_kinds_of_intervals_are_told() -> None:
    ms = intervals(300, seed=6)
    ms[100] *= 2.0
    ms[150], ms[151] = 0.7 * ms[150], 1.3 * ms[151]
    ms = np.insert(ms, 200, [0.4 * ms[200]])
    ms[201] *= 0.6

    told = facts(analyse(of_intervals(ms)))["rr"]

    assert told[100]["kind"] == "missed"
    assert told[150]["kind"] == told[151]["kind"] == "ectopic"
    assert told[200]["kind"] == "extra"
    assert {told[k]["kind"] for k in range(20, 90)} == {"normal"}


def test_json_has_the_agreed_shape(analysis: Analysis) -> None:
    made = valid(to_text(analysis))

    assert made["schema"] == "anlan.analysis/1"
    assert made["rhythm"] == "regular"
    assert set(made["rr"][0]) >= {"t_s", "ms", "kind"}
    assert set(made["hrv"]["whole"]["rmssd_ms"]) == METRIC
    assert [w["start_s"] - made["start_s"] for w in made["hrv"]["windows"]] == pytest.approx(
        [0.0, 60.0, 120.0, 180.0, 240.0]
    )
    assert set(made["eda"]["scr"][0]) == {"onset_s", "peak_s", "amplitude_us"}
    assert len(made["resp"]["t_s"]) == len(made["resp"]["rate_bpm"])
    named = {n for n, v in made["hrv"]["whole"].items() if isinstance(v, dict)}
    assert named <= set(made["definitions"])


def test_a_value_that_is_not_valid_is_null() -> None:
    made = facts(analyse(of_intervals(intervals(60, seed=1))))

    for name, metric in made["hrv"]["whole"].items():
        if isinstance(metric, dict):
            assert (metric["value"] is None) == (not metric["valid"]), name
    assert made["hrv"]["whole"]["lf_ms2"]["value"] is None


def test_times_are_those_of_the_file() -> None:
    made = ecg(250.0, 60.0, seed=2)

    there = analyse(of_ecg(made.x, t=made.t + 1000.0))

    beats = np.array(facts(there)["beats_s"])
    assert facts(there)["start_s"] == 1000.0
    assert np.abs(beats[5] - 1000.0 - made.r).min() < 0.002


def test_windows_may_overlap() -> None:
    made = analyse(of_intervals(intervals(500, seed=2)), window=120.0, step=30.0)

    assert [w.start for w in made.windows[:3]] == [0.0, 30.0, 60.0]
    assert all(w.metrics["sdnn_ms"].valid for w in made.windows)


@pytest.mark.parametrize(("window", "step"), [(5.0, 5.0), (60.0, 0.0), (math.nan, 1.0)])
def test_impossible_windows_are_refused(window: float, step: float) -> None:
    with pytest.raises(AnlanError, match="make no sense"):
        analyse(of_intervals(intervals(100)), window=window, step=step)


def test_an_upside_down_electrocardiogram_has_the_same_beats_and_a_remark() -> None:
    made = ecg(250.0, 120.0, seed=5)

    upright, turned = analyse(of_ecg(made.x)), analyse(of_ecg(-made.x))

    assert "ecg_upside_down" in codes(turned)
    assert "ecg_upside_down" not in codes(upright)
    assert np.abs(turned.beats[3:] - made.r[-len(turned.beats[3:]) :]).max() < 0.02
    assert turned.whole.metrics["hr_bpm"].value == pytest.approx(
        upright.whole.metrics["hr_bpm"].value, rel=0.001
    )


def test_an_electrocardiogram_in_the_wrong_unit_is_remarked_on() -> None:
    assert "ecg_size" in codes(analyse(of_ecg(1000.0 * ecg(250.0, 60.0, seed=1).x)))


@pytest.mark.parametrize("seconds", [1.0, 5.0, 20.0, 60.0])
def test_a_gap_is_told_and_never_makes_a_wrong_number(seconds: float) -> None:
    made = ecg(250.0, 300.0, seed=6)
    there = (made.t < 120.0) | (made.t >= 120.0 + seconds)
    true = np.diff(made.r) * 1000.0

    analysis = analyse(of_ecg(made.x[there], t=made.t[there]))

    (gap,) = analysis.gaps
    assert (gap.start, gap.end) == pytest.approx((120.0, 120.0 + seconds), abs=0.01)
    assert "gap" in codes(analysis)
    told = analysis.whole.metrics
    assert told["hr_bpm"].value == pytest.approx(60_000.0 / true.mean(), rel=0.01)
    rmssd = float(np.sqrt(np.mean(np.diff(true) ** 2)))
    assert told["rmssd_ms"].value == pytest.approx(rmssd, rel=0.1)


@pytest.mark.parametrize("noise", [1, 2, 3])
def test_a_minute_of_noise_is_left_out_and_bends_no_number(
    person: Lived, analysis: Analysis, noise: int
) -> None:
    ecg_track, *others = person.recording.tracks
    spoilt = ecg_track.x.copy()
    spoilt[30_000:45_000] = 0.4 * np.random.default_rng(noise).normal(size=(15_000, 1))
    recording = Recording(person.recording.path, (ecg_track._replace(x=spoilt), *others))

    noisy = analyse(recording)

    assert "partly_usable" in codes(noisy)
    assert "irregular" not in codes(noisy), "noise says nothing of a rhythm"
    assert 0.75 < noisy.whole.covered < 0.82
    for name in ("hr_bpm", "rmssd_ms", "sdnn_ms"):
        true = analysis.whole.metrics[name].value
        assert noisy.whole.metrics[name].value == pytest.approx(true, rel=0.05), name


def test_missing_samples_are_a_gap_too() -> None:
    made = ecg(250.0, 120.0, seed=6)
    made.x[10_000:13_000] = np.nan

    (gap,) = analyse(of_ecg(made.x)).gaps

    assert (gap.start, gap.end) == pytest.approx((40.0, 52.0), abs=0.01)


@pytest.mark.parametrize(
    "x",
    [np.zeros(30_000), np.full(30_000, 1.7), np.random.default_rng(1).normal(size=30_000) * 0.02],
    ids=["zero", "constant", "noise"],
)
def test_where_there_is_no_heart_there_is_no_number(x: np.ndarray) -> None:
    analysis = analyse(of_ecg(x))

    assert not analysis.good_enough
    assert not analysis.whole.metrics["rmssd_ms"].valid


def test_a_flat_stretch_is_told() -> None:
    made = ecg(250.0, 120.0, seed=8)
    made.x[10_000:15_000] = made.x[10_000]

    analysis = analyse(of_ecg(made.x))

    assert [(round(g.start), round(g.end), g.flat) for g in analysis.gaps] == [(40, 60, True)]


def test_absurd_samples_move_nothing() -> None:
    made = ecg(250.0, 300.0, seed=9)
    spoilt = made.x.copy()
    spoilt[[20_000, 40_000, 60_000]] = 1e9

    clean, hit = analyse(of_ecg(made.x, unit=Unit.RAW)), analyse(of_ecg(spoilt, unit=Unit.RAW))

    assert "absurd_samples" in codes(hit)
    assert hit.whole.metrics["rmssd_ms"].value == pytest.approx(
        clean.whole.metrics["rmssd_ms"].value, rel=1e-6
    )


def test_seconds_called_milliseconds_are_refused_with_the_remedy() -> None:
    with pytest.raises(RecordingError, match=r"write rr\[s\]"):
        analyse(of_intervals(intervals(100) / 1000.0))


def test_an_irregular_rhythm_keeps_its_rate_and_loses_its_variability() -> None:
    ms = np.random.default_rng(3).uniform(450.0, 1100.0, 400)

    analysis = analyse(of_intervals(ms))

    assert facts(analysis)["rhythm"] == "too irregular for HRV"
    assert analysis.whole.metrics["hr_bpm"].value == pytest.approx(60_000.0 / ms.mean(), rel=1e-6)
    assert not analysis.whole.metrics["rmssd_ms"].valid
    assert not analysis.whole.metrics["lf_ms2"].valid
    assert "irregular" in codes(analysis)


def test_a_short_irregular_part_is_left_out_of_a_regular_recording() -> None:
    ms = intervals(900, seed=2)
    spoilt = ms.copy()
    spoilt[400:440] = np.random.default_rng(3).uniform(450.0, 1100.0, 40)

    clean, mixed = analyse(of_intervals(ms)), analyse(of_intervals(spoilt))

    assert facts(mixed)["rhythm"] == "regular"
    assert mixed.whole.metrics["rmssd_ms"].value == pytest.approx(
        clean.whole.metrics["rmssd_ms"].value, rel=0.05
    )


def test_skin_of_the_wrong_size_is_remarked_on() -> None:
    rng = np.random.default_rng(2)
    x = 300.0 + np.cumsum(rng.normal(size=1200)) * 0.01
    stream = Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 8.0)
    recording = Recording(
        of_intervals(intervals(9)).path, (Track(stream, np.arange(1200) / 8.0, x[:, np.newaxis]),)
    )

    analysis = analyse(recording)

    assert {"eda_size", "no_heart_signal"} <= codes(analysis)
    assert analysis.skin is not None
    assert not analysis.skin.metrics["tonic_us"].valid


def test_a_short_recording_says_so() -> None:
    analysis = analyse(of_intervals(intervals(30, seed=1)))

    assert "too_short" in codes(analysis)
    assert not analysis.good_enough


def test_words_are_in_both_languages(analysis: Analysis) -> None:
    spoilt = analyse(of_intervals(np.random.default_rng(3).uniform(450.0, 1100.0, 400)))

    for remark in (*analysis.remarks, *spoilt.remarks):
        assert remark.words.zh != remark.words.en
        assert remark.words.zh
        assert remark.words.en


def test_the_same_recording_gives_the_same_text_twice(person: Lived, analysis: Analysis) -> None:
    assert to_text(analyse(person.recording)) == to_text(analysis)


def test_nothing_depends_on_the_size_of_the_steps(
    person: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    ones = hear(person.recording)
    monkeypatch.setattr("engine.analysis.passing.STEP", 0.25)
    quarters = hear(person.recording)

    for name in ("heart.beat", "eda.detail", "resp.rate", "heart.detail"):
        assert np.array_equal(ones.rows[name].x, quarters.rows[name].x, equal_nan=True), name


def test_a_list_of_beats_is_heard_in_larger_steps_and_nothing_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ms = intervals(900, seed=4)
    t = np.cumsum(ms) / 1000.0
    # Pauses below, about and beyond those after which breath and beats begin anew.
    for k, pause in ((1, 30.0), (100, 4.0), (300, 7.0), (400, 58.5), (401, 12.0), (600, 200.0)):
        t[k:] += pause
    stream = Stream("rr", Kind.RRI, Unit.MILLISECOND)
    recording = Recording(Path("rr.csv"), (Track(stream, t, ms[:, np.newaxis]),))

    large = to_text(analyse(recording))
    monkeypatch.setattr("engine.analysis.passing.LONE_STEP", 1.0)

    assert to_text(analyse(recording)) == large


def test_progress_rises_to_the_end() -> None:
    told: list[float] = []

    analyse(of_intervals(intervals(900, seed=4)), window=60.0, step=10.0, progress=told.append)

    assert told == sorted(told)
    assert told[0] < 0.01
    assert 0.85 < told[-1] <= 1.0


@pytest.mark.parametrize("declared", [64.0, 256.0])
@pytest.mark.parametrize("kind", [Kind.ECG, Kind.PPG, Kind.EDA, Kind.RESP])
def test_samples_at_another_rate_than_declared_are_told_and_make_no_wrong_number(
    kind: Kind, declared: float
) -> None:
    declared = 2.0 * declared if kind is Kind.ECG else declared
    true = 256.0 if kind is Kind.ECG else 128.0
    heart = ecg(true, 120.0, seed=4)
    t = heart.t
    beat = 2.0 * np.pi * np.interp(t, heart.r, np.arange(len(heart.r)))
    x, unit = {
        Kind.ECG: (heart.x, Unit.MILLIVOLT),
        Kind.PPG: (np.sin(beat) + 0.3 * np.sin(2.0 * beat + 0.5), Unit.RAW),
        Kind.EDA: (5.0 + 0.1 * np.sin(0.2 * t), Unit.MICROSIEMENS),
        Kind.RESP: (np.sin(2.0 * np.pi * 0.25 * t), Unit.RAW),
    }[kind]
    stream = Stream("one", kind, unit, declared)

    made = analyse(Recording(Path("one.csv"), (Track(stream, t, x[:, np.newaxis]),)))

    assert "rate_differs" in codes(made)
    assert not any(metric.valid for metric in made.whole.metrics.values())
    if made.skin is not None:
        assert not any(metric.valid for metric in made.skin.metrics.values())
    if kind is Kind.RESP:  # followed by its times, whatever was declared
        assert made.breath is not None
        assert made.breath.metrics["rate_bpm"].value == pytest.approx(15.0, abs=0.1)


@pytest.mark.parametrize("after", [0, 1, 2, 9, 30, 59, 60, 61])
@pytest.mark.parametrize("pause", [3001.0, 30_000.0, 900_000.0])
def test_a_pause_at_either_end_is_no_interval_and_no_stumble(after: int, pause: float) -> None:
    ms = intervals(200, seed=3)
    told = analyse(of_intervals(np.concatenate(([pause], ms, [pause], ms[:after]))))

    pauses = [kind for kind, x in zip(told.found.kinds(), told.found.ms, strict=True) if x == pause]
    assert pauses == ["missed"] * 2
    assert told.whole.metrics["hr_bpm"].value == pytest.approx(60_000.0 / ms.mean(), rel=0.01)


def test_noise_without_a_heartbeat_has_no_rhythm() -> None:
    walk = np.cumsum(np.random.default_rng(1).normal(0.0, 0.05, 30_000))

    analysis = analyse(of_ecg(walk))

    assert "no_heartbeat" in codes(analysis)
    assert analysis.found.judged.any(), "some of it was taken for intervals"
    assert facts(analysis)["rhythm"] == "unknown"
