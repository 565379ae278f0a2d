"""Open water to the horizon: rings of triangles, a swell, a carpet of ripples."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from panda3d.core import LVecBase4f, PTA_float, PTA_LVecBase4f

from engine.scene.shape import Shape
from engine.stage import upload, waves
from engine.stage.glsl import Glsl
from engine.stage.material import Node

NEAR, FAR, SIDES = 0.8, 7000.0, 280  # m, m, corners of a ring


class Sea:
    """The water of a scene; see `engine.scene.Water`."""

    def __init__(
        self,
        glsl: Glsl,
        root: Any,  # noqa: ANN401 - a panda3d NodePath
        rng: np.random.Generator,
        *,
        wind: float,
        rings: int,
        anisotropy: int,
    ) -> None:
        path = upload.geometry("water", _rings(rings))
        path.reparent_to(root)
        path.set_two_sided(True)
        path.set_bin("opaque", 5)
        path.set_shader(glsl.shader("water.vert", "water.frag"))
        swell, self._start = waves.swell(rng, wind)
        self._turning = swell[:, 3].astype(np.float64)
        vectors: Any = PTA_LVecBase4f([LVecBase4f(*map(float, w)) for w in swell])
        self._phases: Any = PTA_float.empty_array(waves.WAVES)
        path.set_shader_input("u_wave", vectors)
        path.set_shader_input("u_wave_phase", self._phases)
        path.set_shader_input(
            "u_ripples", upload.texture("ripples", waves.ripples(rng), anisotropy=anisotropy)
        )
        self._node = Node(path)

    def show(self, *, height: float, ripple: float, travel: float, flow: float) -> None:
        """Set the water; see `engine.scene.Water.show`."""
        phases = np.mod(self._start + self._turning * travel, 2 * math.pi).tolist()
        for i, phase in enumerate(phases):
            self._phases[i] = phase
        self._node.set(
            u_swell=height,
            u_ripple=ripple,
            u_ripple_frame=(flow * waves.FRAMES / waves.LOOP) % waves.FRAMES,
            u_gust=flow,
        )


def _rings(count: int) -> Shape:
    """Return rings round the seat, each a little wider than the last."""
    radius = np.concatenate([[0.0], NEAR * (FAR / NEAR) ** np.linspace(0, 1, count)])
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    points = np.zeros((count + 1, SIDES, 3), np.float32)
    points[..., 0] = radius[:, None] * np.sin(turn)
    points[..., 1] = radius[:, None] * np.cos(turn)
    i, j = np.meshgrid(np.arange(count), np.arange(SIDES), indexing="ij")
    a, b = i * SIDES + j, i * SIDES + (j + 1) % SIDES
    quads = np.stack([a, a + SIDES, b, b, a + SIDES, b + SIDES], -1)
    n = points.shape[0] * SIDES
    up: NDArray[np.float32] = np.tile(np.array([0, 0, 1], np.float32), (n, 1))
    blank = np.zeros((n, 4), np.float32)
    return Shape(points.reshape(-1, 3), up, blank, blank, quads.reshape(-1, 3).astype(np.uint32))
