"""A million damaged messages for every decoder that ships: no crash, no hang, no nonsense.

A file of its own, so that one of two workers does it while the other does the rest. Another
seed than that of `tools/fuzz_drivers.py`, whose figures are in `engine/devices/README.md`.
"""

import pytest

from engine.devices import Driver
from engine.testing import heard_of
from engine.testing.fuzz import decodes, fuzz
from tests.shipped import SHIPPED

MILLION = 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("driver", [d for d in SHIPPED if decodes(d)], ids=lambda d: d.model)
def test_a_million_damaged_messages_are_taken_or_refused(driver: type[Driver]) -> None:
    result = fuzz(driver, heard_of(driver), MILLION, seed=3)

    assert result.fault == ""
    assert result.inputs == MILLION
    assert result.frames > MILLION // 10  # the damage reaches the decoder
    assert result.frames - result.refused > MILLION // 20  # and not all of it is refused
