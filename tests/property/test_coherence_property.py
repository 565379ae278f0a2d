"""An artefact never makes a heart look more coherent than its own uncertainty allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp.hrv_coherence import SAMPLES, coherence
from engine.dsp.jit import COMPILED
from tests.synthetic_heart import intervals
from tests.variability_truth import ARTEFACTS, hurt, newest_coherence

LIMIT = 0.10


def rises_too_far(seed: int) -> bool:
    """Tell whether one artefact lifts coherence beyond the interval of the clean heart."""
    rng = np.random.default_rng(seed)
    rr = intervals(
        140, seed=seed, swing=rng.uniform(1.0, 20.0), breaths=rng.uniform(4.5, 16.0),
        noise_ms=rng.uniform(2.0, 30.0), per_minute=rng.uniform(50.0, 100.0),
    )  # fmt: skip
    t = np.cumsum(rr) / 1000.0
    kind = ARTEFACTS[int(rng.integers(len(ARTEFACTS)))]
    clean, _ = newest_coherence(t)
    spoiled, share = newest_coherence(
        hurt(t, kind, int(rng.integers(t.size - 50, t.size - 4)), rng)
    )
    if clean is None or spoiled is None or share.corrected > LIMIT:
        return False
    return spoiled.ratio > clean.high


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_an_artefact_never_raises_coherence_beyond_its_uncertainty(seed: int) -> None:
    assert not rises_too_far(seed)


@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="ten thousand hearts take too long uncompiled")
def test_ten_thousand_artefacts_never_raise_coherence_beyond_their_uncertainty() -> None:
    assert [seed for seed in range(1_000_000, 1_010_000) if rises_too_far(seed)] == []


@settings(max_examples=60, deadline=None)
@given(
    x=st.lists(st.floats(300.0, 2000.0), min_size=SAMPLES, max_size=SAMPLES),
    scale=st.floats(0.1, 10.0),
)
def test_the_ratio_lies_within_its_interval_and_knows_no_unit(x: list[float], scale: float) -> None:
    series = np.array(x)

    found, scaled = coherence(series), coherence(scale * series)

    if not np.isnan(found.ratio):
        assert 0.0 <= found.low <= found.ratio <= found.high
        assert scaled.ratio == pytest.approx(found.ratio, rel=1e-4, abs=1e-9)
