"""What a channel's silence, a poor second and a second rise do to arousal."""

import math

import pytest

from engine.dsp.arousal import ArousalIndex
from engine.dsp.arousal_channels import FARTHEST, SLEW
from engine.dsp.arousal_recovery import Recovery

REST = (70.0, 40.0, 5.0, 0.02, 14.0)
FULL = (1.0,) * 5
NO_HEART = (0.0, 0.0, 1.0, 1.0, 1.0)


def rested(poor: tuple[float, ...] = REST, quality: tuple[float, ...] = FULL) -> ArousalIndex:
    """Return an index after a rest of which every second second was ``poor``."""
    index = ArousalIndex()
    index.begin_baseline()
    for s in range(400):
        jitter = 1.0 + 0.01 * math.sin(0.7 * s)
        if s % 2:
            index.push(poor, quality)
        else:
            index.push(tuple(v * jitter for v in REST), FULL)
    index.end_baseline()
    return index


def test_a_second_of_no_quality_is_no_part_of_rest() -> None:
    wild = (160.0, 4.0, 20.0, 0.5, 30.0)
    poor = rested(wild, (0.0,) * 5)

    for _ in range(120):
        now = poor.push(REST, FULL)
    assert max(abs(z) for z in now.z) < 0.5


def test_a_missing_value_of_high_quality_is_no_part_of_rest() -> None:
    missing = rested((math.nan,) * 5)

    now = missing.push(REST, FULL)
    assert max(abs(z) for z in now.z) < 0.5


def test_the_doubt_of_a_lost_channel_grows_second_by_second() -> None:
    index = rested()
    for _ in range(120):
        before = index.push(REST, FULL).sd

    sds = [index.push(REST, NO_HEART).sd for _ in range(240)]
    # Two of five are out: each second adds so many fifths of `SLEW`, up to `FARTHEST`.
    assert sds[0] ** 2 - before**2 < (2 / 5 * SLEW) ** 2 + 0.02
    assert sds[20] > sds[5] + 0.1
    assert sds[60] > sds[20] + 0.2
    # Three channels tell less of each second than five: that makes the rest of it.
    assert sds[60] ** 2 - before**2 == pytest.approx((2 / 5 * FARTHEST) ** 2, abs=0.15)
    assert sds[-1] == pytest.approx(sds[60], abs=0.05)


def test_a_rise_that_is_nine_tenths_undone_is_over_and_the_next_one_counts_anew() -> None:
    recovery = Recovery()
    for value in (*[0.0] * 60, 1.0, 2.0, 3.0, 2.0, 1.0, 0.25):
        recovery.push(value, 0.3)
    assert recovery.index == pytest.approx(1.0 - 0.25 / 3.0, abs=0.03)

    recovery.push(1.3, 0.3)  # 1.05 above the level it came back to: another rise

    assert recovery.index == 0.0
    assert math.isnan(recovery.half_s)
