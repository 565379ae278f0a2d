"""What a scene is given to build its place from: sky, water, lights, shapes, materials."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.scene.shape import Shape

F32: TypeAlias = NDArray[np.float32]
Texture: TypeAlias = Any
"""A texture on the graphics card; made by `Stage.texture`, handed to materials."""
Input: TypeAlias = float | Sequence[float] | Texture
"""What a uniform of a shader may be set to: a number, 2 to 4 numbers, a texture."""


class Drawn(Protocol):
    """Something visible with a material of its own."""

    def set(self, **inputs: Input) -> None:
        """Set uniforms of the material; cheap (2 us each)."""
        ...

    def visible(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Show or hide it."""
        ...


class Sky(Protocol):
    """The sky, drawn once a frame into a panorama that also lights everything."""

    def show(
        self,
        *,
        elevation: float,
        cloud: float,
        drift: tuple[float, float],
        stars: float,
    ) -> None:
        """Set the sky.

        Parameters
        ----------
        elevation
            Height of the sun over the horizon, degrees; cross-faded within the table.
        cloud
            Cover, 0 clear .. 1 a broken deck.
        drift
            How far the clouds have moved, in their own units.
        stars
            How present the stars are, 0..1.
        """
        ...


class Water(Protocol):
    """Open water to the horizon, at height 0."""

    def show(self, *, height: float, ripple: float, travel: float, flow: float) -> None:
        """Set the water.

        Parameters
        ----------
        height
            Factor on the height of the swell, 0 (a mirror) .. 1.
        ripple
            Slope of the ripples, standard deviation, about 0.01 .. 0.12.
        travel
            Seconds the swell has run, integrated by the caller so that nothing jumps.
        flow
            Seconds the ripples have run.
        """
        ...


class Lamp(Protocol):
    """A light with a place: it lights shapes and glitters on water."""

    def show(self, *, light: Sequence[float], at: Sequence[float], radius: float) -> None:
        """Set its radiance (rgb), its place (m) and its radius (m)."""
        ...


class BreathingLight(Protocol):
    """The light that guides the breath."""

    def show(self, *, breath: float, guide: float) -> None:
        """Set how full the breath is and how present the guide is, both 0..1."""
        ...


class Motes(Protocol):
    """Points of light drifting in the air."""

    def show(self, *, drift: float, sway: float, light: Sequence[float]) -> None:
        """Set how far they have drifted (s), how they sway (s), and their radiance."""
        ...


class Stage(Protocol):
    """The room a scene is given while it builds itself.

    Metres, z up, +y ahead of the viewer, +x to the right. Radiance is relative to the
    display: 1 is nearly white.
    """

    eye_height: float
    """Height of the seated viewer's eyes over z = 0, m; the scene sets it."""

    @property
    def seed(self) -> int:
        """The session's seed: what is random comes out the same in a replay."""
        ...

    def random(self, purpose: str) -> np.random.Generator:
        """Return a source of chance of its own for ``purpose``."""
        ...

    def share(self, **inputs: Input) -> None:
        """Set uniforms of every material of the scene."""
        ...

    def texture(
        self, name: str, texels: F32, *, repeat: bool = True, mipmaps: bool = True
    ) -> Texture:
        """Return a texture with ``texels``, ``(h, w, c)`` or ``(n, h, w, c)`` for an array."""
        ...

    def mesh(self, name: str, shape: Shape, material: str | Path) -> Drawn:
        """Draw ``shape`` with the fragment shader ``material``.

        A bare name is looked up in the scene's own ``glsl`` folder first, then in the
        engine's. ``solid.frag`` is a plain lit surface.
        """
        ...

    def backdrop(self, material: str | Path) -> Drawn:
        """Fill everything behind the scene with the fragment shader ``material``.

        It is given ``in vec3 ray``, the direction each pixel looks in.
        """
        ...

    def sky(self, *, azimuth: float, elevations: Sequence[float], haze: float = 1.0) -> Sky:
        """Make the sky.

        Parameters
        ----------
        azimuth
            Where the sun stands, degrees to the right of straight ahead.
        elevations
            Heights of the sun to compute, degrees, increasing.
        haze
            Dust and vapour in the air, 1 is a clear day.

        Notes
        -----
        What stands on the horizon is the function of ``land.glsl``, which a scene may
        bring in its own folder.
        """
        ...

    def water(self, *, wind: float = 0.0, rings: int = 150) -> Water:
        """Make water with the swell coming from ``wind`` degrees (0 ahead)."""
        ...

    def lamp(self) -> Lamp:
        """Return one of three lamps; they light shapes and glitter on water."""
        ...

    def light(
        self,
        *,
        at: Sequence[float],
        radius: tuple[float, float],
        rise: float,
        heart: Sequence[float],
        rim: Sequence[float],
    ) -> BreathingLight:
        """Make the breathing light.

        Parameters
        ----------
        at
            Its place when the lungs are empty, m.
        radius
            Its radius when the lungs are empty and when they are full, m.
        rise
            How far it rises with a breath, m.
        heart, rim
            Colour of its middle and of its edge, rgb.
        """
        ...

    def motes(self, count: int, *, low: Sequence[float], high: Sequence[float]) -> Motes:
        """Scatter ``count`` motes within the box from ``low`` to ``high``, m."""
        ...

    def grade(
        self, *, exposure: float = 1.0, tint: Sequence[float] = (1, 1, 1), bloom: float = 0.1
    ) -> None:
        """Set the exposure, the tint and the share of bloom of the finished picture."""
        ...
