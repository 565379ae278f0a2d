"""The meters see what they must see; a meter that sees nothing would pass everything."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.stage import flashes, motion


def blinking(
    levels: list[int], colour: tuple[float, float, float] = (1, 1, 1)
) -> NDArray[np.uint8]:
    frames = np.zeros((len(levels), 32, 48, 3))
    frames += np.array(levels)[:, None, None, None] * np.array(colour)
    return frames.astype(np.uint8)


@pytest.mark.parametrize("hertz", [1, 2, 3, 4, 5])
def test_a_light_blinking_so_often_is_so_many_flashes(hertz: int) -> None:
    rate = 60
    levels = [200 if (2 * hertz * i // rate) % 2 else 60 for i in range(3 * rate)]

    assert flashes.measure(blinking(levels), rate).most == pytest.approx(hertz, abs=0.5)


def test_a_blink_in_one_small_place_counts() -> None:
    frames = blinking([120] * 60)
    frames[::6, 8:16, 8:16] = 255

    assert flashes.measure(frames, 60.0).most > 3


def test_a_slow_breath_of_light_is_no_flash() -> None:
    levels = [int(128 + 100 * np.sin(2 * np.pi * 0.1 * i / 30)) for i in range(600)]

    assert flashes.measure(blinking(levels), 30.0).most <= 0.5


def test_a_change_below_a_tenth_is_no_flash() -> None:
    levels = [150 if i % 2 else 160 for i in range(60)]

    assert flashes.measure(blinking(levels), 30.0).most == 0.0


def test_saturated_red_is_seen_and_orange_is_not() -> None:
    assert flashes.measure(blinking([255] * 3, (1.0, 0.1, 0.1)), 30.0).red == 1.0
    assert flashes.measure(blinking([255] * 3, (1.0, 0.6, 0.3)), 30.0).red == 0.0


def scenery(x: float, y: float, turn: float = 0.0) -> NDArray[np.uint8]:
    v, u = np.mgrid[0:90, 0:160].astype(float)
    u, v = u - 80, v - 45
    c, s = np.cos(turn), np.sin(turn)
    u, v = c * u - s * v - x, s * u + c * v - y
    light = 128 + 50 * np.sin(u * 0.21) * np.cos(v * 0.17) + 40 * np.sin(u * 0.07 + v * 0.11)
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


def test_a_picture_that_slides_is_seen_to_slide() -> None:
    frames = np.stack([scenery(0.5 * i, 0.0) for i in range(12)])

    found = motion.measure(frames, 10.0, 80.0)

    assert found.shift == pytest.approx(2.5, rel=0.1)  # 5 pixels a second, half a degree each
    assert found.roll < 0.1


def test_a_picture_that_rolls_is_seen_to_roll() -> None:
    frames = np.stack([scenery(0, 0, 0.004 * i) for i in range(12)])

    assert motion.measure(frames, 10.0, 80.0).roll == pytest.approx(np.degrees(0.04), rel=0.1)


def test_a_picture_that_stands_still_is_seen_to_stand() -> None:
    frames = np.stack([scenery(0, 0)] * 12)

    found = motion.measure(frames, 10.0, 80.0)

    assert (found.shift, found.roll, found.growth) == pytest.approx((0, 0, 0), abs=1e-6)
