"""Shapes made of triangles: boards, posts, bowls, for scenes to furnish a place with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

F32: TypeAlias = NDArray[np.float32]
U32: TypeAlias = NDArray[np.uint32]


_STRIPS = ((-1.0, True), (-1.0, False), (1.0, False), (1.0, True))
"""Across a face of a board: which side, and whether it is the softened edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Triangles with a normal, a colour and four free numbers at each corner.

    Attributes
    ----------
    points, normals : (n, 3) float32
        Metres; unit vectors.
    colour : (n, 4) float32
        Reflectance (rgb) and openness to the sky, 0..1.
    extra : (n, 4) float32
        For the material: kind, seed, and a place along and across.
    triangles : (m, 3) uint32
        Corners, counter-clockwise from outside.
    """

    points: F32
    normals: F32
    colour: F32
    extra: F32
    triangles: U32

    def moved(self, to: Sequence[float], turn: float = 0.0) -> "Shape":
        """Return it turned by ``turn`` degrees about z, then moved by ``to`` metres."""
        a = np.radians(turn)
        spin = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        return Shape(
            (self.points @ spin.T + np.asarray(to)).astype(np.float32),
            (self.normals @ spin.T).astype(np.float32),
            self.colour, self.extra, self.triangles,
        )  # fmt: skip


def join(shapes: Sequence[Shape]) -> Shape:
    """Return one shape with all triangles of ``shapes``: one draw call instead of many."""
    starts = np.cumsum([0] + [len(s.points) for s in shapes[:-1]])
    return Shape(
        np.concatenate([s.points for s in shapes]),
        np.concatenate([s.normals for s in shapes]),
        np.concatenate([s.colour for s in shapes]),
        np.concatenate([s.extra for s in shapes]),
        np.concatenate(
            [s.triangles + np.uint32(k) for s, k in zip(shapes, starts, strict=True)]
        ).astype(np.uint32),
    )


def surface(
    grid: ArrayLike, *, colour: Sequence[float], extra: Sequence[float] = (0, 0, 0, 0)
) -> Shape:
    """Return a smooth sheet through ``grid``, ``(rows, columns, 3)`` points in metres.

    Its outside is where the rows' direction crossed with the columns' points. A sheet
    that closes on itself repeats its first row or column.
    """
    p = np.asarray(grid, np.float64)
    rows, columns = p.shape[:2]
    along = np.gradient(p, axis=0)
    across = np.gradient(p, axis=1)
    closed = np.allclose(p[:, 0], p[:, -1])
    if closed:  # the seam is no edge: take both sides of it
        across[:, 0] = across[:, -1] = 0.5 * (p[:, 1] - p[:, -2])
    n = np.cross(along, across)
    n /= np.maximum(np.linalg.norm(n, axis=-1, keepdims=True), 1e-12)
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = i * columns + j
    b, c, d = a + 1, a + columns, a + columns + 1
    triangles = np.stack([a, c, b, b, c, d], -1).reshape(-1, 3)
    return _shape(p.reshape(-1, 3), n.reshape(-1, 3), colour, extra, triangles)


def board(
    size: Sequence[float],
    *,
    colour: Sequence[float],
    extra: Sequence[float] = (0, 0, 0, 0),
    bevel: float = 0.006,
) -> Shape:
    """Return a board of ``size`` (x, y, z) m round the origin with softened edges.

    ``extra[2]`` and ``extra[3]`` are replaced by the place along and across its longest
    side in metres, for the grain.
    """
    half = np.asarray(size, np.float64) / 2
    bevel = min(bevel, float(half.min()) * 0.9)
    longest = int(np.argmax(half))
    points: list[NDArray[np.float64]] = []
    normals: list[NDArray[np.float64]] = []
    triangles: list[tuple[int, int, int]] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for side in (-1.0, 1.0):
            # Four by four corners: the outer strips bend over the edge.
            start = len(points)
            for to_u, edge_u in _STRIPS:
                for to_v, edge_v in _STRIPS:
                    p, n = np.zeros(3), np.zeros(3)
                    p[axis], n[axis] = side * half[axis], side
                    p[u] = to_u * (half[u] - bevel)
                    p[v] = to_v * (half[v] - bevel)
                    if edge_u or edge_v:
                        p[axis] -= side * bevel * 0.42
                    if edge_u:
                        p[u] += to_u * bevel * 0.58
                        n[u] = to_u
                    if edge_v:
                        p[v] += to_v * bevel * 0.58
                        n[v] = to_v
                    points.append(p)
                    normals.append(n / np.linalg.norm(n))
            for i in range(3):
                for j in range(3):
                    a = start + 4 * i + j
                    quad = (a, a + 4, a + 1), (a + 1, a + 4, a + 5)
                    triangles += [t if side > 0 else (t[0], t[2], t[1]) for t in quad]
    p = np.array(points)
    shape = _shape(p, np.array(normals), colour, extra, np.array(triangles))
    shape.extra[:, 2] = p[:, longest]
    others = [k for k in range(3) if k != longest]
    shape.extra[:, 3] = p[:, others[0]] + p[:, others[1]]
    return shape


def lathe(
    profile: ArrayLike,
    *,
    colour: Sequence[float],
    extra: Sequence[float] = (0, 0, 0, 0),
    sides: int = 32,
) -> Shape:
    """Return ``profile``, ``(n, 2)`` radii and heights in metres, turned about z.

    A profile drawn upwards has its outside away from the axis.
    """
    p = np.asarray(profile, np.float64)
    a = np.linspace(0.0, 2 * np.pi, sides + 1)
    r, z = p[:, :1], p[:, 1:2]
    grid = np.stack([r * np.cos(a), r * np.sin(a), z + 0.0 * a], -1)
    # Rows run up, columns turn: their cross product points inward, so turn the other way.
    return surface(grid[:, ::-1], colour=colour, extra=extra)


def tube(
    path: ArrayLike,
    radius: float,
    *,
    colour: Sequence[float],
    extra: Sequence[float] = (0, 0, 0, 0),
    sides: int = 10,
) -> Shape:
    """Return a tube of ``radius`` m along ``path``, ``(n, 3)`` points in metres."""
    p = np.asarray(path, np.float64)
    t = np.gradient(p, axis=0)
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    u = np.cross(t[0], [0.31, 0.17, 0.93])
    a = np.linspace(0.0, -2 * np.pi, sides + 1)
    rings: list[NDArray[np.float64]] = []
    for k in range(len(p)):  # carry the frame along, so that the tube does not twist
        u -= t[k] * np.dot(u, t[k])
        u /= np.linalg.norm(u)
        v = np.cross(t[k], u)
        rings.append(p[k] + radius * (np.cos(a)[:, None] * u + np.sin(a)[:, None] * v))
    shape = surface(np.array(rings), colour=colour, extra=extra)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    shape.extra[:, 2] = np.repeat(length, sides + 1)
    shape.extra[:, 3] = np.tile(a * radius, len(p))
    return shape


def _shape(
    points: NDArray[np.float64],
    normals: NDArray[np.float64],
    colour: Sequence[float],
    extra: Sequence[float],
    triangles: NDArray[np.int64],
) -> Shape:
    n = len(points)
    tint = (*colour, 1.0)[:4]
    return Shape(
        points.astype(np.float32),
        normals.astype(np.float32),
        np.tile(np.asarray(tint, np.float32), (n, 1)),
        np.tile(np.asarray(extra, np.float32), (n, 1)),
        triangles.astype(np.uint32),
    )
