"""The simulated body does what bodies do, and always the same."""

from dataclasses import replace

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from engine.pace import Pace
from engine.twin.acceptance import live_through
from engine.twin.body import Body
from engine.twin.person import MEDIAN, draw_person

minutes = pytest.mark.skipif(not COMPILED, reason="minutes of life take too long uncompiled")
SIX = Pace(0.0, 6.0, 0.4, 1.0)
KEEN = replace(MEDIAN, compliance=1.0)


def test_the_same_seed_lives_the_same_hour_and_another_seed_another() -> None:
    a, b, c = (Body(MEDIAN, seed).advance(20.0) for seed in (1, 1, 2))

    assert np.array_equal(a.beat_t, b.beat_t)
    assert np.array_equal(a.eda_us, b.eda_us)
    assert not np.array_equal(a.beat_t, c.beat_t)


def test_time_already_lived_gives_an_empty_stretch() -> None:
    body = Body()
    body.advance(5.0)

    again = body.advance(4.0)

    assert len(again.t) == 0
    assert body.time == 5.0


def test_intervals_are_the_times_between_beats() -> None:
    stretch = Body(MEDIAN, 3).advance(20.0)

    assert np.isnan(stretch.beat_rr[0])
    assert np.allclose(stretch.beat_rr[1:], np.diff(stretch.beat_t))
    assert not stretch.beat_ectopic.any()


@minutes
def test_slow_breathing_raises_rmssd_and_low_frequency_power() -> None:
    free = [live_through(KEEN, seed, 360.0).hrv for seed in range(4)]
    slow = [live_through(KEEN, seed, 360.0, pace=SIX).hrv for seed in range(4)]

    assert np.median([h.lf for h in slow]) > 3.0 * np.median([h.lf for h in free])
    assert np.mean([h.rmssd_ms for h in slow]) > np.mean([h.rmssd_ms for h in free])


@minutes
def test_a_calm_scene_lowers_skin_conductance_in_the_same_hour() -> None:
    plain = Body(MEDIAN, 2).advance(900.0)
    calm = Body(MEDIAN, 2).advance(900.0, calm=1.0, sound_calm=1.0)

    assert calm.scl_us[-1] < 0.97 * plain.scl_us[-1]
    assert calm.arousal[-1] < plain.arousal[-1]


@minutes
def test_stress_raises_heart_rate_breathing_and_skin_responses() -> None:
    rest = live_through(MEDIAN, 2, 420.0, after=120.0)
    stress = live_through(MEDIAN, 2, 420.0, after=120.0, stress=0.8)

    assert 10.0 < stress.hrv.heart_rate - rest.hrv.heart_rate < 25.0
    assert stress.scr_per_min > 3.0 * rest.scr_per_min
    assert stress.breath_rate > 1.2 * rest.breath_rate
    assert stress.hrv.rmssd_ms < 0.8 * rest.hrv.rmssd_ms


@minutes
def test_a_hard_day_comes_in_with_the_person_and_wears_off() -> None:
    body = Body(MEDIAN, 1, hard_day=0.8)

    told = body.suds()
    first = body.advance(60.0)
    body.advance(3600.0)

    assert told >= 70
    assert first.arousal.mean() > 0.7
    assert body.suds() <= 35


@minutes
def test_the_guided_breath_is_followed_in_phase_and_in_its_ratio() -> None:
    stretch = Body(KEEN, 1).advance(180.0, Pace(0.0, 6.0, 0.5, 1.0))

    late = stretch.t > 90.0
    t, phase = stretch.t[late], stretch.breath_phase[late]
    behind = np.angle(np.exp(2j * np.pi * (t / 10.0 - phase)).mean()) / (2 * np.pi) * 10.0
    rising = np.diff(stretch.volume_l[late]) > 0.0

    assert 0.1 < behind < 0.9
    assert rising.mean() == pytest.approx(0.5, abs=0.03)


@minutes
def test_a_guide_too_faint_to_see_is_not_followed() -> None:
    faint = Body(KEEN, 1).advance(120.0, Pace(0.0, 6.0, 0.4, 0.04))
    none = Body(KEEN, 1).advance(120.0)

    assert np.array_equal(faint.volume_l, none.volume_l)


@minutes
def test_a_fright_is_followed_by_a_skin_response_and_a_faster_heart() -> None:
    calm, frightened = Body(MEDIAN, 5), Body(MEDIAN, 5)
    frightened.startle(30.0, 0.6)

    plain, stretch = calm.advance(60.0), frightened.advance(60.0)

    before = stretch.t <= 30.0
    assert np.array_equal(stretch.eda_us[before], plain.eda_us[before])
    assert ((stretch.scr_t > 30.0) & (stretch.scr_t < 34.0)).any()
    assert stretch.rr_ms[-200:].mean() < plain.rr_ms[-200:].mean() - 50.0


@minutes
def test_people_get_used_to_the_same_fright() -> None:
    body = Body(replace(MEDIAN, arousal_sd=0.0), 5)
    for k in range(6):
        body.startle(60.0 + 400.0 * k, 0.5)

    stretch = body.advance(2500.0)

    peaks = [
        stretch.arousal[(stretch.t > a) & (stretch.t < a + 60.0)].max() for a in (60.0, 2060.0)
    ]
    assert peaks[1] < 0.8 * peaks[0]


def test_an_ectopic_beat_comes_early_and_is_followed_by_a_full_pause() -> None:
    plain, body = Body(MEDIAN, 5), Body(MEDIAN, 5)
    body.ectopic(10.0)

    expected, stretch = plain.advance(20.0), body.advance(20.0)

    k = int(np.flatnonzero(stretch.beat_ectopic)[0])
    assert stretch.beat_ectopic.sum() == 1
    assert 10.0 < stretch.beat_t[k] < 11.5
    assert 0.55 < stretch.beat_rr[k] / stretch.beat_rr[k - 1] < 0.85
    # The pacemaker itself never noticed: all sinus beats stand where they would have.
    assert np.array_equal(np.delete(stretch.beat_t, k), np.delete(expected.beat_t, k))


@minutes
def test_a_lively_scene_makes_a_sensitive_person_sick_and_a_calm_one_nobody() -> None:
    sensitive = replace(MEDIAN, sickness=0.5)
    lively, calm = Body(sensitive, 1), Body(sensitive, 1)

    lively.advance(900.0, motion=1.0)
    calm.advance(900.0, calm=1.0)

    assert 7 <= lively.fms() <= 20
    assert calm.fms() == 0


@minutes
def test_nobody_ever_leaves_what_a_body_can_do() -> None:
    for seed in range(40):
        person = draw_person(seed)
        stretch = Body(person, seed, hard_day=1.0).advance(600.0, SIX, calm=1.0, stress=1.0)

        assert all(np.isfinite(getattr(stretch, f)).all() for f in ("rr_ms", "eda_us", "volume_l"))
        assert stretch.rr_ms.min() >= 320.0
        assert stretch.rr_ms.max() <= 1800.0
        assert stretch.eda_us.min() > 0.0
        assert np.abs(stretch.volume_l).max() < 2.0
        assert 20.0 < stretch.skin_temp_c.min() <= stretch.skin_temp_c.max() < 37.5
