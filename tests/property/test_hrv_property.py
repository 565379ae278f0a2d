import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.dsp.hrv_window import CENTRE_MS, BeatWindow
from tests import naive


@settings(max_examples=100, deadline=None)
@example(nn_ms=[1666.121738346586] * 3, span=5.0)  # no variation at all, far from the centre
@given(
    nn_ms=st.lists(st.floats(300.0, 2000.0), min_size=2, max_size=300),
    span=st.floats(5.0, 120.0),
)
def test_running_sums_equal_numpy_whatever_the_intervals(nn_ms: list[float], span: float) -> None:
    window = BeatWindow(span=span, age=1e9)
    t = 0.0
    before = math.nan
    for nn in nn_ms:
        t += nn / 1000.0
        window.push(t, nn, difference_ms=nn - before)
        before = nn

    kept = naive.newest(np.array(nn_ms), span)
    reach = np.array(nn_ms[-kept.size - 1 :])
    assert window.rate == pytest.approx(naive.rate(kept), rel=1e-9)
    assert window.rmssd_ms == pytest.approx(naive.rmssd_ms(reach), rel=1e-9, abs=1e-6)
    if kept.size > 1:
        # A sum of squares of size d^2 is known to a rounding unit each; its root, near 0, to:
        far = float(np.max(np.abs(np.array(nn_ms) - CENTRE_MS)))
        rounding = math.sqrt(4 * len(nn_ms) * np.finfo(float).eps) * far
        assert rounding < 1e-3
        assert window.sdnn_ms == pytest.approx(naive.sdnn_ms(kept), rel=1e-9, abs=rounding)
