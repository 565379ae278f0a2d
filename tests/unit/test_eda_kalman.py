"""The skin's bank of Kalman filters against the same equations written with matrices."""

import math

import numpy as np
import pytest

from engine.dsp import eda_layout as at
from engine.dsp.eda import BURST, QUIET, RISE, SkinConductance
from engine.dsp.eda_kalman import BURST as LASTS
from engine.dsp.eda_kalman import BURSTS, REMEMBERED, TEMPER, anchor, split
from engine.streams import F64
from tests.skin_truth import response

DT = 0.25


def plain_filter(x: F64, p: F64, y: float, recovery: float, surprise: float) -> tuple[F64, F64]:
    """Return state and covariance after one step in the textbook's form, then the likelihood."""
    ep, er = math.exp(-DT / recovery), math.exp(-DT / RISE)
    a = np.array([[1, 0, 0], [0, ep, (ep - er) / (1 / RISE - 1 / recovery)], [0, 0, er]])
    wander = 4e-5 * (1 + 0.04 * x[0] ** 2) * DT
    x = a @ x
    p = a @ p @ a.T + np.diag([wander, 1e-7, surprise * DT])
    h = np.array([1.0, 1.0, 0.0])
    total = h @ p @ h + NOISE
    gain = p @ h / total
    e = y - h @ x
    told = -0.5 * (math.log(total) + e * e / total)
    return np.append(x + gain * e, told), p - np.outer(gain, h @ p)


NOISE = (0.004 / (0.6745 * math.sqrt(6.0))) ** 2 + 1e-6


def plain_pair(xs: list[F64], ps: list[F64], share: F64, y: float, recovery: float) -> float:
    """Take one step of an interacting multiple model of two, in place; return its evidence."""
    begins, ends = 1.0 - math.exp(-BURSTS * DT), 1.0 - math.exp(-DT / LASTS)
    change = np.array([[1.0 - begins, begins], [ends, 1.0 - ends]])
    foretold = change.T @ share
    mixed_x, mixed_p = [], []
    for j in range(2):
        w = change[:, j] * share / foretold[j]
        x = w[0] * xs[0] + w[1] * xs[1]
        mixed_x.append(x)
        mixed_p.append(
            sum(w[i] * (ps[i] + np.outer(xs[i] - x, xs[i] - x)) for i in range(2)),
        )
    likely = np.empty(2)
    for j, surprise in enumerate((QUIET, BURST)):
        x, ps[j] = plain_filter(mixed_x[j], mixed_p[j], y, recovery, surprise)
        xs[j], likely[j] = x[:3], x[3]
    both = foretold * np.exp(likely - likely.max())
    share[:] = both / both.sum()
    return float(likely.max() + math.log(both.sum()))


def test_a_step_is_that_of_the_textbook() -> None:
    engine = SkinConductance(4.0)
    s, bank = engine._state, engine._bank
    anchor(s, bank, 5.0)
    s[at.GROUP_VALID] = 1.0
    bank[: 2 * at.PAIRS, at.B_P00 : at.B_P22 + 1] = np.diag([1e-4, 0.01, 0.01])[np.triu_indices(3)]
    x = [[np.array([5.0, 0.3, 0.4]) for _ in range(2)] for _ in at.RECOVERIES]
    p = [[np.diag([1e-4, 0.01, 0.01]) for _ in range(2)] for _ in at.RECOVERIES]
    share = [np.array([0.8, 0.2]) for _ in at.RECOVERIES]
    bank[: 2 * at.PAIRS, at.B_TONIC : at.B_DRIVER + 1] = x[0][0]
    evidence = np.zeros(at.PAIRS)
    for k in range(60):
        y = 5.4 + 0.06 * k - 0.0004 * k * k  # rising, so that no projection is needed
        split(s, bank, y)
        for m, recovery in enumerate(at.RECOVERIES):
            told = plain_pair(x[m], p[m], share[m], y, recovery)
            evidence[m] = (1.0 - DT / REMEMBERED) * evidence[m] + TEMPER * told

            assert min(state[1:].min() for state in x[m]) > 0.0
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    mean = sum(weight[m] * share[m][j] * x[m][j] for m in range(at.PAIRS) for j in range(2))
    assert s[[at.TONIC, at.PHASIC, at.DRIVER]] == pytest.approx(mean, rel=1e-7)
    assert s[at.RECOVERY] == pytest.approx(weight @ np.array(at.RECOVERIES), rel=1e-7)
    assert bank[0:6:2, at.B_EVIDENCE] == pytest.approx(evidence, rel=1e-7)
    packed = bank[5, at.B_P00 : at.B_P22 + 1]
    assert packed == pytest.approx(p[2][1][np.triu_indices(3)], rel=1e-6, abs=1e-12)


def test_sweat_never_flows_backwards() -> None:
    engine = SkinConductance(4.0)
    s, bank = engine._state, engine._bank
    anchor(s, bank, 5.0)
    for k in range(100):
        split(s, bank, 5.0 - 0.02 * k)

        assert (bank[: 2 * at.PAIRS, at.B_DRIVER] >= 0.0).all()
        assert (bank[: 2 * at.PAIRS, at.B_PHASIC] >= 0.0).all()


@pytest.mark.parametrize(("recovery", "low", "high"), [(2.0, 0.0, 2.3), (6.0, 5.0, 6.1)])
def test_how_fast_a_skin_recovers_is_learnt_from_it(
    recovery: float, low: float, high: float
) -> None:
    t = np.arange(0.0, 120.0, 0.25)
    y = 5.0 + sum(0.4 * response(t - 5.0 - 12.0 * k, 0.75, recovery)[0] for k in range(9))
    engine = SkinConductance(4.0)

    engine.push(t, y + np.random.default_rng(2).normal(0.0, 0.002, t.size))

    assert low <= engine._state[at.RECOVERY] <= high


def test_a_missing_value_teaches_nothing_and_leaves_the_level_in_doubt() -> None:
    engine = SkinConductance(4.0)
    s, bank = engine._state, engine._bank
    anchor(s, bank, 5.0)
    for _ in range(40):
        split(s, bank, 5.0)
    evidence, variance = bank[0, at.B_EVIDENCE], bank[0, at.B_P00]

    split(s, bank, math.nan)

    assert s[at.TONIC] == pytest.approx(5.0, abs=0.01)
    assert bank[0, at.B_P00] > variance
    assert abs(bank[0, at.B_EVIDENCE]) < abs(evidence)
