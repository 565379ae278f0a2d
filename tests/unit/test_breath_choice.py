"""Which resonator is taken for the breath: the prior, the reluctance to jump, what is clear."""

import math

import numpy as np
import pytest

from engine.dsp import belt_layout as belt
from engine.dsp import respiration_layout as at
from engine.dsp.belt_tracker import listen
from engine.dsp.resonators import B_F, bank
from engine.dsp.respiration_fusion import confidence, follow_rate
from engine.streams import F64

TABLE = bank(at.RATE, 0.05, 0.65, at.CHANNELS, 0.45)


@pytest.mark.parametrize(
    ("rate", "silent", "chosen"),
    [(0.25, False, 1), (0.25, True, 8), (0.0, False, 8), (0.0, True, 8)],
)
def test_what_is_counted_weighs_only_while_breaths_are_counted(
    rate: float, *, silent: bool, chosen: int
) -> None:
    state = np.zeros(belt.SLOTS)
    state[belt.CYCLE_RATE], state[belt.CHANNEL] = rate, -1.0
    power = np.zeros((at.CHANNELS, belt.A_COLUMNS))
    power[:, belt.A_PRIOR] = 1e-3
    power[1, belt.A_PRIOR] = 1.0
    z = np.zeros((at.CHANNELS, 6))
    z[1, 4], z[8, 4] = 1.0, 3.0

    assert listen(state, TABLE, z, power, np.zeros(at.CHANNELS), silent) == chosen


@pytest.mark.parametrize(
    ("old", "height", "then"),
    [(8, 1.1, 8), (8, 1.2, 12), (11, 1.01, 12), (13, 1.01, 12), (-1, 1.0, 12)],
)
def test_the_peak_jumps_only_to_a_much_higher_one_or_to_a_neighbour(
    old: int, height: float, then: int
) -> None:
    state = np.zeros(at.S_SLOTS)
    state[at.S_CHANNEL] = old
    fused = np.full(at.CHANNELS, 1e-6)
    if old >= 0:
        fused[old] = 1.0
    fused[12] = height

    follow_rate(state, TABLE, fused)

    assert state[at.S_CHANNEL] == then


def told_of(fused: F64) -> float:
    """Return the confidence in a breath at channel 9 that one source shows all by itself."""
    state = np.zeros(at.S_SLOTS)
    state[at.S_F] = TABLE[B_F, 9]
    lines = np.zeros((at.SOURCES, at.LINE_COLUMNS))
    lines[0, at.L_WEIGHT], lines[0, at.L_POINTS] = 1.0, 1000.0
    shares = np.zeros((at.SOURCES, at.CHANNELS))
    shares[0, 9] = 1.0
    return float(confidence(state, TABLE, lines, shares, fused, 1.0, 0.6))


def test_a_breath_is_as_clear_as_it_stands_out_both_as_it_is_and_without_the_slope() -> None:
    fused = np.zeros(at.CHANNELS)
    fused[9], fused[1], fused[24] = 1.0, 0.25, 0.25
    flat = fused / TABLE[B_F]
    clear = math.sqrt(1.0 / 1.5 * float(flat[9]) / float(flat.sum()))

    assert told_of(fused) == pytest.approx((clear - 0.35) / 0.35)
    fused[24] = 0.0
    fused[1] = 3.0
    assert told_of(fused) == 0.0
