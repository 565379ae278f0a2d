import math

import pytest

from engine.cli.recording import NOBODY, goes_on


@pytest.mark.parametrize(
    ("waited", "since", "seconds", "on"),
    [
        (0.0, 2.9, 3.0, True),
        (0.0, 3.0, 3.0, False),
        (NOBODY - 1.0, 0.0, 3.0, True),
        (NOBODY, 0.0, 3.0, False),
        (10.0 * NOBODY, 0.0, math.inf, True),
    ],
)
def test_a_recording_of_a_given_length_ends_even_where_no_device_ever_comes(
    waited: float, since: float, seconds: float, *, on: bool
) -> None:
    assert goes_on(waited, since, seconds) is on
