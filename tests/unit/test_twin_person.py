"""People differ from each other and from day to day, always in the same way."""

from dataclasses import fields

import numpy as np
import pytest

from engine.twin.person import MEDIAN, Person, draw_person, place, session_of


def test_a_person_is_the_same_every_time_it_is_drawn() -> None:
    assert draw_person(5) == draw_person(5)
    assert draw_person(5) != draw_person(6)


def test_a_day_changes_a_person_a_little_and_always_alike() -> None:
    person = draw_person(5)

    monday, again, tuesday = (session_of(person, seed) for seed in (1, 1, 2))

    assert monday == again
    assert monday != tuesday
    assert monday.height_cm == person.height_cm
    assert 0.8 < monday.vessel_delay / person.vessel_delay < 1.25


def test_the_vector_holds_every_parameter_in_its_place() -> None:
    vector = MEDIAN.vector()

    assert vector.shape == (len(fields(Person)),)
    assert all(vector[place(f.name)] == getattr(MEDIAN, f.name) for f in fields(Person))


def test_the_population_stands_around_the_median_person() -> None:
    people = [draw_person(seed) for seed in range(600)]

    for name in ("heart_rate", "vessel_delay", "breath_rate", "scl_us", "skin_temp_c"):
        middle = float(np.median([getattr(p, name) for p in people]))
        assert middle == pytest.approx(getattr(MEDIAN, name), rel=0.07)
    assert all(20 <= p.age <= 58 and 1.4 <= p.vessel_delay <= 3.9 for p in people)


def test_taller_people_have_the_longer_delay_and_older_ones_the_weaker_vagus() -> None:
    people = [draw_person(seed) for seed in range(600)]
    age = [p.age for p in people]

    by_height = np.corrcoef([p.height_cm for p in people], [p.vessel_delay for p in people])[0, 1]
    by_age = np.corrcoef(age, [p.gating_ms_per_l for p in people])[0, 1]

    assert 0.4 < by_height < 0.7
    assert -0.5 < by_age < -0.15


def test_about_one_in_ten_hardly_sweats_and_one_in_ten_hardly_relaxes() -> None:
    people = [draw_person(seed) for seed in range(600)]

    dry = np.mean([p.scr_us < 0.05 for p in people])
    unmoved = np.mean([p.scene_benefit + p.breathing_benefit < 0.15 for p in people])

    assert 0.06 < dry < 0.15
    assert 0.06 < unmoved < 0.17
