"""Single rules of skin conductance and light, each where it alone decides."""

import numpy as np
import pytest

from engine.dsp import eda_layout as at
from engine.dsp import ppg_layout as ppg
from engine.dsp.eda import SkinConductance
from engine.dsp.ppg_fiducials import middle_position, vertex
from engine.streams import F64

RATE = 8.0


def skin_with(steps: tuple[float, ...], when: float = 30.0) -> tuple[F64, F64]:
    """Return 60 s of calm skin at 5 uS that rises by ``steps``, uS each sample, and stays."""
    t = np.arange(int(60 * RATE)) / RATE
    y = np.full(t.size, 5.0) + np.random.default_rng(1).normal(0.0, 0.001, t.size)
    i = round(when * RATE)
    for k, step in enumerate(steps):
        y[i + k :] += step
    return t, y


def quality_after(steps: tuple[float, ...]) -> float:
    rows = SkinConductance(RATE).push(*skin_with(steps))
    soon = (rows[:, at.O_TIME] > 31.0) & (rows[:, at.O_TIME] < 33.0)
    return float(rows[soon, at.O_QUALITY].min())


@pytest.mark.parametrize(("slope", "is_skin"), [(9.6, True), (10.4, False)])
def test_ten_microsiemens_a_second_is_the_fastest_a_skin_may_rise(
    slope: float, *, is_skin: bool
) -> None:
    # It eases off, so that only the greatest slope can break a rule.
    first = slope / RATE
    found = quality_after((first, 0.6, 0.3, 0.2, 0.1, 0.05))

    assert (found > 0.5) == is_skin


def test_a_large_steep_response_is_no_new_level() -> None:
    t = np.arange(int(60 * RATE)) / RATE
    u = np.clip(t - 30.0, 0.0, None)
    y = 5.0 + 6.0 * (np.exp(-u / 4.0) - np.exp(-u / 0.75))
    rows = SkinConductance(RATE).push(t, y + np.random.default_rng(3).normal(0.0, 0.002, t.size))

    peak = rows[(rows[:, at.O_TIME] > 31.0) & (rows[:, at.O_TIME] < 34.0)]
    assert float(np.diff(y).max()) > 0.3  # more than a level may be off after a gap
    assert peak[:, at.O_TONIC] == pytest.approx(5.0, abs=0.75)
    assert peak[:, at.O_PHASIC].max() > 2.5


@pytest.mark.parametrize("top", [-0.45, -0.2, 0.0, 0.3])
@pytest.mark.parametrize("sharp", [0.2, 3.0])
def test_the_top_of_a_parabola_is_found_where_it_is(top: float, sharp: float) -> None:
    before, middle, after = (5.0 - sharp * (x - top) ** 2 for x in (-1.0, 0.0, 1.0))

    assert vertex(before, middle, after) == pytest.approx(top)


def test_three_neighbours_without_a_top_between_them_have_none_beyond_half_a_step() -> None:
    assert vertex(0.0, 1.0, 1.9) == 0.5
    assert vertex(1.9, 1.0, 0.0) == -0.5
    assert vertex(1.0, 0.0, 1.0) == 0.0


@pytest.mark.parametrize("shape", [(0.0, 0.9, 0.2), (0.4, 0.7, -0.25), (-0.3, 1.1, 0.15)])
def test_the_middle_of_an_upstroke_is_where_it_crosses_half_its_height(
    shape: tuple[float, float, float],
) -> None:
    flat, slope, bend = shape

    def height(x: float) -> float:
        return flat + slope * x + bend * x * (x - 1.0) * (x + 0.5)  # rises from 0 to 1 and beyond

    state, ring = np.zeros(ppg.SLOTS), np.zeros((ppg.RING_ROWS, ppg.RING))
    for k in range(-2, 4):
        ring[ppg.R_Y, 10 + k] = height(float(k))
    crossing = 0.37
    state[ppg.VALLEY] = height(crossing) - 1.0
    state[ppg.PEAK] = height(crossing) + 1.0
    state[ppg.VALLEY_STEP], state[ppg.PEAK_STEP] = 7.0, 11.0

    # A cubic through four neighbours is the curve but for what its ends' slopes assume.
    assert middle_position(state, ring) == pytest.approx(10.0 + crossing, abs=0.03)
