"""The sky: a table of clear skies, a panorama with clouds, and the dome the eye sees."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import StageError
from engine.stage import upload
from engine.stage.atmosphere import Atmosphere
from engine.stage.context import Context, Target, nothing
from engine.stage.glsl import Glsl
from engine.stage.material import Node

CLOUD_HEIGHT = 5500.0  # m; what lights the clouds after the sun has set for us
PANORAMA = (1536, 384)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
# How bright the picture of a sky is, by height of the sun (degrees): the eye adapts, but
# dusk still looks like dusk.
_KEY_AT = (-12.0, -9.0, -6.0, -4.0, -2.0, 0.0, 2.0, 5.0, 12.0)
_KEY = (0.022, 0.030, 0.055, 0.080, 0.110, 0.140, 0.165, 0.190, 0.240)
# A colour never stands alone: a share of each goes to the others, as in the eye. Without it
# an afterglow is the saturated red that must not be shown.
_MIX = np.array([[0.800, 0.150, 0.050], [0.120, 0.810, 0.070], [0.085, 0.105, 0.810]])
# Tint of the sky opposite the sun; what is left of light at night, low and overhead.
_AWAY = np.array([-0.20, -0.02, 0.16])
_NIGHT_LOW, _NIGHT_HIGH = np.array([0.068, 0.082, 0.135]), np.array([0.017, 0.028, 0.066])


class SkyTable:
    """Clear skies for a range of heights of the sun, as bright as they will be shown.

    Parameters
    ----------
    elevations
        Heights of the sun, degrees, increasing.
    haze
        See `Atmosphere`.
    """

    def __init__(self, elevations: Sequence[float], haze: float) -> None:
        at = np.asarray(elevations, np.float64)
        if at.size < 2 or np.any(np.diff(at) <= 0):
            raise StageError(
                "needs two or more heights of the sun, increasing",
                where="sky",
                hint="for instance elevations=(-6, -3, 0, 3)",
            )
        self.elevations = at
        air = Atmosphere(haze)
        rows = [self._row(air, float(e)) for e in at]
        self.skies = np.stack([sky for sky, _, _ in rows])
        """(n, 64, 96, 3) float32, see `Atmosphere.sky`."""
        self._sun = np.stack([sun for _, sun, _ in rows])
        self._cloud = np.stack([cloud for _, _, cloud in rows])

    def _row(
        self, air: Atmosphere, elevation: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]:
        sky = air.sky(elevation).astype(np.float64) @ _MIX.T
        up = np.linspace(0, 1, sky.shape[0]) ** 2 * np.pi / 2
        weight = np.gradient(up) * np.cos(up)
        mean = float(((sky @ _LUMINANCE).mean(axis=1) * weight).sum() / weight.sum())
        exposure = float(np.interp(elevation, _KEY_AT, _KEY)) / max(mean, 1e-7)
        night = float(np.clip((1.5 - elevation) / 9.5, 0.0, 1.0))
        height = (np.sin(up) ** 0.55)[:, None, None]
        floor = (_NIGHT_LOW * (1 - height) + _NIGHT_HIGH * height) * night
        # The brightest of an afterglow outshines its picture a hundredfold: hold it back.
        shown = sky * exposure
        peak = shown.max(axis=-1, keepdims=True)
        shown = shown / (1.0 + peak / 3.0) * (1.0 - 0.25 * night) + floor
        # Away from the sun the shadow of the earth rises blue; a touch more than it does.
        away = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, sky.shape[1])))[None, :, None]
        shown = shown * (1.0 + away * _AWAY) + 0.018 * away * _NIGHT_LOW / _NIGHT_LOW.max()
        return (
            shown.astype(np.float32),
            air.sunlight(elevation) @ _MIX.T * min(exposure, 12.0),
            air.sunlight(elevation, CLOUD_HEIGHT) @ _MIX.T * min(exposure, 17.0),
        )

    def row(self, elevation: float) -> float:
        """Return where ``elevation`` is in the table, 0..1 as a texture is read."""
        n = len(self.elevations)
        at = float(np.interp(elevation, self.elevations, np.arange(n)))
        return (at + 0.5) / n

    def sunlight(self, elevation: float) -> tuple[float, float, float]:
        """Return the sun's light at the ground, rgb."""
        return self._read(self._sun, elevation)

    def cloud_light(self, elevation: float) -> tuple[float, float, float]:
        """Return the sun's light on the clouds, rgb."""
        return self._read(self._cloud, elevation)

    def _read(self, table: NDArray[np.float64], elevation: float) -> tuple[float, float, float]:
        r, g, b = (float(np.interp(elevation, self.elevations, table[:, c])) for c in range(3))
        return r, g, b


class SkyDome:
    """The sky of a scene; see `engine.scene.Sky`."""

    def __init__(
        self,
        context: Context,
        glsl: Glsl,
        root: Any,  # noqa: ANN401 - a panda3d NodePath
        *,
        azimuth: float,
        table: SkyTable,
        sort: int,
    ) -> None:
        self.table = table
        self._azimuth = math.radians(azimuth)
        self.panorama: Target = context.target(
            "panorama", *PANORAMA, sort=sort, mipmaps=True, repeat_x=True
        )
        self.pass_root = nothing()
        picture = upload.card("panorama")
        picture.reparent_to(self.pass_root)
        picture.set_depth_test(False)
        picture.set_depth_write(False)
        picture.set_shader(glsl.shader("card.vert", "panorama.frag"))
        self.panorama.look(context.flat_camera(self.pass_root))
        dome = upload.card("dome")
        dome.reparent_to(root)
        dome.set_depth_test(False)
        dome.set_depth_write(False)
        dome.set_bin("background", 0)
        dome.set_shader(glsl.shader("dome.vert", "dome.frag"))
        sky = upload.texture("sky table", table.skies, repeat=False, mipmaps=False, volume=True)
        root.set_shader_input("u_panorama", self.panorama.texture)
        self._pass = Node(self.pass_root)
        self._pass.set(u_sky_table=sky)
        # The panorama cannot read itself; nothing in its shader asks for it.
        self._both = Node(root, self.pass_root)
        self._dome = Node(dome)

    def show(
        self, *, elevation: float, cloud: float, drift: tuple[float, float], stars: float
    ) -> None:
        """Set the sky; see `engine.scene.Sky.show`."""
        e = math.radians(elevation)
        sun = (
            math.sin(self._azimuth) * math.cos(e),
            math.cos(self._azimuth) * math.cos(e),
            math.sin(e),
        )
        table = self.table
        self._both.set(u_sun=sun, u_sun_light=table.sunlight(elevation))
        self._pass.set(
            u_sky_row=table.row(elevation),
            u_cloud=(cloud, drift[0], drift[1], 0.0),
            u_cloud_light=table.cloud_light(elevation),
        )
        self._dome.set(u_stars=stars)

    def awake(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Draw the panorama, or spare the work while the scene is not shown."""
        self.panorama.buffer.active = on
