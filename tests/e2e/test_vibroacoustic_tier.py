"""A vendor's vibroacoustic channel is checked like any device, where no sound device is.

The whole way of the sound but its last step is real: the session's wishes, the governor, the
channel's own process, what it renders, block by block; only who plays it is a stand-in. Where
no sound server is (or one too slow to judge by), this is what shows that it dies away.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from engine.sound.vibroacoustic import VibroacousticChannel
from engine.testing import Tier, examine_source
from engine.testing.names import MOTION, PROCESSES, PULLED, STOP
from tests.sound_kit import needs_kernels

pytestmark = [pytest.mark.slow, pytest.mark.quiet, needs_kernels]


class WaveBed(VibroacousticChannel):
    """A bed with one transducer at the third channel of its amplifier."""

    model = "wave-bed"
    zh = "音波床"
    en = "Wave bed"
    usual: ClassVar[Mapping[str, Any]] = {"device": "WaveBed", "channels": [3], "high": 60.0}


def test_a_vendors_channel_reaches_silver_without_a_sound_device() -> None:
    verdict = examine_source(WaveBed)
    passed = {check.name for check in verdict.checks if check.passed}

    assert verdict.tier is Tier.SILVER, verdict.text()
    assert passed >= {MOTION, STOP, PULLED, PROCESSES}
