"""One sign of arousal: what is believed of it while it is not heard."""

import math

import pytest

from engine.dsp.arousal_channels import (
    DRIFT,
    FADES,
    FARTHEST,
    FOLLOWS,
    LATE,
    LIMIT,
    SIGNS,
    SLEW,
    UNHEARD,
    Channel,
)

HR, SCL = SIGNS[0], SIGNS[2]


def rested(value: float = 70.0, seconds: int = 180, *, sign_at: int = 0) -> Channel:
    channel = Channel(SIGNS[sign_at])
    for s in range(seconds):
        channel.collect(channel.sign.scaled(value + 0.01 * (-1) ** s), 1.0)
    channel.settle()
    return channel


def test_a_score_beyond_the_limit_grows_ever_more_slowly() -> None:
    scores = []
    for above in (3.0, 6.0, 12.0, 60.0):
        channel = rested()
        channel.hear(70.0 + above, 1.0)
        scores.append(channel.z)

    assert scores[:2] == pytest.approx([1.0, LIMIT], abs=0.01)
    assert LIMIT < scores[2] < scores[3] < FARTHEST


def test_a_channel_may_go_astray_as_fast_as_a_score_can_and_no_farther() -> None:
    channel = rested()
    channel.hear(70.0, 1.0)
    astray = []
    for _ in range(100):
        channel.miss()
        astray.append(channel.astray)

    assert astray[9] == pytest.approx(10 * SLEW)
    assert astray[-1] == FARTHEST


def test_a_channel_set_aside_is_doubted_as_one_never_worn() -> None:
    channel = rested()
    channel.hear(70.0, 1.0)
    channel.aside = True
    for _ in range(100):
        channel.miss()

    assert channel.astray == UNHEARD


def test_once_back_it_is_doubted_ever_less() -> None:
    channel = rested()
    channel.hear(70.0, 1.0)
    for _ in range(100):
        channel.miss()
    for _ in range(300):
        channel.hear(70.0, 1.0)

    assert channel.astray == pytest.approx(FARTHEST * math.exp(-0.0035 * 300), rel=0.01)


def test_an_unheard_score_follows_the_others_half_and_fades_into_them() -> None:
    channel = rested()
    channel.hear(73.0, 1.0)
    before = channel.z

    channel.guess(others=before, change=0.4)
    followed = channel.z
    for _ in range(int(FADES)):
        channel.guess(others=0.0, change=0.0)

    assert followed == pytest.approx(before + FOLLOWS * 0.4)
    assert channel.z == pytest.approx(followed * math.exp(-1.0), rel=0.01)


def test_a_level_that_drifts_is_taken_to_stay_while_its_baseline_goes_on() -> None:
    """Heard or not, a level that stays reads ever nearer to rest: losing it changes nothing."""
    heard, lost = rested(5.0, sign_at=2), rested(5.0, sign_at=2)
    level = SCL.scaled(5.5)
    for channel in (heard, lost):
        channel.hear(level, 1.0)
    for _ in range(int(DRIFT)):
        heard.hear(level, 1.0)
        lost.miss()
    lost.hear(level, 1.0)
    heard.hear(level, 1.0)

    assert lost.z == pytest.approx(heard.z, abs=1e-9)


def test_a_score_follows_as_far_as_the_quality_says() -> None:
    good, poor = rested(), rested()
    for channel, quality in ((good, 1.0), (poor, 0.25)):
        channel.hear(70.0, 1.0)
        channel.hear(70.1, quality)

    assert poor.z == pytest.approx(0.25 * good.z, rel=0.05)


def test_a_short_rest_is_doubted() -> None:
    full, short = rested(), rested(seconds=30)

    assert full.doubt == 0.0
    assert 0.5 < short.doubt < 1.0


def test_a_late_channel_doubts_its_place_and_the_more_its_scale_the_farther_it_moves() -> None:
    channel = Channel(HR)
    for _ in range(LATE):
        channel.waiting(90.0, 1.0, 1.2, 4.0)
    channel.hear(90.0, 1.0)

    joined = channel.doubt
    for _ in range(60):
        channel.hear(96.0, 1.0)

    assert channel.ready
    assert channel.joined == 1.2
    assert joined > 2.0
    assert channel.doubt > joined + 0.5


def test_the_less_of_its_own_score_is_left_the_less_its_place_matters() -> None:
    channel = Channel(HR)
    for _ in range(LATE):
        channel.waiting(90.0, 1.0, 1.2, 4.0)
    channel.hear(90.0, 1.0)
    before = channel.doubt
    for _ in range(int(FADES)):
        channel.miss()

    assert channel.doubt == pytest.approx(before * math.exp(-1.0))
