import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.dsp import butterworth
from engine.dsp.filters import SosFilter
from tests.chunks import cuts, split

BAND = butterworth.bandpass(2, 0.5, 40.0, 250.0)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), at=cuts(500), settled=st.booleans())
@example(seed=858, at=[1], settled=True)  # begins with a missing sample
def test_filter_does_not_care_how_samples_are_bundled(
    seed: int, at: list[int], *, settled: bool
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(500)
    x[rng.random(500) < 0.05] = np.nan
    whole = SosFilter(BAND, settled=settled).push(x)

    running = SosFilter(BAND, settled=settled)
    parts = np.concatenate([running.push(part) for part in split(x, at)])

    assert np.array_equal(parts, whole, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), start=st.integers(0, 400), n=st.integers(1, 100))
def test_missing_samples_stay_missing_and_the_filter_recovers(
    seed: int, start: int, n: int
) -> None:
    x = np.random.default_rng(seed).standard_normal(5000)
    broken = x.copy()
    broken[start : start + n] = np.nan
    missing = np.isnan(broken)

    y = SosFilter(BAND).push(broken)

    assert np.array_equal(np.isnan(y), missing)
    np.testing.assert_allclose(y[-500:], SosFilter(BAND).push(x)[-500:], atol=1e-6)
