"""Rules of the classifier that two conditions decide: each of them alone must not."""

import numpy as np
import pytest

from engine.dsp import rr_layout as at
from engine.dsp.rr_layout import Beat
from engine.dsp.rr_repair import RrClassifier
from engine.streams import F64

USUAL = 800.0


def judged(*odd: float) -> F64:
    """Return the decisions on intervals put into a heart that is as even as a clock."""
    classifier = RrClassifier()
    rr = [USUAL] * 30 + list(odd) + [USUAL] * 10
    rows = np.concatenate([classifier.push(x).copy() for x in rr])
    return rows[30 : 30 + len(odd)]


def kinds(rows: F64) -> list[Beat]:
    return [Beat(int(code)) for code in rows[:, at.CODE]]


def test_a_pause_holds_a_missed_beat_only_if_pause_and_mean_are_too_long() -> None:
    both = judged(560.0, 1500.0)
    assert kinds(both) == [Beat.ECTOPIC, Beat.MISSED]
    assert both[:, at.STANDS_FOR].tolist() == [1.0, 2.0]
    assert both[:, at.NN] == pytest.approx([800.0, 750.0], rel=0.02)

    long_pause = judged(480.0, 1376.0)
    assert kinds(long_pause) == [Beat.ECTOPIC, Beat.PAUSE]
    assert long_pause[:, at.NN] == pytest.approx([928.0, 928.0])


@pytest.mark.parametrize(
    ("parts", "one"),
    [
        ((180.0, 640.0), True),  # 2 % from a whole beat: the first was none
        ((640.0, 180.0), True),
        ((180.0, 760.0), False),  # 17 % from a whole one
        ((420.0, 400.0), True),  # both too short to be beats of this heart
        ((420.0, 530.0), False),
    ],
)
def test_two_intervals_are_one_where_no_heart_beats_so_fast(
    parts: tuple[float, float], *, one: bool
) -> None:
    rows = judged(*parts)

    assert (kinds(rows) == [Beat.EXTRA, Beat.EXTRA]) == one
    if one:
        assert rows[:, at.NN].tolist() == [sum(parts), 0.0]
        assert rows[:, at.STANDS_FOR].tolist() == [1.0, 0.0]
