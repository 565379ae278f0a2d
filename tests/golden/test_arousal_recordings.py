"""Stress against rest on recorded people: how weak the index is, held where it was found."""

from pathlib import Path

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from tools.arousal_figures import Scores, auc, of_all, people, scores

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not COMPILED, reason="hours without compiled kernels"),
]


@pytest.fixture(scope="module")
def everyone(recordings: Path) -> list[Scores]:
    return [scores(person) for person in people(recordings)]


def test_the_index_tells_stress_from_rest_a_little_better_than_the_plain_mean(
    everyone: list[Scores],
) -> None:
    index = [auc(person.label, person.by["anlan index"]) for person in everyone]
    plain = [auc(person.label, person.by["plain mean of z"]) for person in everyone]

    assert len(everyone) == 5
    assert float(np.mean(index)) >= 0.62
    assert float(np.mean(index)) >= float(np.mean(plain))


def test_the_interval_of_everyone_together_tells_how_little_five_people_say(
    everyone: list[Scores],
) -> None:
    middle, low, high = of_all(everyone, "anlan index")

    assert low < middle < high
    assert high - low >= 0.1


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    label = np.array([0.0, 0.0, 1.0, 1.0, np.nan])
    score = np.array([1.0, 3.0, 2.0, 3.0, 9.0])

    assert auc(label, score) == pytest.approx((1.0 + 0.0 + 1.0 + 0.5) / 4.0)
