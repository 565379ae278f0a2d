"""Paced hearts: whatever wave a beat is timed at, it is always the same one."""

import numpy as np
import pytest

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tests.paced_heart import Pacing, paced
from tests.synthetic_heart import matched

STARTED = 8.0
"""s after which the shape of the beats has been learned; till then the wave may change once."""
SPIKES = [0.3, 1.0, 3.0, -0.3, -1.0, -3.0]
"""Height of the pacemaker's pulse against R."""


def timed(how: Pacing, rate: float, seed: int) -> tuple[F64, F64, F64]:
    """Return the true beats, those found, and how far apart they are, s."""
    made = paced(rate, 60.0, how, seed=seed)
    rows = QrsDetector(rate).push(made.x, made.t)
    found = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)), at.TIME]
    found, truth = found[found > STARTED], made.r[made.r > STARTED + 0.1]
    nearest = found[np.abs(found[None, :] - truth[:, None]).argmin(axis=1)]
    return truth, found, nearest - truth


@pytest.mark.parametrize("rate", [130, 250, 500])
@pytest.mark.parametrize("spike", SPIKES)
@pytest.mark.parametrize("width", [0.0005, 0.002])
def test_beats_of_a_paced_ventricle_are_all_timed_at_the_same_wave(
    rate: int, spike: float, width: float
) -> None:
    how = Pacing(spike, width, corner=min(100.0, 0.4 * rate))

    truth, found, apart = timed(how, rate, seed=40 + round(10.0 * spike))
    both, missed, _ = matched(truth, found, 0.1)

    assert missed == 0
    assert found.size - both <= 1  # the beat at the border of the first seconds
    assert np.abs(apart - np.median(apart)).max() < 0.006
    assert (apart - np.median(apart)).std() < 0.0015
    # At the first top of the broad beat, or at the pulse 45 ms before it.
    assert min(abs(np.median(apart)), abs(np.median(apart) + how.lead)) < 0.022


@pytest.mark.parametrize("rate", [130, 250, 500])
@pytest.mark.parametrize("spike", [0.3, -0.3])
def test_the_pulse_of_a_paced_atrium_is_no_beat(rate: int, spike: float) -> None:
    how = Pacing(spike, 0.0005, atrial=True, corner=min(100.0, 0.4 * rate))

    truth, found, _ = timed(how, rate, seed=4)
    both, missed, _ = matched(truth, found, 0.1)

    assert missed == 0
    assert found.size - both <= 1
