import numpy as np
import pytest

from engine.dsp import rr_layout as at
from engine.dsp.rr_layout import Beat
from engine.dsp.rr_repair import RrClassifier
from engine.streams import F64
from tests.synthetic_heart import intervals

HEART = intervals(120, seed=4)
HERE = 60


def judged(rr_ms: F64) -> F64:
    """Return one decision for every interval; the last two come out unjudged."""
    classifier = RrClassifier()
    rows = [classifier.push(float(x)).copy() for x in rr_ms]
    return np.concatenate([*rows, classifier.interrupt().copy()])


def codes(rr_ms: F64) -> list[Beat]:
    return [Beat(int(row[at.CODE])) for row in judged(rr_ms)]


def flagged(rr_ms: F64) -> list[int]:
    return [i for i, code in enumerate(codes(rr_ms)) if code not in {Beat.NORMAL, Beat.LEARN}]


def test_an_undisturbed_heart_is_left_alone() -> None:
    assert flagged(HEART) == []


def test_the_first_seven_minus_two_intervals_are_learned_from() -> None:
    assert codes(HEART)[:6] == [Beat.LEARN] * 5 + [Beat.NORMAL]


def test_a_decision_comes_two_intervals_later() -> None:
    classifier = RrClassifier()

    given = [len(classifier.push(float(x))) for x in HEART[:10]]

    assert given == [0, 0] + [1] * 8


def test_an_early_beat_and_its_pause_are_both_flagged_and_shared_out() -> None:
    rr = HEART.copy()
    rr[HERE] -= 300.0
    rr[HERE + 1] += 300.0

    rows = judged(rr)

    assert flagged(rr) == [HERE, HERE + 1]
    assert [Beat(int(c)) for c in rows[HERE : HERE + 2, at.CODE]] == [Beat.ECTOPIC, Beat.PAUSE]
    np.testing.assert_allclose(rows[HERE : HERE + 2, at.NN], HEART[HERE : HERE + 2].mean())


def test_a_missed_beat_is_split_in_two() -> None:
    rr = np.concatenate([HEART[:HERE], [HEART[HERE : HERE + 2].sum()], HEART[HERE + 2 :]])

    row = judged(rr)[HERE]

    assert Beat(int(row[at.CODE])) is Beat.MISSED
    assert row[at.STANDS_FOR] == 2.0
    assert row[at.NN] == pytest.approx(HEART[HERE : HERE + 2].mean())


def test_an_extra_beat_is_merged_away() -> None:
    parts = [0.45 * HEART[HERE], 0.55 * HEART[HERE]]
    rr = np.concatenate([HEART[:HERE], parts, HEART[HERE + 1 :]])

    rows = judged(rr)[HERE : HERE + 2]

    assert [Beat(int(c)) for c in rows[:, at.CODE]] == [Beat.EXTRA, Beat.EXTRA]
    assert rows[:, at.STANDS_FOR].tolist() == [1.0, 0.0]
    assert rows[0, at.NN] == pytest.approx(HEART[HERE])


def test_an_extra_beat_is_not_blamed_on_the_interval_before_it() -> None:
    rr = np.concatenate([HEART[:40], [1090.3, 1115.8, 1075.0, 983.9, 1028.9],
                         [484.4, 592.0], [1137.9, 1047.2, 989.3, 1025.2]])  # fmt: skip
    rr[:40] *= 1050.0 / HEART[:40].mean()

    assert [codes(rr)[i] for i in (44, 45, 46, 47)] == [
        Beat.NORMAL, Beat.EXTRA, Beat.EXTRA, Beat.NORMAL,
    ]  # fmt: skip


@pytest.mark.parametrize("shift", [-110.0, 110.0])
def test_a_misplaced_beat_costs_its_two_intervals(shift: float) -> None:
    rr = HEART.copy()
    rr[HERE] += shift
    rr[HERE + 1] -= shift

    rows = judged(rr)

    assert flagged(rr) == [HERE, HERE + 1]
    assert rows[HERE : HERE + 2, at.NN].sum() == pytest.approx(rr[HERE : HERE + 2].sum())


def test_no_difference_next_to_a_flagged_interval_counts() -> None:
    rr = HEART.copy()
    rr[HERE] -= 300.0
    rr[HERE + 1] += 300.0

    rows = judged(rr)

    assert rows[HERE - 3 : HERE + 5, at.DIFFERENCE_OK].tolist() == [1, 1, 1, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.4, 2.0])
def test_a_real_change_of_rate_is_accepted_within_a_few_beats(factor: float) -> None:
    steady = intervals(60, seed=1, swing=2.0)
    rr = np.concatenate([steady, factor * steady])

    late = [i for i in flagged(rr) if i >= 60 + 4]

    assert late == []


@pytest.mark.parametrize("nothing", [np.nan, np.inf, 0.0, -5.0, 3001.0])
def test_what_is_no_interval_interrupts_the_chain(nothing: float) -> None:
    classifier = RrClassifier()
    for x in HEART[:30]:
        classifier.push(float(x))

    waiting = classifier.push(nothing).copy()
    after = [classifier.push(float(x)).copy() for x in HEART[30:40]]

    assert waiting[:, at.CODE].tolist() == [Beat.LEARN, Beat.LEARN]
    assert waiting[:, at.NN].tolist() == HEART[28:30].tolist()
    assert [len(rows) for rows in after[:3]] == [0, 0, 1]
    assert Beat(int(after[2][0, at.CODE])) is Beat.NORMAL
    assert after[2][0, at.DIFFERENCE_OK] == 0.0


def test_an_interruption_does_not_make_it_forget_the_person() -> None:
    classifier = RrClassifier()
    for x in HEART[:30]:
        classifier.push(float(x))
    level = classifier.level_ms

    classifier.interrupt()

    assert classifier.level_ms == level
    classifier.reset()
    assert np.isnan(classifier.level_ms)


def test_an_interruption_between_the_halves_of_a_pair_keeps_the_second() -> None:
    rr = HEART.copy()
    rr[HERE] -= 300.0
    rr[HERE + 1] += 300.0
    classifier = RrClassifier()
    for x in rr[: HERE + 3]:
        classifier.push(float(x))

    waiting = classifier.interrupt()

    assert waiting[:, at.CODE].tolist() == [Beat.PAUSE, Beat.LEARN]


def test_an_irregular_heart_is_called_irregular() -> None:
    rr = np.random.default_rng(0).gamma(16.0, 650.0 / 16.0, 400).clip(300.0)
    classifier = RrClassifier()

    for x in rr:
        classifier.push(float(x))

    assert classifier.is_irregular


def test_too_many_corrections_are_told() -> None:
    rr = np.tile([800.0, 820.0, 500.0, 1120.0], 40)
    classifier = RrClassifier()

    for x in rr:
        classifier.push(float(x))

    assert classifier.is_burdened


@pytest.mark.parametrize("breaths", [4.5, 6.0, 9.0])
@pytest.mark.parametrize("swing", [20.0, 30.0])
def test_deep_slow_breathing_is_not_taken_for_artefacts(breaths: float, swing: float) -> None:
    share = [
        len(flagged(intervals(400, seed=seed, breaths=breaths, swing=swing))) / 400
        for seed in range(3)
    ]

    assert max(share) <= 0.005
