"""What acceleration saves from being reported: steps taken for pulses, pulses of moved wrists."""

from pathlib import Path

import numpy as np
import pytest

from engine.dsp import ppg_layout as at
from engine.dsp.jit import COMPILED
from engine.dsp.ppg import PulseDetector
from engine.dsp.ppg_motion import MotionGate
from engine.streams import F64
from tests.pulse_truth import PulseTruth, finger, steps

pytestmark = pytest.mark.skipif(not COMPILED, reason="hours without compiled kernels")

ACC_RATE = 52.0


def gated(rows: F64, t: F64, felt: F64, acc: F64) -> F64:
    """Return ``rows`` judged with acceleration, both coming second by second."""
    gate = MotionGate()
    made: list[F64] = []
    for k in np.arange(0.0, t[-1] + 1.0):
        now = (rows[:, at.O_KNOWN] >= k) & (rows[:, at.O_KNOWN] < k + 1.0)
        made.append(gate.judge(rows[now], t[(t >= k) & (t < k + 1.0)]))
        here = (felt >= k) & (felt < k + 1.0)
        made.append(gate.feel(felt[here], acc[here]))
    return np.vstack(made)


def walked(seed: int, per_minute: float, share: float) -> tuple[PulseTruth, F64, F64]:
    """Return a heart of 66 a minute and steps from 40 to 100 s, ``share`` of the light theirs."""
    true = finger(64.0, seed, heart=66.0)
    felt = np.arange(0.0, 120.0, 1.0 / ACC_RATE)
    acc = steps(felt, per_minute, seed, during=(40.0, 100.0))
    light = np.interp(true.t, felt, (acc - acc[0]) @ np.random.default_rng(seed).normal(size=3))
    walking = (true.t > 40.0) & (true.t < 100.0)
    light *= 0.3 * share / light[walking].std()
    light -= light[~walking].mean()
    return PulseTruth(true.t, true.x + light, true.feet), felt, acc


def reported(rows: F64, feet: F64) -> tuple[int, int, float]:
    """Return intervals told while walking, how many of them are wrong, and the share of time."""
    good = rows[(rows[:, at.O_PPI_QUALITY] >= 0.5)]
    good = good[(good[:, at.O_TIME] > 41.0) & (good[:, at.O_TIME] < 101.0)]
    near = np.searchsorted(0.5 * (feet[1:] + feet[:-1]), good[:, at.O_FOOT])
    near = np.maximum(near, 1)
    wrong = np.abs(good[:, at.O_PPI] - (feet[near] - feet[near - 1])) > 0.1
    return len(good), int(wrong.sum()), float(good[:, at.O_PPI].sum() / 60.0)


def without_and_with(per_minute: float, share: float) -> F64:
    total: F64 = np.zeros((2, 3))
    for seed in range(3):
        true, felt, acc = walked(seed, per_minute, share)
        rows = PulseDetector(64.0).push(true.t, true.x)
        for i, told in enumerate((rows, gated(rows, true.t, felt, acc))):
            total[i] += reported(told, true.feet)
    total[:, 2] /= 3.0
    return total


@pytest.mark.parametrize("per_minute", [50.0, 80.0, 100.0, 110.0, 132.0, 160.0])
def test_a_cadence_that_looks_like_a_pulse_is_not_told_as_one(per_minute: float) -> None:
    without, with_ = without_and_with(per_minute, 4.0)

    assert with_[1] <= 3.0, (without, with_)
    assert with_[2] <= 0.03


def test_without_acceleration_it_would_be() -> None:
    """That the test above proves something."""
    wrong = [without_and_with(per_minute, 4.0)[0, 1] for per_minute in (100.0, 132.0, 160.0)]

    assert min(wrong) > 100.0


@pytest.mark.parametrize("per_minute", [50.0, 80.0, 110.0, 160.0])
def test_pulses_that_steps_hardly_touch_are_still_told(per_minute: float) -> None:
    without, with_ = without_and_with(per_minute, 0.5)

    assert with_[1] == 0.0
    assert with_[2] >= 0.8 * without[2]


def test_steps_in_time_with_the_heart_tell_nothing_of_it() -> None:
    _, with_ = without_and_with(66.0, 2.0)

    assert with_[2] <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("person", "least"), [("S02", 0.9), ("S05", 0.94), ("S08", 0.97), ("S12", 0.94)]
)
def test_fewer_wrong_intervals_of_a_recorded_wrist_and_hardly_fewer_right_ones(
    recordings: Path, person: str, least: float
) -> None:
    """Wrong: outside of all the wristband itself found within 20 s, and 8 % more."""
    data = np.load(recordings / "stress_predict" / f"{person}.npz")
    rate = float(data["bvp_fs"])
    x = data["bvp"].astype(float) / float(data["bvp_scale"])
    t, acc = np.arange(x.size) / rate, data["acc"].astype(float) / 64.0
    device_t = data["ibi_t_s"] + float(data["ibi_t0"]) - float(data["bvp_t0"])

    rows = PulseDetector(rate).push(t, x)
    judged = gated(rows, t, np.arange(len(acc)) / float(data["acc_fs"]), acc)
    shown, wrong = [], []
    for told in (rows, judged):
        good = told[told[:, at.O_PPI_QUALITY] >= 0.5]
        shown.append(len(good))
        checked = out = 0
        for when, ppi in good[:, [at.O_TIME, at.O_PPI]]:
            first, last = np.searchsorted(device_t, [when - 20.0, when + 20.0])
            near = data["ibi_s"][first:last]
            if near.size >= 5:
                checked += 1
                out += not near.min() * 0.92 <= ppi <= near.max() * 1.08
        wrong.append(out / checked)

    assert wrong[1] <= 0.95 * wrong[0]
    assert shown[1] >= least * shown[0]
