"""What chance alone may change: the obvious computation, and hearts drawn by chance."""

import math
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from engine.dsp.hrv_chance import (
    FEW,
    LAGS,
    OF_MEAN,
    OF_PNN50,
    OF_RMSSD,
    OF_SDNN,
    PARTS,
    chance_of,
)
from engine.dsp.hrv_follow import PNN50, PNN50_CHANCE, RMSSD, RMSSD_CHANCE, ROW, SDNN, SDNN_CHANCE
from engine.dsp.hrv_spectrum_paced import PacedSwing
from engine.dsp.hrv_tracker import HeartTracker
from engine.dsp.hrv_whole import whole_hrv
from engine.dsp.jit import COMPILED
from engine.dsp.qrs_layout import CONFIRMED
from engine.pace import Pace
from engine.streams import F64
from tests.chance_hearts import by_chance, stretches
from tests.naive import sdnn_ms

FIVE_MINUTES = 300.0


def by_rhythm(x: F64, n: int) -> float:
    """Return the standard error of a root mean square straight from its autocorrelation."""
    x = np.nan_to_num(x)
    alike = [float(x[k:] @ x[:-k]) / float(x @ x) for k in range(1, LAGS + 1)]
    return math.sqrt((1.0 + 2.0 * sum(r * r for r in alike)) / (2.0 * n))


def by_parts(values: list[float]) -> float:
    return FEW * math.sqrt((PARTS - 1) * float(np.var(values)))


def test_it_is_the_larger_one_of_what_parts_and_what_a_rhythm_leave_open() -> None:
    nn = by_chance(np.random.default_rng(3), 90)
    d = np.diff(nn, prepend=nn[0])
    edges = [math.ceil(k * 90 / PARTS) for k in range(PARTS + 1)]
    left = [np.delete(d, np.s_[a:b]) for a, b in pairwise(edges)]
    kept = [np.delete(nn, np.s_[a:b]) for a, b in pairwise(edges)]
    share = (np.count_nonzero(np.abs(d) > 50.0) + 0.5) / 91.0

    found = chance_of(nn, d)

    rms = float(np.sqrt(np.mean(d**2)))
    of_rmssd = by_parts([float(np.sqrt(np.mean(part**2))) for part in left]) / rms
    of_pnn50 = by_parts([float(np.mean(np.abs(part) > 50.0)) for part in left])
    of_sdnn = by_parts([sdnn_ms(part) for part in kept]) / sdnn_ms(nn)
    assert found[OF_RMSSD] == pytest.approx(max(of_rmssd, by_rhythm(d, 90)), rel=1e-9)
    assert found[OF_SDNN] == pytest.approx(max(of_sdnn, by_rhythm(nn - nn.mean(), 90)), rel=1e-9)
    assert found[OF_PNN50] == pytest.approx(
        max(of_pnn50, math.sqrt(share * (1.0 - share) / 92.0)), rel=1e-9
    )
    of_mean = by_parts([float(part.mean()) for part in kept]) / float(nn.mean())
    assert found[OF_MEAN] == pytest.approx(of_mean, rel=1e-9)


def test_what_is_missing_counts_for_nothing_and_nothing_tells_nothing() -> None:
    nn = by_chance(np.random.default_rng(4), 90)
    d = np.diff(nn, prepend=nn[0])
    nn[[7, 30]] = d[[7, 8, 30, 31]] = np.nan

    found = chance_of(nn, d)

    assert np.isfinite(found).all()
    assert found[OF_SDNN] >= by_rhythm(nn - np.nanmean(nn), 88) * (1.0 - 1e-9)
    assert not chance_of(np.full(90, np.nan), np.full(90, np.nan)).any()
    assert not chance_of(np.empty(0), np.empty(0)).any()
    assert not chance_of(np.full(90, 800.0), np.zeros(90))[[OF_RMSSD, OF_SDNN, OF_MEAN]].any()


def test_that_no_difference_was_large_does_not_prove_that_none_can_be() -> None:
    nn = 800.0 + np.random.default_rng(5).uniform(-5.0, 5.0, 75)

    assert chance_of(nn, np.diff(nn, prepend=nn[0]))[OF_PNN50] == pytest.approx(0.009, abs=0.002)


def judge(rr_ms: F64) -> F64:
    """Return the rows a session would tell at the end of each beat."""
    t = np.cumsum(rr_ms) / 1000.0
    events = np.full((t.size, 6), np.nan)
    events[:, 0], events[:, 1], events[:, 2], events[:, 3] = CONFIRMED, t, rr_ms, 1.0
    return HeartTracker().push(events, t).copy()


@pytest.mark.skipif(not COMPILED, reason="hours of heartbeat take too long uncompiled")
@pytest.mark.parametrize("slow_breath", [False, True])
def test_two_minutes_of_a_heart_differ_no_further_than_chance_says(slow_breath: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(100)
    apart: dict[str, list[float]] = defaultdict(list)
    for _ in range(40):
        rows = judge(by_chance(rng, 800, slow_breath=slow_breath))
        assert rows.shape[1] == ROW
        minute = np.floor(rows[:, 0] / 62.0)
        last = rows[np.flatnonzero(np.diff(minute))][1:]
        for one, other in pairwise(last):
            for name, value, chance in (
                ("rmssd", RMSSD, RMSSD_CHANCE), ("sdnn", SDNN, SDNN_CHANCE),
                ("pnn50", PNN50, PNN50_CHANCE),
            ):  # fmt: skip
                off = [
                    row[chance] * (100.0 if name == "pnn50" else row[value])
                    for row in (one, other)
                ]  # fmt: skip
                if np.isfinite([*off, one[value], other[value]]).all():
                    apart[name].append(abs(one[value] - other[value]) / math.hypot(*off))

    for name, doubts in apart.items():
        assert len(doubts) > 200, name
        assert np.mean(np.array(doubts) < 1.96) >= 0.90, name
        # Nor is it so wide that it says nothing.
        assert np.mean(np.array(doubts) < 0.5) <= 0.60, name


@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="hours of heartbeat take too long uncompiled")
@pytest.mark.parametrize("slow_breath", [False, True])
def test_two_recordings_of_five_minutes_differ_no_further_than_their_doubts(
    slow_breath: bool,  # noqa: FBT001
) -> None:
    rng = np.random.default_rng(200)
    apart: dict[str, list[float]] = defaultdict(list)
    for _ in range(30):
        parts = stretches(by_chance(rng, 2400, slow_breath=slow_breath), FIVE_MINUTES)
        told = [whole_hrv(np.cumsum(nn) / 1000.0, nn, np.ones(nn.size), 0.0, 1.0) for nn in parts]
        for one, other in pairwise(told):
            for name, found in one.items():
                if found.valid and other[name].valid:
                    off = math.hypot(found.doubt, other[name].doubt)
                    apart[name].append(abs(found.value - other[name].value) / off)

    for name, doubts in apart.items():
        assert np.mean(np.array(doubts) < 1.96) >= 0.85, name
        assert len(doubts) > 60, name


@pytest.mark.parametrize("rate", [4.5, 6.0, 9.0])
def test_the_swing_with_the_guide_is_no_further_off_than_chance_says(rate: float) -> None:
    rng = np.random.default_rng(300)
    doubts: list[float] = []
    for _ in range(20):
        true, share, t, due = rng.uniform(20.0, 150.0), rng.uniform(0.3, 1.0), 0.0, 60.0
        pace, swing = Pace(0.0, rate, 0.4, 1.0), PacedSwing()
        swing.guide(pace)
        by_itself = by_chance(rng, 300)
        mean = float(by_itself.mean())
        for x in (share * (by_itself - mean)).tolist():
            nn = mean + x + 0.5 * true * math.cos(2.0 * math.pi * pace.cycles(t))
            t += nn / 1000.0
            swing.interval(t, nn)
            if t > due:
                due += 180.0 / rate
                found, _, chance = swing.now()
                doubts.append(abs(found - true) / chance)

    assert len(doubts) > 60
    assert np.mean(np.array(doubts) < 1.96) >= 0.88
    assert np.mean(np.array(doubts) < 0.5) <= 0.60
