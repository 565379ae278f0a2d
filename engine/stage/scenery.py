"""What a scene has built: the `Stage` it is given, and the pieces it took."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from panda3d.core import AntialiasAttrib, NodePath

from engine.errors import StageError
from engine.scene.shape import Shape
from engine.scene.stage import F32, Input, Texture
from engine.stage import upload
from engine.stage.context import Context
from engine.stage.glsl import Glsl
from engine.stage.lights import Breathing, Lamps, OneLamp, Swarm
from engine.stage.material import Node
from engine.stage.noise import tiling_noise
from engine.stage.sky import SkyDome, SkyTable
from engine.stage.water import Sea


class Scenery:
    """One scene's place in the theatre; see `engine.scene.Stage`.

    Parameters
    ----------
    context
        Where everything is drawn.
    folder
        The scene's own folder of shaders, if it has one.
    seed
        The session's seed.
    sort
        Order of the scene's own passes, before the picture.
    """

    def __init__(self, context: Context, folder: Path | None, seed: int, sort: int) -> None:
        self.eye_height = 1.2
        self.root: Any = NodePath("scene")
        self.grading: dict[str, Any] = {}
        self.sky_dome: SkyDome | None = None
        self._context, self._seed, self._sort = context, seed, sort
        self._glsl = Glsl(context, (folder,) if folder else ())
        self._lamps = Lamps(self.root)
        self._all = Node(self.root)
        noise = upload.texture(
            "noise", tiling_noise(self.random("noise")), anisotropy=context.anisotropy
        )
        # Every uniform of world.glsl has a value from the start, whatever a scene leaves out.
        blank = upload.texture("no sky", np.full((1, 1, 3), 0.05, np.float32), mipmaps=False)
        self.share(
            u_time=0.0, u_breath=0.0, u_pixel=0.001, u_sun=(0.0, 1.0, 0.0),
            u_sun_light=(0.0, 0.0, 0.0), u_panorama=blank, u_noise=noise,
        )  # fmt: skip
        self._noise = noise
        self.root.set_antialias(AntialiasAttrib.M_multisample)

    @property
    def seed(self) -> int:
        """The session's seed."""
        return self._seed

    def random(self, purpose: str) -> np.random.Generator:
        """Return a source of chance of its own for ``purpose``."""
        return np.random.default_rng((self._seed, crc32(purpose.encode())))

    def share(self, **inputs: Input) -> None:
        """Set uniforms of every material of the scene."""
        self._all.set(**inputs)

    def texture(
        self, name: str, texels: F32, *, repeat: bool = True, mipmaps: bool = True
    ) -> Texture:
        """Return a texture with ``texels``."""
        return upload.texture(
            name, texels, repeat=repeat, mipmaps=mipmaps, anisotropy=self._context.anisotropy
        )

    def mesh(self, name: str, shape: Shape, material: str | Path) -> Node:
        """Draw ``shape`` with the fragment shader ``material``."""
        path = upload.geometry(name, shape)
        path.reparent_to(self.root)
        path.set_shader(self._glsl.shader("solid.vert", material))
        return Node(path)

    def backdrop(self, material: str | Path) -> Node:
        """Fill everything behind the scene with the fragment shader ``material``."""
        path = upload.card("backdrop")
        path.reparent_to(self.root)
        path.set_depth_test(False)
        path.set_depth_write(False)
        path.set_bin("background", 0)
        path.set_shader(self._glsl.shader("dome.vert", material))
        return Node(path)

    def sky(self, *, azimuth: float, elevations: Sequence[float], haze: float = 1.0) -> SkyDome:
        """Make the sky."""
        if self.sky_dome is not None:
            raise StageError("a scene has one sky", where="sky", hint="keep the one you made")
        self.sky_dome = SkyDome(
            self._context, self._glsl, self.root,
            azimuth=azimuth, table=SkyTable(elevations, haze), sort=self._sort,
        )  # fmt: skip
        # The panorama's own pass knows the noise, but not itself.
        self.sky_dome.pass_root.set_shader_input("u_noise", self._noise)
        return self.sky_dome

    def water(self, *, wind: float = 0.0, rings: int = 150) -> Sea:
        """Make water with the swell coming from ``wind`` degrees."""
        return Sea(
            self._glsl, self.root, self.random("water"),
            wind=wind, rings=rings, anisotropy=self._context.anisotropy,
        )  # fmt: skip

    def lamp(self) -> OneLamp:
        """Return one of three lamps."""
        return self._lamps.take()

    def light(
        self,
        *,
        at: Sequence[float],
        radius: tuple[float, float],
        rise: float,
        heart: Sequence[float],
        rim: Sequence[float],
    ) -> Breathing:
        """Make the breathing light."""
        return Breathing(
            self._glsl, self.root, self._lamps,
            at=at, radius=radius, rise=rise, heart=heart, rim=rim,
        )  # fmt: skip

    def motes(self, count: int, *, low: Sequence[float], high: Sequence[float]) -> Swarm:
        """Scatter ``count`` motes within a box."""
        return Swarm(self._glsl, self.root, count, low, high)

    def grade(
        self, *, exposure: float = 1.0, tint: Sequence[float] = (1, 1, 1), bloom: float = 0.1
    ) -> None:
        """Set exposure, tint and bloom of the finished picture."""
        self.grading = {"exposure": exposure, "tint": tuple(tint), "bloom": bloom}

    def awake(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Draw the scene's own passes with the next frame, or spare the work."""
        if self.sky_dome is not None:
            self.sky_dome.awake(on)

    def dismantle(self) -> None:
        """Give everything back."""
        if self.sky_dome is not None:
            self._context.release(self.sky_dome.panorama)
        self.root.remove_node()
