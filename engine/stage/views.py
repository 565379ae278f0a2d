"""Where the eyes are: at a desk, in a headset, or wherever a test puts them.

A headset is one more `Viewer`: it says where its eyes are for the coming frame, and
takes the finished pictures. Nothing else of the stage knows what the pictures are for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from panda3d.core import CS_default, CS_yup_right, LMatrix4f, LQuaternionf

NEAR, FAR = 0.05, 9000.0  # m
DESKTOP_FOV = 74.0  # degrees across


@dataclass(frozen=True, slots=True)
class View:
    """One eye.

    Attributes
    ----------
    at
        Its place relative to the seated eye height, m (x right, y ahead, z up).
    turn
        Unit quaternion w, x, y, z in the same axes.
    sides
        Tangents of the angles to the left, right, lower and upper edge of its picture.
    """

    at: tuple[float, float, float]
    turn: tuple[float, float, float, float]
    sides: tuple[float, float, float, float]


class Viewer(Protocol):
    """Whoever looks: a screen or a headset."""

    @property
    def eyes(self) -> int:
        """How many pictures a frame has."""
        ...

    def look(self, aspect: float) -> Sequence[View]:
        """Return the eyes for the coming frame; a headset waits here for its turn."""
        ...

    def shown(self) -> None:
        """Learn that the pictures of the frame are drawn."""
        ...


@dataclass(slots=True)
class Seat:
    """A single eye at the seat that looks where it is told; level, always.

    Attributes
    ----------
    yaw, pitch
        Degrees to the right of straight ahead, and up.
    fov
        Degrees across the picture.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    fov: float = DESKTOP_FOV
    eyes: int = 1

    def look(self, aspect: float) -> Sequence[View]:
        """Return the one eye."""
        across = math.tan(math.radians(self.fov / 2))
        yaw, pitch = math.radians(-self.yaw) / 2, math.radians(self.pitch) / 2
        # First the pitch about x, then the yaw about z: the horizon stays level.
        turn = (
            math.cos(yaw) * math.cos(pitch), math.cos(yaw) * math.sin(pitch),
            math.sin(yaw) * math.sin(pitch), math.sin(yaw) * math.cos(pitch),
        )  # fmt: skip
        up = across / aspect
        return (View((0.0, 0.0, 0.0), turn, (-across, across, -up, up)),)

    def shown(self) -> None:
        """Nothing more to do: the picture is where it belongs."""


def place(camera: Any, view: View, eye_height: float) -> None:  # noqa: ANN401 - panda3d
    """Put ``camera`` (with a `MatrixLens`) where ``view`` says."""
    x, y, z = view.at
    camera.set_pos(x, y, z + eye_height)
    camera.set_quat(LQuaternionf(*view.turn))
    left, right, down, up = view.sides
    across, high, deep = right - left, up - down, FAR - NEAR
    lens = LMatrix4f(
        2 / across, 0, 0, 0,
        0, 2 / high, 0, 0,
        (right + left) / across, (up + down) / high, -(FAR + NEAR) / deep, -1,
        0, 0, -2 * FAR * NEAR / deep, 0,
    )  # fmt: skip
    turned: Any = LMatrix4f.convert_mat(CS_default, CS_yup_right)
    camera.node().get_lens().set_user_mat(turned * lens)
