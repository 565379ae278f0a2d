"""The breathing belt against recorded people and against breaths of known phase."""

from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from engine.dsp import belt_layout as at
from engine.dsp.belt import BreathingBelt
from engine.dsp.jit import COMPILED
from engine.pace import Pace
from engine.streams import F64

needs_speed = pytest.mark.skipif(not COMPILED, reason="hours without compiled kernels")

RECORDINGS = {
    "rest": ("neurokit/bio_resting_5min_100hz.npz", "RSP"),
    "pictures": ("neurokit/bio_eventrelated_100hz.npz", "RSP"),
    "airflow": ("garcia_physio/rec1.npz", "airflow"),
    "sensor": ("biosppy/resp.npz", "resp"),
}


def troughs_offline(x: F64, rate: float) -> F64:
    """Return when each breath in begins, with the whole recording in hand, s."""
    sos = signal.butter(2, [0.05, 1.0], "bandpass", fs=rate, output="sos")
    smooth = signal.sosfiltfilt(sos, x)
    swing = np.subtract(*np.percentile(smooth, [90, 10]))
    low, _ = signal.find_peaks(-smooth, prominence=0.3 * swing, distance=int(0.9 * rate))
    return np.asarray(low / rate, dtype=np.float64)


def rate_offline(troughs: F64, t: float) -> float:
    """Return breaths a minute over the breaths of the 30 s before ``t``."""
    inside = troughs[(troughs > t - 30.0) & (troughs <= t)]
    return float(60.0 * (len(inside) - 1) / (inside[-1] - inside[0])) if len(inside) > 2 else np.nan


@needs_speed
@pytest.mark.parametrize(
    ("name", "most", "least"), [("rest", 0.6, 0.7), ("pictures", 0.6, 0.9), ("airflow", 0.3, 0.85)]
)
def test_the_rate_of_a_recorded_person_is_right_where_shown_and_shown_mostly(
    recordings: Path, name: str, most: float, least: float
) -> None:
    """The share is of the whole recording, the first breaths included."""
    file, key = RECORDINGS[name]
    data = np.load(recordings / file)
    rate, x = float(data["fs"]), data[key].astype(float)
    troughs = troughs_offline(x, rate)

    rows = BreathingBelt(rate).push(np.arange(x.size) / rate, x)[::10]
    sure = rows[:, at.O_RATE_CONFIDENCE] >= 0.5
    errors = [abs(row[at.O_RATE] - rate_offline(troughs, row[at.O_TIME])) for row in rows[sure]]

    assert sure.mean() >= least
    assert float(np.nanmean(errors)) <= most


@needs_speed
def test_where_tools_disagree_the_rate_is_among_theirs(recordings: Path) -> None:
    """On the ``sensor`` recording six offline methods tell 15.2 to 21.1 breaths a minute."""
    file, key = RECORDINGS["sensor"]
    data = np.load(recordings / file)
    rate, x = float(data["fs"]), data[key].astype(float)

    rows = BreathingBelt(rate).push(np.arange(x.size) / rate, x)
    sure = rows[rows[:, at.O_RATE_CONFIDENCE] >= 0.5, at.O_RATE]

    assert 15.2 <= np.median(sure) <= 21.1


@needs_speed
@pytest.mark.parametrize("name", ["rest", "pictures", "airflow"])
def test_breaths_in_begin_where_they_do_with_the_whole_recording_in_hand(
    recordings: Path, name: str
) -> None:
    file, key = RECORDINGS[name]
    data = np.load(recordings / file)
    rate, x = float(data["fs"]), data[key].astype(float)
    troughs = troughs_offline(x, rate)

    rows = BreathingBelt(rate).push(np.arange(x.size) / rate, x)
    onsets = rows[~np.isnan(rows[:, at.O_ONSET]), at.O_ONSET]
    onsets = onsets[onsets > 20.0]
    near = [np.abs(troughs - onset).min() for onset in onsets]

    assert float(np.median(near)) <= 0.25
    assert np.mean(np.array(near) <= 1.0) >= 0.85


@needs_speed
@pytest.mark.parametrize("per_minute", [4.5, 6.0, 10.0, 15.0, 20.0])
@pytest.mark.parametrize("rate", [10.0, 25.0, 100.0])
def test_a_steady_breath_is_followed_in_rate_and_phase(rate: float, per_minute: float) -> None:
    t = np.arange(0.0, 240.0, 1.0 / rate)
    turns = t * per_minute / 60.0
    noise = np.random.default_rng(2).normal(0.0, 0.05, t.size)

    rows = BreathingBelt(rate).push(t, 3.0 - np.cos(2.0 * np.pi * turns) + noise)
    late = rows[rows[:, at.O_TIME] > 120.0]
    off = (late[:, at.O_PHASE] - late[:, at.O_TIME] * per_minute / 60.0 + 0.5) % 1.0 - 0.5

    assert np.abs(late[:, at.O_RATE] - per_minute).max() <= 0.2
    assert np.abs(late[:, at.O_FAST] - per_minute).max() <= 0.03 * per_minute
    assert np.abs(off).max() <= 0.03
    assert late[:, [at.O_CONFIDENCE, at.O_RATE_CONFIDENCE]].min() >= 0.9
    assert late[:, at.O_QUALITY].min() >= 0.7


@needs_speed
def test_a_guided_breath_in_is_seen_when_it_begins() -> None:
    """Breathing 40:60 at six a minute: the phase of the breath stays near the guide's."""
    pace = Pace(start=0.0, rate=6.0, ratio=0.4)
    t = np.arange(0.0, 240.0, 0.04)
    x = np.array([pace.breath(v) for v in t])

    rows = BreathingBelt(25.0).push(t, x)
    onsets = rows[~np.isnan(rows[:, at.O_ONSET]), at.O_ONSET]

    assert np.abs(onsets[2:] / 10.0 - np.round(onsets[2:] / 10.0)).max() * 10.0 <= 0.2


@needs_speed
def test_a_new_rate_is_known_within_half_a_minute_and_its_mean_soon_after() -> None:
    t = np.arange(0.0, 300.0, 0.04)
    now = np.where(t < 150.0, 15.0, 6.0) / 60.0
    x = -np.cos(2.0 * np.pi * np.cumsum(now) * 0.04)

    rows = BreathingBelt(25.0).push(t, x)

    def settled(column: int, tolerance: float) -> float:
        wrong = np.abs(rows[:, column] - 6.0) > tolerance
        return float(rows[wrong, at.O_TIME].max()) - 150.0

    assert settled(at.O_FAST, 0.6) <= 30.0
    assert settled(at.O_RATE, 0.6) <= 45.0


@needs_speed
@pytest.mark.parametrize("per_minute", [8.0, 14.0])
def test_one_sigh_does_not_hide_the_rate(per_minute: float) -> None:
    t = np.arange(0.0, 180.0, 0.04)
    depth = np.where((t * per_minute / 60.0) // 1 == 90.0 * per_minute // 60.0, 3.0, 1.0)
    x = depth * (1.0 - np.cos(2.0 * np.pi * per_minute / 60.0 * t))

    rows = BreathingBelt(25.0).push(t, x)
    late = rows[rows[:, at.O_TIME] > 60.0]

    assert late[:, at.O_RATE_CONFIDENCE].min() >= 0.5
    assert np.abs(late[:, at.O_RATE] - per_minute).max() <= 0.5


@needs_speed
def test_speech_hides_the_rate_for_no_longer_than_half_a_minute() -> None:
    """Short breaths in, long uneven ones out, from 60 to 90 s; even breaths around it."""
    rng = np.random.default_rng(6)
    starts = [0.0]
    while starts[-1] < 180.0:
        talking = 60.0 <= starts[-1] < 90.0
        starts.append(starts[-1] + (float(rng.uniform(1.2, 9.0)) if talking else 4.3))
    begins = np.array(starts)
    t = np.arange(0.0, 175.0, 0.04)
    k = np.searchsorted(begins, t, side="right") - 1
    share = (t - begins[k]) / np.diff(begins)[k]
    sizes = np.where((begins >= 60.0) & (begins < 90.0), rng.uniform(0.3, 2.0, begins.size), 1.0)

    rows = BreathingBelt(25.0).push(t, sizes[k] * (1.0 - np.cos(2.0 * np.pi * share)))
    after = rows[rows[:, at.O_TIME] > 90.0 + 35.0]

    assert after[:, at.O_RATE_CONFIDENCE].min() >= 0.5
    assert after[:, at.O_RATE] == pytest.approx(60.0 / 4.3, abs=1.0)
