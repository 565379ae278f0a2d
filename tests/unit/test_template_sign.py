"""At which lobe of a beat it is timed: it changes only for a clearly larger one."""

import numpy as np
import pytest

from engine.dsp import qrs_layout as at
from engine.dsp.qrs_shape import find_fiducial

POINTS, BEFORE = 27, 15


@pytest.mark.parametrize(
    ("up", "down", "was", "becomes"),
    [
        (1.0, 1.3, 1.0, 1.0),  # the other lobe is larger, not clearly
        (1.0, 1.5, 1.0, -1.0),
        (0.1, 0.9, 1.0, -1.0),
        (1.05, 1.0, -1.0, -1.0),
        (1.2, 1.0, -1.0, 1.0),
        (0.9, 0.1, -1.0, 1.0),
    ],
)
def test_a_biphasic_beat_keeps_its_lobe(up: float, down: float, was: float, becomes: float) -> None:
    state = np.zeros(400)
    templates = np.zeros((at.TEMPLATES, POINTS))
    templates[1, 13], templates[1, 17] = up, -down
    state[at.POLARITY + 1] = was

    find_fiducial(state, templates, 1, 1, POINTS, BEFORE)

    assert state[at.POLARITY + 1] == becomes
    assert state[at.FIDUCIAL + 1] == (13 if becomes > 0.0 else 17) - BEFORE
