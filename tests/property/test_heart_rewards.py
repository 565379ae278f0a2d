"""One wrong beat never makes the heart look calmer than its own doubt allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp import hrv_follow as to
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.jit import COMPILED
from engine.dsp.qrs_layout import CONFIRMED
from engine.streams import F64
from tests.synthetic_heart import intervals
from tests.variability_truth import ARTEFACTS, hurt

SURE = 1.96
SLOWER = 2.0
"""How much slower (1/min) a heart may seem: one beat of the ten or so in its window."""


def seen(times: F64) -> F64:
    """Return what is told at the end of a heart that beat at ``times``."""
    events = np.full((times.size - 1, 6), np.nan)
    events[:, 0], events[:, 1], events[:, 3] = CONFIRMED, times[1:], 1.0
    events[:, 2] = 1000.0 * np.diff(times)
    last: F64 = HeartTracker().push(events, times[1:].copy())[-1].copy()
    return last


def calmer(seed: int) -> str:
    """Return the kind of artefact that made a heart look calmer beyond doubt, or nothing."""
    rng = np.random.default_rng(seed)
    rr = intervals(
        120, seed=seed, swing=rng.uniform(1.0, 20.0), breaths=rng.uniform(4.5, 16.0),
        noise_ms=rng.uniform(2.0, 30.0), per_minute=rng.uniform(50.0, 100.0),
    )  # fmt: skip
    times = np.concatenate([[0.0], np.cumsum(rr)]) / 1000.0
    kind = ARTEFACTS[int(rng.integers(len(ARTEFACTS)))]
    clean = seen(times)
    spoiled = seen(hurt(times, kind, int(rng.integers(times.size - 50, times.size - 4)), rng))
    doubt = float(np.hypot(clean[to.RMSSD_DOUBT], spoiled[to.RMSSD_DOUBT]))
    higher = spoiled[to.RMSSD] > clean[to.RMSSD] * (1.0 + SURE * doubt)
    slower = spoiled[to.RATE] < clean[to.RATE] - SLOWER
    return kind if higher or slower else ""


@pytest.mark.xfail(strict=False, reason="known fault: some missed and early beats still do")
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_a_wrong_beat_hardly_ever_makes_a_heart_look_calmer(seed: int) -> None:
    # A beat misplaced by less than the classifier can see may: see below.
    assert calmer(seed) in {"", "misplaced"}


@pytest.mark.xfail(strict=False, reason="known fault: some missed and early beats still do")
@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="ten thousand hearts take too long uncompiled")
def test_of_ten_thousand_wrong_beats_only_misplaced_ones_ever_look_calm_and_those_rarely() -> None:
    found = [kind for seed in range(10_000) if (kind := calmer(seed))]

    assert set(found) <= {"misplaced"}
    assert len(found) <= 40
