"""How far and how fast arousal came back, on courses that are known."""

import math

import numpy as np
import pytest

from engine.dsp.arousal_recovery import Recovery
from tests.arousal_people import index_of

DOUBT = 0.4


def course(half: float, *, height: float = 2.0, seconds: int = 400) -> list[float]:
    """Return a minute of rest, a rise of half a minute, and a decay half done at ``half``."""
    rise = np.linspace(0.0, height, 31)
    decay = height * 0.5 ** (np.arange(1, seconds) / half)
    made: list[float] = [0.0] * 60 + rise.tolist() + decay.tolist()
    return made


@pytest.mark.parametrize("half", [10.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("height", [1.2, 2.0, 4.0])
def test_half_recovery_is_that_of_the_course(half: float, height: float) -> None:
    recovery = Recovery()
    for value in course(half, height=height):
        recovery.push(value, DOUBT)

    # From the peak to half way between it and the level before; that level is followed a little.
    assert recovery.half_s == pytest.approx(half, rel=0.15, abs=2.0)


@pytest.mark.parametrize("noise", [0.05, 0.15])
def test_half_recovery_bears_noise(noise: float) -> None:
    errors = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        recovery = Recovery()
        for value in course(60.0):
            recovery.push(value + rng.normal(0.0, noise), DOUBT)
            if recovery.index >= 0.6:
                break
        errors.append(recovery.half_s - 60.0)

    assert abs(float(np.median(errors))) <= 15.0


def test_what_never_comes_back_has_no_half_time() -> None:
    recovery = Recovery()
    for value in [0.0] * 60 + np.linspace(0.0, 2.0, 30).tolist() + [2.0] * 300:
        recovery.push(value, DOUBT)

    assert math.isnan(recovery.half_s)
    assert recovery.index < 0.5


def test_a_rise_within_the_doubt_is_no_rise() -> None:
    recovery = Recovery()
    for value in course(30.0, height=1.0):
        recovery.push(value, 1.5)

    assert math.isnan(recovery.index)


def drawn(lost: slice | None) -> list[float]:
    """Return the half recovery told each second; all channels rise together and come back."""
    rng = np.random.default_rng(4)
    rest = np.array([70.0, 40.0, 5.0, 0.02, 14.0])
    size = np.array([12.0, -20.0, 1.5, 0.10, 5.0])
    shape = np.zeros(900)
    shape[300:420] = np.linspace(0.0, 1.0, 120)
    shape[420:] = 0.5 ** (np.arange(480) / 60.0)
    x = rest + size * shape[:, None] + rng.normal(0.0, 1.0, (900, 5)) * 0.02 * rest
    quality = np.ones_like(x)
    if lost is not None:
        quality[lost] = 0.0
    return [told.half_recovery_s for told in index_of(x, quality)]


def test_time_goes_on_while_nothing_is_heard() -> None:
    """What is lost in the middle must not make a recovery look quicker than it was."""
    whole, broken = drawn(None), drawn(slice(450, 480))

    assert math.isfinite(whole[-1])
    assert broken[-1] >= whole[-1] - 10.0
    assert broken[-1] <= whole[-1] + 40.0
    assert all(math.isnan(half) for half in broken[450:480])
