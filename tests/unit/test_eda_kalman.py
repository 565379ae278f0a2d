"""The skin's Kalman filter against the same equations written with matrices."""

import math

import numpy as np
import pytest

from engine.dsp import eda_layout as at
from engine.dsp.eda import SkinConductance
from engine.dsp.eda_kalman import predict, update
from engine.streams import F64


def plain_step(x: F64, p: F64, y: float, s: F64) -> tuple[F64, F64]:
    """Return state and covariance after one step, in the textbook's form."""
    a = np.array([[1, 0, 0], [0, s[at.DECAY], s[at.COUPLING]], [0, 0, s[at.RISE]]])
    dt, tonic = s[at.DT], x[0]
    surprise = dt * (0.002 + s[at.DRIVER_NOISE] * min(1.0, s[at.POWER]))
    x = a @ x
    p = a @ p @ a.T + np.diag([4e-5 * (1 + 0.04 * tonic**2) * dt, 1e-7, surprise])
    h = np.array([1.0, 1.0, 0.0])
    r = (s[at.NOISE] / (0.6745 * math.sqrt(6.0))) ** 2 + 1e-6
    gain = p @ h / (h @ p @ h + r)
    x = x + gain * (y - h @ x)
    p = p - np.outer(gain, h @ p)
    return x, p


def test_a_step_is_that_of_the_textbook() -> None:
    engine = SkinConductance(8.0)
    s = engine._state
    x, p = np.array([5.0, 0.3, 0.4]), np.diag([0.01, 0.01, 0.01])
    s[[at.TONIC, at.PHASIC, at.DRIVER]] = x
    s[[at.P00, at.P11, at.P22]] = 0.01
    for k in range(200):
        y = 5.4 + 0.002 * k  # rising, so that no projection is needed
        x, p = plain_step(x, p, y, s)
        predict(s)
        update(s, y)

    assert s[[at.TONIC, at.PHASIC, at.DRIVER]] == pytest.approx(x, rel=1e-9)
    packed = s[[at.P00, at.P01, at.P02, at.P11, at.P12, at.P22]]
    assert packed == pytest.approx(p[np.triu_indices(3)], rel=1e-9)


def test_sweat_never_flows_backwards() -> None:
    engine = SkinConductance(8.0)
    s = engine._state
    s[at.TONIC] = 5.0
    s[[at.P00, at.P11, at.P22]] = 0.01
    for k in range(100):
        predict(s)
        update(s, 5.0 - 0.02 * k)

        assert s[at.DRIVER] >= 0.0
        assert s[at.PHASIC] >= 0.0
