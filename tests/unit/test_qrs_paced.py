"""Paced hearts: whatever wave a beat is timed at, it is always the same one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tests.paced_heart import Pacing, any_pacing, other_pacing, paced
from tests.synthetic_heart import NARROW, TALL_T, WIDE, Ecg, drawn, ecg, matched

STARTED = 8.0
"""s after which the shape of the beats has been learned; till then the wave may change once."""
SPIKES = [0.3, 1.0, 3.0, -0.3, -1.0, -3.0]
"""Height of the pacemaker's pulse against R."""


def timed(how: Pacing, rate: float, seed: int) -> tuple[F64, F64, F64]:
    """Return the true beats, those found, and how far apart they are, s."""
    made = paced(rate, 60.0, how, seed=seed)
    rows = QrsDetector(rate).push(made.x, made.t)
    found = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)), at.TIME]
    found, truth = found[found > STARTED], made.r[made.r > STARTED + 0.1]
    nearest = found[np.abs(found[None, :] - truth[:, None]).argmin(axis=1)]
    return truth, found, nearest - truth


@pytest.mark.parametrize("rate", [130, 250, 500])
@pytest.mark.parametrize("spike", SPIKES)
@pytest.mark.parametrize("width", [0.0005, 0.002])
def test_beats_of_a_paced_ventricle_are_all_timed_at_the_same_wave(
    rate: int, spike: float, width: float
) -> None:
    how = Pacing(spike, width, corner=min(100.0, 0.4 * rate))

    truth, found, apart = timed(how, rate, seed=40 + round(10.0 * spike))
    both, missed, _ = matched(truth, found, 0.1)

    assert missed == 0
    assert found.size - both <= 1  # the beat at the border of the first seconds
    assert np.abs(apart - np.median(apart)).max() < 0.006
    assert (apart - np.median(apart)).std() < 0.0015
    # At the first top of the broad beat, or at the pulse 45 ms before it.
    assert min(abs(np.median(apart)), abs(np.median(apart) + how.lead)) < 0.022


@pytest.mark.parametrize("conducted", [True, False], ids=["narrow", "broad"])
@pytest.mark.parametrize(
    ("rate", "spike", "width"),
    [
        (130, 0.3, 0.0005), (130, -0.3, 0.0005),
        (250, 1.0, 0.0005), (250, -1.0, 0.002), (250, 3.0, 0.002), (250, -5.0, 0.0005),
        (500, 1.0, 0.002), (500, -3.0, 0.0005), (500, 5.0, 0.002), (500, -5.0, 0.002),
        (1000, -1.0, 0.0005), (1000, 3.0, 0.002), (1000, -5.0, 0.002),
    ],
)  # fmt: skip
def test_the_pulse_of_a_paced_atrium_is_no_beat(
    rate: int, spike: float, width: float, *, conducted: bool
) -> None:
    corner = min(100.0, 0.4 * rate)
    how = Pacing(spike, width, atrial=True, corner=corner, conducted=conducted)

    truth, found, _ = timed(how, rate, seed=4)
    both, missed, _ = matched(truth, found, 0.1)

    assert missed == 0
    assert found.size - both <= 1


@pytest.mark.parametrize(
    ("rate", "spike", "conducted"),
    [
        (130, -3.0, True), (130, 1.0, True), (130, 3.0, True),
        (130, -3.0, False), (130, 1.0, False), (130, 3.0, False),
        (250, -3.0, True), (250, 3.0, True), (250, -3.0, False), (250, 1.0, False),
        (500, 3.0, True), (500, -3.0, False), (500, 3.0, False),
    ],
)  # fmt: skip
def test_a_paced_atrium_taken_for_the_beat_is_told_by_its_quality(
    rate: int, spike: float, *, conducted: bool
) -> None:
    """Behind the low-pass of 40 Hz many a monitor has, a pulse is as broad as an R wave."""
    how = Pacing(spike, 0.002, atrial=True, corner=40.0, conducted=conducted)
    made = paced(rate, 60.0, how, seed=4)
    rows = QrsDetector(rate).push(made.x, made.t)
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)) & (rows[:, at.TIME] > STARTED)]

    apart = np.abs(beats[:, at.TIME][:, None] - made.r[None, :]).min(axis=1)
    trusted = beats[:, at.QUALITY] > 0.5

    assert np.mean(trusted & (apart > 0.07)) <= 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many beats were mistimed by 150 ms and more yet believed, and what came after 20 s."""

    believed: int
    mistimed: float
    missed: float


def outcome(made: Ecg, rate: float) -> Outcome:
    """Tell how a heart fared; from 20 s on, what share stands off by 90 ms or is missing."""
    rows = QrsDetector(rate).push(made.x, made.t)
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE))]
    apart = np.abs(beats[:, at.TIME][:, None] - made.r[None, :])
    off, late = apart.min(axis=1), beats[:, at.TIME] > 20.0
    truth = (made.r > 20.0) & (made.r < made.t[-1] - 1.5)
    return Outcome(
        int(np.count_nonzero((off > 0.15) & (beats[:, at.QUALITY] > 0.5))),
        float(np.mean(off[late] > 0.09)),
        float(np.mean(apart[:, truth].min(axis=0) > 0.09)),
    )


@pytest.mark.parametrize(
    ("rate", "how"),
    [
        (130, Pacing(3.0, 0.002, atrial=True, corner=40.0)),
        (140, Pacing(-3.0, 0.002, atrial=True, corner=56.0, conducted=True, delay=0.2)),
        (150, Pacing(5.0, 0.001, atrial=True, corner=60.0, below=1.0)),
        (180, Pacing(3.0, 0.002, atrial=True, corner=40.0)),
        (200, Pacing(3.0, 0.002, atrial=True, corner=40.0, conducted=True, delay=0.12)),
        (249, Pacing(-5.0, 0.002, atrial=True, corner=40.0, scatter=0.003)),
        (250, Pacing(5.0, 0.002, atrial=True, corner=40.0)),
        (1000, Pacing(3.0, 0.002, atrial=True, corner=40.0, delay=0.2)),
    ],
)
def test_a_pulse_as_broad_as_an_r_wave_is_known_by_what_follows_it(rate: int, how: Pacing) -> None:
    found = outcome(paced(rate, 26.0, how, seed=rate), rate)

    assert found.believed <= 4
    assert (found.mistimed, found.missed) == (0.0, 0.0)


def test_a_low_quality_says_that_another_wave_follows() -> None:
    made = paced(150, 10.0, Pacing(3.0, 0.002, atrial=True, corner=40.0), seed=1)
    rows = QrsDetector(150).push(made.x, made.t)
    beats = rows[rows[:, at.KIND] == at.CONFIRMED]

    pulsed = beats[:, at.IS_PULSE]

    assert pulsed[0] == 0.0
    assert pulsed.max() > 0.5
    assert beats[pulsed > 0.5, at.QUALITY].max() < 0.6


@pytest.mark.parametrize("rate", [130, 180])
def test_the_pulse_of_an_atrium_paced_now_and_then_is_left_out_too(rate: int) -> None:
    how = Pacing(3.0, 0.002, atrial=True, corner=40.0, rests=0.5, conducted=True)
    made = paced(rate, 50.0, how, seed=5)

    found = outcome(made, rate)

    assert found.believed <= 8
    assert found.mistimed <= 0.1
    assert found.missed <= 0.1


@pytest.mark.parametrize("rate", [130, 250])
@pytest.mark.parametrize(
    "waves",
    [
        NARROW, TALL_T, WIDE,
        ((-0.30, 0.025, 0.2), *NARROW[1:]),  # a prolonged PR interval
        (*NARROW[:-1], (0.25, 0.045, 1.3)),  # a T wave taller than R, and narrow
        (*NARROW[:-1], (0.25, 0.045, -1.1)),
    ],
    ids=["narrow", "tall T", "wide", "prolonged PR", "narrow T", "narrow T turned over"],
)  # fmt: skip
def test_no_heart_without_a_pulse_is_doubted(
    rate: int, waves: tuple[tuple[float, float, float], ...]
) -> None:
    made = ecg(rate, 30.0, waves=waves, noise=0.02)

    rows = QrsDetector(rate).push(made.x, made.t)

    assert rows[:, at.IS_PULSE].max() == 0.0


@pytest.mark.parametrize("coupling", [0.30, 0.36, 0.45])
def test_nor_is_one_with_an_extra_beat_after_each(coupling: float) -> None:
    rng = np.random.default_rng(3)
    r = np.arange(1.0, 40.0, 1.1)
    made = drawn(250, 42.0, r, rng)
    extra = drawn(250, 42.0, r + coupling, rng, noise=0.0, wander=0.0, waves=WIDE)

    rows = QrsDetector(250).push(made.x + extra.x, made.t)
    both, missed, made_up = matched(
        np.sort(np.concatenate([r, r + coupling]))[8:],
        rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)), at.TIME],
        0.05,
    )

    assert rows[:, at.IS_PULSE].max() == 0.0
    assert missed == 0
    assert both > 60
    assert made_up < 8


@pytest.mark.parametrize("rate", [130, 250])
def test_a_tall_narrow_p_wave_does_not_double_the_heart_rate(rate: int) -> None:
    made = ecg(rate, 60.0, waves=((-0.28, 0.012, 0.6), *NARROW[1:]), seed=2)

    found = outcome(made, rate)

    assert found.believed <= 8
    assert (found.mistimed, found.missed) == (0.0, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("draw", [any_pacing, other_pacing])
def test_hardly_any_drawn_pulse_is_believed_for_longer_than_eight_beats(
    draw: Callable[[np.random.Generator, float], Pacing],
) -> None:
    """From 130 to 249 Hz, and behind 40 Hz up to 1000 Hz; the seeds chose nothing."""
    rates = [130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240, 249, 250, 360, 500, 1000]
    found = []
    for seed in range(40_000, 40_136):
        rng = np.random.default_rng(seed)
        rate = rates[seed % len(rates)]
        how = draw(rng, rate)
        found.append(outcome(paced(rate, 45.0, how, seed=seed, noise=0.01), rate))

    believed = np.array([each.believed for each in found])
    is_right = np.array([max(each.mistimed, each.missed) <= 0.03 for each in found])

    assert np.count_nonzero(believed > 8) <= 1
    assert np.mean(believed > 4) <= 0.05
    assert np.mean(is_right) >= 0.8


@pytest.mark.parametrize("rate", [130, 250, 1000])
def test_a_narrow_heart_that_is_not_paced_loses_nothing_to_the_search_for_pulses(
    rate: int,
) -> None:
    narrow = ((-0.16, 0.025, 0.12), (-0.02, 0.006, -0.1), (0.0, 0.007, 1.2), (0.02, 0.007, -0.2),
              (0.27, 0.055, 0.28))  # fmt: skip
    made = ecg(rate, 60.0, waves=narrow)
    rows = QrsDetector(rate).push(made.x, made.t)
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)) & (rows[:, at.TIME] > STARTED)]

    both, missed, made_up = matched(made.r[made.r > STARTED], beats[:, at.TIME], 0.01)

    assert (missed, made_up) == (0, 0)
    assert both > 50
    assert np.median(beats[:, at.QUALITY]) > 0.9
