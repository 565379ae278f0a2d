"""The gate that believes pulses less while their place moves."""

import numpy as np
import pytest

from engine.dsp import ppg_layout as at
from engine.dsp.ppg import PulseDetector
from engine.dsp.ppg_motion import FORGOTTEN, PATIENCE, MotionGate
from engine.streams import F64
from tests.pulse_truth import finger

GRAVITY = np.array([0.0, 0.6, 0.8])


def pulses(until: float, *, every: float = 0.8, quality: float = 0.9) -> F64:
    """Return rows of even pulses, all of one quality."""
    t = np.arange(1.0, until, every)
    rows = np.full((t.size, at.OUT_COLUMNS), quality)
    rows[:, at.O_TIME], rows[:, at.O_KNOWN], rows[:, at.O_PPI] = t, t + 0.2, every
    return rows


def still(t: F64) -> F64:
    return np.asarray(GRAVITY + np.zeros((t.size, 3)), dtype=np.float64)


def shaken(t: F64, strength: float, *, hz: float = 1.7) -> F64:
    x = still(t)
    x[:, 0] += strength * np.sqrt(2.0) * np.sin(2.0 * np.pi * hz * t)
    return x


def judged(rows: F64, t: F64, acc: F64) -> F64:
    gate = MotionGate()
    early = gate.feel(t[:1], acc[:1])
    made = [early, gate.judge(rows, np.array([0.0])), gate.feel(t[1:], acc[1:])]
    return np.vstack(made)


def test_a_body_at_rest_leaves_pulses_as_they_are() -> None:
    t = np.arange(0.0, 30.0, 0.02)
    rows = pulses(29.0)

    told = judged(rows, t, still(t))

    assert told[:, at.O_QUALITY] == pytest.approx(rows[:, at.O_QUALITY])
    assert told[:, [at.O_TIME, at.O_PPI, at.O_KNOWN]].tobytes() == (
        rows[:, [at.O_TIME, at.O_PPI, at.O_KNOWN]].tobytes()
    )


def test_the_stronger_the_movement_the_less_a_pulse_is_believed() -> None:
    t = np.arange(0.0, 20.0, 0.02)
    means = [
        judged(pulses(19.0), t, shaken(t, g))[10:, at.O_PPI_QUALITY].mean()
        for g in (0.0, 0.01, 0.03, 0.1, 0.2)
    ]

    assert means == sorted(means, reverse=True)
    assert means[0] == pytest.approx(0.9)
    assert 0.8 < means[1] < 0.9
    assert means[4] < 0.55


def test_turning_the_hand_slowly_is_no_movement() -> None:
    t = np.arange(0.0, 40.0, 0.02)
    angle = 0.5 * np.pi * np.sin(2.0 * np.pi * 0.03 * t)
    acc = np.c_[np.sin(angle), 0.0 * t, np.cos(angle)]

    told = judged(pulses(39.0), t, acc)

    assert told[5:, at.O_QUALITY].min() > 0.8


def test_after_a_strong_movement_pulses_come_back_once_the_body_was_still_for_a_while() -> None:
    t = np.arange(0.0, 40.0, 0.02)
    acc = np.where(((t > 10.0) & (t < 20.0))[:, None], shaken(t, 0.6), still(t))

    told = judged(pulses(39.0, every=0.4, quality=0.99), t, acc)
    good = told[told[:, at.O_PPI_QUALITY] >= 0.5, at.O_TIME]
    gone = good[(good > 10.2)].min()

    assert good[good < 10.0].max() > 9.0
    assert 21.5 < gone < 24.5


def test_movement_between_still_and_strong_keeps_what_was_begun() -> None:
    """Hysteresis: 0.2 g does not end what 0.6 g began, nor begins it."""
    t = np.arange(0.0, 30.0, 0.02)
    began = np.where((t > 10.0)[:, None] & (t < 15.0)[:, None], shaken(t, 0.6), shaken(t, 0.2))
    rows = pulses(29.0, every=0.53, quality=0.99)

    after = judged(rows, t, began)
    never = judged(rows, t, shaken(t, 0.2))
    late = rows[:, at.O_TIME] > 20.0

    assert after[late, at.O_QUALITY].max() <= 0.4
    assert never[late, at.O_QUALITY].min() > 0.5


@pytest.mark.parametrize("rate", [25.0, 32.0, 52.0, 104.0, 208.0])
@pytest.mark.parametrize("beats_a_step", [1.0, 2.0, 0.5])
def test_pulses_in_time_with_steps_are_not_believed_at_any_rate(
    rate: float, beats_a_step: float
) -> None:
    t = np.arange(0.0, 30.0, 1.0 / rate)
    rows = pulses(29.0, every=60.0 / 110.0 / beats_a_step, quality=0.97)

    told = judged(rows, t, shaken(t, 0.1, hz=110.0 / 60.0))

    assert told[12:, at.O_PPI_QUALITY].max() < 0.3


def test_pulses_of_another_time_than_the_steps_are_believed() -> None:
    t = np.arange(0.0, 30.0, 0.02)

    told = judged(pulses(29.0, every=0.85, quality=0.98), t, shaken(t, 0.05, hz=110.0 / 60.0))

    assert np.median(told[12:, at.O_PPI_QUALITY]) > 0.8


def test_the_shake_of_the_pulse_itself_is_no_cadence() -> None:
    t = np.arange(0.0, 30.0, 0.02)

    told = judged(pulses(29.0), t, shaken(t, 0.006, hz=1.25))

    assert told[:, at.O_QUALITY].min() > 0.85


def test_a_pulse_waits_for_its_acceleration_but_not_for_ever() -> None:
    gate = MotionGate()
    rows = pulses(2.0)[:1]
    known = float(rows[0, at.O_KNOWN])

    waits = gate.judge(rows, np.array([known]))
    still_waits = gate.judge(rows[:0], np.array([known + PATIENCE - 0.01]))
    told = gate.judge(rows[:0], np.array([known + PATIENCE]))

    assert (len(waits), len(still_waits), len(told)) == (0, 0, 1)
    assert told.tobytes() == rows.tobytes()


def test_what_was_felt_last_stands_for_what_is_missing_then_pulses_are_as_without() -> None:
    t = np.arange(0.0, 10.0, 0.02)
    gate = MotionGate()
    gate.feel(t, shaken(t, 0.8))
    rows = pulses(40.0)

    told = gate.judge(rows, np.array([50.0]))
    during = (told[:, at.O_TIME] > 5.0) & (told[:, at.O_TIME] < 19.0)
    after = told[:, at.O_TIME] > 20.5

    assert told[during, at.O_QUALITY].max() <= 0.4
    assert told[after].tobytes() == rows[after].tobytes()


@pytest.mark.parametrize("scale", [0.0, 9.81, 1000.0, 0.001, 1e9])
def test_what_is_no_acceleration_in_g_is_not_listened_to(scale: float) -> None:
    t = np.arange(0.0, 30.0, 0.02)
    rows = pulses(29.0)

    told = judged(rows, t, scale * shaken(t, 0.3))

    assert told.tobytes() == rows.tobytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nothing_but_missing_samples_is_as_no_acceleration(value: float) -> None:
    t = np.arange(0.0, 30.0, 0.02)
    gate = MotionGate()
    rows = pulses(20.0)

    gate.feel(t, np.full((t.size, 3), value))
    told = gate.judge(rows, np.array([40.0]))

    assert told.tobytes() == rows.tobytes()


def test_jitter_of_the_clock_and_single_missing_samples_change_little() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(0.0, 60.0, 1.0 / 52.0)
    acc = shaken(t, 0.05, hz=1.7)
    late = t + rng.uniform(0.0, 0.015, t.size)
    holes = acc.copy()
    holes[rng.random(t.size) < 0.1] = np.nan
    rows = pulses(59.0, quality=0.8)

    clean, spoiled = judged(rows, t, acc), judged(rows, late, holes)

    assert spoiled[10:, at.O_QUALITY] == pytest.approx(clean[10:, at.O_QUALITY], abs=0.05)


def test_times_that_go_back_and_empty_pieces_are_left_out() -> None:
    t = np.arange(0.0, 30.0, 0.02)
    acc = shaken(t, 0.05)
    gate, rows = MotionGate(), pulses(29.0)
    back = np.r_[t[:500], t[100:900], t[700:]]
    again = np.r_[acc[:500], acc[100:900], acc[700:]]

    gate.feel(np.empty(0), np.empty((0, 3)))
    gate.judge(rows, np.array([0.0]))
    told = gate.feel(back, again)

    assert told.tobytes() == judged(rows, t, acc).tobytes()


def test_acceleration_alone_is_not_kept_for_ever() -> None:
    gate = MotionGate()
    for k in range(200):
        t = k + np.arange(0.0, 1.0, 0.02)
        gate.feel(t, still(t))

    kept = sum(t.size for t, _ in gate._felt)

    assert kept <= (FORGOTTEN + 3.0) * 50.0


def test_pulses_of_a_drawn_finger_at_rest_are_still_told() -> None:
    true = finger(64.0, 1, seconds=60.0)
    t = np.arange(0.0, 60.0, 1.0 / 52.0)
    acc = GRAVITY + np.random.default_rng(1).normal(0.0, 0.004, (t.size, 3))
    rows = PulseDetector(64.0).push(true.t, true.x)

    told = judged(rows, t, acc)

    good = [(r[:, at.O_PPI_QUALITY] >= 0.5).sum() for r in (rows, told)]
    assert good[1] >= good[0] - 1
