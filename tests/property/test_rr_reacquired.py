"""Whatever the level of the heart jumps to, it is believed again after a few beats."""

import numpy as np
import pytest

from engine.dsp import rr_layout as at
from engine.dsp.rr_repair import RrClassifier
from tests.synthetic_heart import intervals


def locked_out(seed: int) -> bool:
    """Tell whether most beats are still flagged eight beats after some change of level."""
    rng = np.random.default_rng(seed)
    classifier = RrClassifier()
    for part in range(5):
        swing, noise = rng.uniform(0.0, 10.0), rng.uniform(1.0, 20.0)
        rr = intervals(
            36, seed=int(rng.integers(1_000_000)), per_minute=rng.uniform(45.0, 150.0),
            swing=swing, noise_ms=noise,
        )  # fmt: skip
        rows = np.concatenate([classifier.push(x).copy() for x in rr.tolist()])
        late = rows[10:, at.CODE]
        if part and np.mean((late != at.NORMAL) & (late != at.LEARN)) > 0.3:
            return True
    return False


def test_a_change_of_level_never_locks_the_classifier_out() -> None:
    assert [seed for seed in range(60) if locked_out(seed)] == []


@pytest.mark.slow
def test_ten_thousand_changes_of_level_never_lock_the_classifier_out() -> None:
    assert [seed for seed in range(2500) if locked_out(seed)] == []
