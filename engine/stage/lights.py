"""Lights with a place: the breathing light, lamps, and motes in the air."""

from collections.abc import Sequence
from typing import Any

from panda3d.core import LVecBase4f, PTA_LVecBase4f

from engine.errors import StageError
from engine.stage import upload
from engine.stage.glsl import Glsl
from engine.stage.material import Node

LAMPS = 4  # as many as world.glsl knows; the first is the breathing light
_FAR_BELOW = LVecBase4f(0, 0, -1000, 0)


class Lamps:
    """The places and colours of all lamps of a scene, read by every material.

    Parameters
    ----------
    root
        The panda3d node everything hangs under.
    """

    def __init__(self, root: Any) -> None:  # noqa: ANN401 - a panda3d NodePath
        self._places: Any = PTA_LVecBase4f([_FAR_BELOW] * LAMPS)
        self._light: Any = PTA_LVecBase4f([LVecBase4f(0)] * LAMPS)
        self._taken = 1
        root.set_shader_input("u_lamp", self._places)
        root.set_shader_input("u_lamp_light", self._light)

    def take(self) -> "OneLamp":
        """Return a lamp no one has yet."""
        if self._taken == LAMPS:
            raise StageError(
                f"a scene has at most {LAMPS - 1} lamps",
                where="lamp",
                hint="let small lights glow without lighting",
            )
        self._taken += 1
        return OneLamp(self, self._taken - 1)

    def show(self, which: int, light: Sequence[float], at: Sequence[float], radius: float) -> None:
        """Set one lamp."""
        self._places[which] = LVecBase4f(at[0], at[1], at[2], radius)
        self._light[which] = LVecBase4f(light[0], light[1], light[2], 0)


class OneLamp:
    """One lamp; see `engine.scene.Lamp`."""

    def __init__(self, lamps: Lamps, which: int) -> None:
        self._lamps, self._which = lamps, which

    def show(self, *, light: Sequence[float], at: Sequence[float], radius: float) -> None:
        """Set its radiance, its place and its radius."""
        self._lamps.show(self._which, light, at, radius)


class Breathing:
    """The light that guides the breath; see `engine.scene.BreathingLight`."""

    def __init__(
        self,
        glsl: Glsl,
        root: Any,  # noqa: ANN401 - a panda3d NodePath
        lamps: Lamps,
        *,
        at: Sequence[float],
        radius: tuple[float, float],
        rise: float,
        heart: Sequence[float],
        rim: Sequence[float],
    ) -> None:
        path = upload.card("breathing light")
        path.reparent_to(root)
        path.set_attrib(upload.OVER)
        path.set_depth_write(False)
        path.set_two_sided(True)
        path.set_bin("fixed", 20)
        path.set_shader(glsl.shader("light.vert", "light.frag"))
        self._node, self._lamps = Node(path), lamps
        self._at, self._radius, self._rise = tuple(at), radius, rise
        self._mean = tuple(0.92 * h + 0.08 * r for h, r in zip(heart, rim, strict=True))
        self._node.set(u_heart=tuple(heart), u_rim=tuple(rim))

    def show(self, *, breath: float, guide: float) -> None:
        """Set how full the breath is and how present the guide is."""
        x, y, z = self._at
        small, large = self._radius
        place = (x, y, z + self._rise * breath)
        radius = small + (large - small) * breath
        strength = guide * (0.70 + 0.70 * breath)
        self._node.visible(guide > 0.002)
        self._node.set(u_light=(*place, radius), u_presence=guide)
        self._lamps.show(0, [c * strength for c in self._mean], place, radius)


class Swarm:
    """Motes in a box of air; see `engine.scene.Motes`."""

    def __init__(
        self,
        glsl: Glsl,
        root: Any,  # noqa: ANN401 - a panda3d NodePath
        count: int,
        low: Sequence[float],
        high: Sequence[float],
    ) -> None:
        path = upload.card("motes")
        path.reparent_to(root)
        path.set_attrib(upload.OVER)
        path.set_depth_write(False)
        path.set_two_sided(True)
        path.set_bin("fixed", 21)
        path.set_instance_count(count)
        path.set_shader(glsl.shader("motes.vert", "motes.frag"))
        self._node = Node(path)
        self._node.set(u_low=tuple(low), u_high=tuple(high))

    def show(self, *, drift: float, sway: float, light: Sequence[float]) -> None:
        """Set how far they have drifted, how they sway, and their light."""
        self._node.set(u_drift=drift, u_sway=sway, u_mote_light=tuple(light))
