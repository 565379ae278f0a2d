"""Laws of the arousal index: what is wrong or missing never reads as calm."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dsp.arousal import Arousal, ArousalIndex
from engine.streams import F64

pytestmark = pytest.mark.slow

REST = np.array([70.0, 40.0, 5.0, 0.02, 14.0])
SIZE = np.array([2.0, 6.0, 0.3, 0.006, 1.0])


def body(seed: int, seconds: int) -> F64:
    """Return five slowly wandering channels, ``(seconds, 5)``."""
    rng = np.random.default_rng(seed)
    x = np.zeros((seconds, 5))
    for s in range(1, seconds):
        x[s] = 0.97 * x[s - 1] + rng.normal(0.0, 0.24, 5)
    return np.asarray(np.maximum(REST + SIZE * x, 0.05 * REST), dtype=np.float64)


def live(x: F64, quality: F64, baseline: int = 180) -> list[Arousal]:
    index = ArousalIndex()
    index.begin_baseline()
    told = []
    for s in range(len(x)):
        if s == baseline:
            index.end_baseline()
        told.append(index.push(tuple(x[s].tolist()), tuple(quality[s].tolist())))
    return told[baseline:]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 999),
    st.integers(0, 4),
    st.floats(0.02, 20.0),
    st.integers(1, 20),
    st.sampled_from(["found out", "believed"]),
)
def test_an_artefact_never_lowers_arousal_by_more_than_its_own_doubt(
    seed: int, channel: int, factor: float, seconds: int, state: str
) -> None:
    """Any channel takes any value for up to 20 s, at full quality or found out as bad."""
    x = body(seed, 420)
    quality = np.ones_like(x)
    clean = live(x, quality)
    spoiled = x.copy()
    spoiled[300 : 300 + seconds, channel] *= factor
    if state == "found out":
        quality[300 : 300 + seconds, channel] = 0.0

    told = live(spoiled, quality)

    fall = max(c.value - t.value - t.sd for c, t in zip(clean, told, strict=True))
    assert fall <= 0.0


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 999),
    st.sets(st.integers(0, 4), min_size=1, max_size=4),
    st.integers(1, 120),
)
def test_channels_that_go_and_come_back_stay_within_the_doubt(
    seed: int, gone: set[int], seconds: int
) -> None:
    x = body(seed, 480)
    quality = np.ones_like(x)
    clean = live(x, quality)
    quality[260 : 260 + seconds, list(gone)] = 0.0

    told = live(x, quality)

    apart = max(abs(c.value - t.value) / t.sd for c, t in zip(clean, told, strict=True))
    assert apart <= 1.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.tuples(*[st.floats(allow_nan=True, allow_infinity=True) for _ in range(5)]),
            st.tuples(*[st.floats(0.0, 1.0) for _ in range(5)]),
        ),
        min_size=40,
        max_size=80,
    ),
    st.integers(1, 40),
)
def test_whatever_comes_the_result_is_a_number_or_nothing(
    seconds: list[tuple[tuple[float, ...], tuple[float, ...]]], baseline: int
) -> None:
    index = ArousalIndex()
    index.begin_baseline()
    for s, (values, qualities) in enumerate(seconds):
        if s == baseline:
            index.end_baseline()
        now = index.push(values, qualities)

        assert 0.0 <= now.quality <= 1.0
        assert math.isnan(now.value) == (now.quality == 0.0)
        assert not math.isinf(now.value)
        assert math.isnan(now.value) or abs(now.value) < 20.0
        assert all(math.isnan(z) or abs(z) <= 5.0 for z in now.z)
