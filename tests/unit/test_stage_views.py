"""Wherever the eyes look, the horizon is level and at the height of the eyes."""

import math

import numpy as np
import pytest
from panda3d.core import Camera, LPoint2f, LPoint3f, MatrixLens, NodePath

from engine.stage.views import Seat, place

ASPECT = 16 / 9


def seen(seat: Seat, x: float, y: float, z: float) -> tuple[float, float] | None:
    """Return where in the picture (-1..1) a far point is, or None if it is not in it."""
    camera = NodePath(Camera("eye", MatrixLens()))
    (view,) = seat.look(ASPECT)
    place(camera, view, 0.0)
    inside = camera.get_relative_point(NodePath(), LPoint3f(x, y, z))
    at = LPoint2f()
    return (at.x, at.y) if camera.node().get_lens().project(inside, at) else None


def horizon(seat: Seat) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    found = []
    for azimuth in np.radians(np.arange(-180, 180, 3)):
        at = seen(seat, 4000 * math.sin(azimuth), 4000 * math.cos(azimuth), 0.0)
        if at is not None:
            found.append(at)
    return np.array(found)


@pytest.mark.parametrize("yaw", [0.0, 60.0, -120.0, 175.0])
def test_looking_straight_the_horizon_is_a_level_line_in_the_middle(yaw: float) -> None:
    points = horizon(Seat(yaw, 0.0))

    assert len(points) > 15
    assert points[:, 1] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, 15.0), (60.0, -15.0), (-120.0, 18.0)])
def test_looking_up_or_down_the_horizon_stays_symmetric(yaw: float, pitch: float) -> None:
    points = horizon(Seat(yaw, pitch))
    tilt = np.polyfit(points[:, 0], points[:, 1], 2)[1]

    assert tilt == pytest.approx(0.0, abs=2e-3)
    assert math.copysign(1, points[:, 1].mean()) == -math.copysign(1, pitch)


def test_what_is_ahead_and_to_the_right_is_seen_to_the_right() -> None:
    at = seen(Seat(), 10.0, 100.0, 5.0)

    assert at is not None
    assert at[0] > 0.0
    assert at[1] > 0.0


def test_turning_right_brings_what_is_on_the_right_to_the_middle() -> None:
    at = seen(Seat(yaw=90.0), 100.0, 0.0, 0.0)

    assert at == pytest.approx((0.0, 0.0), abs=1e-4)


def test_the_field_of_view_is_what_was_asked_for() -> None:
    edge = math.radians(74.0 / 2)

    at = seen(Seat(fov=74.0), math.sin(edge) * 0.999 * 100, math.cos(edge) * 100, 0.0)

    assert at is not None
    assert at[0] == pytest.approx(1.0, abs=2e-3)
