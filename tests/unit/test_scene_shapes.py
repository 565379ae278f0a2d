"""Shapes are closed, face outward, and keep their corners."""

import numpy as np
import pytest

from engine.scene.shape import Shape, board, join, lathe, tube
from scenes.dusk_ocean import deck

GREY = (0.5, 0.5, 0.5)
PATH = [(0.0, 0.0, 0.1 * i) for i in range(6)]
BALL = [(np.sin(a), -np.cos(a)) for a in np.linspace(0, np.pi, 24)]


def volume(shape: Shape) -> float:
    a, b, c = (shape.points[shape.triangles[:, k]].astype(float) for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def test_a_board_is_as_large_as_asked_and_faces_outward() -> None:
    made = board((2.0, 0.2, 0.1), colour=GREY)

    assert np.ptp(made.points, axis=0) == pytest.approx([2.0, 0.2, 0.1], abs=0.006)
    assert volume(made) == pytest.approx(0.04, rel=0.1)
    assert (made.points * made.normals).sum(axis=1).min() > 0


def test_a_turned_ball_faces_outward() -> None:
    made = lathe(BALL, colour=GREY)

    assert volume(made) == pytest.approx(4 / 3 * np.pi, rel=0.03)
    middle = np.abs(made.points[:, 2]) < 0.9
    assert (made.points * made.normals).sum(axis=1)[middle].min() > 0.95


def test_a_tube_faces_outward_all_along() -> None:
    made = tube(PATH, 0.05, colour=GREY)
    aside = made.points * [1, 1, 0]

    assert np.linalg.norm(aside, axis=1) == pytest.approx(0.05, abs=1e-6)
    assert ((aside / 0.05) * made.normals).sum(axis=1).min() > 0.9


def test_joined_shapes_keep_all_their_triangles() -> None:
    a, b = board((1, 1, 1), colour=GREY), board((1, 1, 1), colour=GREY).moved((5, 0, 0))
    both = join([a, b])

    assert len(both.triangles) == len(a.triangles) + len(b.triangles)
    assert volume(both) == pytest.approx(2 * volume(a), rel=1e-4)


def test_turning_a_shape_turns_its_normals_too() -> None:
    made = board((2.0, 0.2, 0.1), colour=GREY).moved((0, 0, 0), turn=90.0)

    assert np.ptp(made.points, axis=0) == pytest.approx([0.2, 2.0, 0.1], abs=0.006)
    assert (made.points * made.normals).sum(axis=1).min() > 0


def test_the_deck_has_something_within_reach_and_nothing_before_the_eyes() -> None:
    points = deck.built(np.random.default_rng(1)).points
    eye = np.array([0.0, 0.0, deck.HEIGHT + 1.18])
    far = np.linalg.norm(points - eye, axis=1)
    ahead = points[(points[:, 1] > 0) & (np.abs(points[:, 0]) < 0.6)]

    assert far.min() > 0.5
    assert far.min() < 1.9
    below = np.degrees(np.arctan2(ahead[:, 2] - eye[2], ahead[:, 1]))
    assert below.max() < -12  # the open sea stays free from the rail up
