"""From numpy to the graphics card: triangles and textures."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    CardMaker,
    ColorBlendAttrib,
    Geom,
    GeomNode,
    GeomTriangles,
    GeomVertexArrayFormat,
    GeomVertexData,
    GeomVertexFormat,
    NodePath,
    OmniBoundingVolume,
    SamplerState,
    Texture,
)

from engine.errors import StageError
from engine.scene.shape import Shape

# Light adds; what is opaque in it covers (premultiplied alpha).
OVER: Any = ColorBlendAttrib.make(
    ColorBlendAttrib.M_add, ColorBlendAttrib.O_one, ColorBlendAttrib.O_one_minus_incoming_alpha
)
_COLUMNS = (("vertex", 3), ("normal", 3), ("a_colour", 4), ("a_extra", 4))
_FORMATS = {1: Texture.F_r16, 2: Texture.F_rg16, 3: Texture.F_rgb16, 4: Texture.F_rgba16}
_ORDER = {1: [0], 2: [0, 1], 3: [2, 1, 0], 4: [2, 1, 0, 3]}  # panda3d stores blue first


def geometry(name: str, shape: Shape) -> Any:  # noqa: ANN401 - a panda3d NodePath
    """Return a node that draws ``shape``."""
    layout: Any = GeomVertexArrayFormat()
    for column, width in _COLUMNS:
        kind = {"vertex": Geom.C_point, "normal": Geom.C_normal}.get(column, Geom.C_other)
        layout.add_column(column, width, Geom.NT_float32, kind)
    wanted: Any = GeomVertexFormat()
    wanted.add_array(layout)
    registered: Any = GeomVertexFormat.register_format(wanted)
    array = registered.get_array(0)
    rows = np.zeros((len(shape.points), array.stride // 4), np.float32)
    parts = (shape.points, shape.normals, shape.colour, shape.extra)
    for k, ((_, width), part) in enumerate(zip(_COLUMNS, parts, strict=True)):
        start = array.get_column(k).get_start() // 4
        rows[:, start : start + width] = part
    data: Any = GeomVertexData(name, registered, Geom.UH_static)
    data.unclean_set_num_rows(len(rows))
    memoryview(data.modify_array(0)).cast("B")[:] = rows.tobytes()
    triangles: Any = GeomTriangles(Geom.UH_static)
    triangles.set_index_type(Geom.NT_uint32)
    corners = triangles.modify_vertices()
    corners.unclean_set_num_rows(shape.triangles.size)
    memoryview(corners).cast("B")[:] = shape.triangles.astype(np.uint32).tobytes()
    del corners
    geom: Any = Geom(data)
    geom.add_primitive(triangles)
    node: Any = GeomNode(name)
    node.add_geom(geom)
    return _unbounded(NodePath(node))


def card(name: str) -> Any:  # noqa: ANN401 - a panda3d NodePath
    """Return a square from -1 to 1 in x and z; its shader places it."""
    maker: Any = CardMaker(name)
    maker.set_frame(-1, 1, -1, 1)
    return _unbounded(NodePath(maker.generate()))


def texture(
    name: str,
    texels: NDArray[np.float32],
    *,
    repeat: bool = True,
    mipmaps: bool = True,
    anisotropy: int = 1,
    volume: bool = False,
) -> Any:  # noqa: ANN401 - a panda3d Texture
    """Return a texture of half floats with ``texels``.

    ``(h, w, c)`` is a plane, ``(n, h, w, c)`` an array of planes, or with ``volume`` a
    block that is also smooth from plane to plane.
    """
    if texels.ndim not in {3, 4} or texels.shape[-1] not in _FORMATS:
        raise StageError(
            f"texels of shape {texels.shape} make no texture",
            where=name,
            hint="give (h, w, c) or (n, h, w, c) with 1 to 4 channels",
        )
    *_, h, w, c = texels.shape
    made: Any = Texture(name)
    if texels.ndim == 3:
        made.setup_2d_texture(w, h, Texture.T_float, _FORMATS[c])
    elif volume:
        made.setup_3d_texture(w, h, texels.shape[0], Texture.T_float, _FORMATS[c])
    else:
        made.setup_2d_texture_array(w, h, texels.shape[0], Texture.T_float, _FORMATS[c])
    made.set_ram_image(np.ascontiguousarray(texels[..., _ORDER[c]], np.float32).tobytes())
    linear = SamplerState.FT_linear
    made.minfilter = SamplerState.FT_linear_mipmap_linear if mipmaps else linear
    made.magfilter = linear
    wrap = SamplerState.WM_repeat if repeat else SamplerState.WM_clamp
    made.wrap_u = made.wrap_v = wrap
    made.wrap_w = SamplerState.WM_clamp
    if anisotropy > 1 and mipmaps:
        made.anisotropic_degree = anisotropy
    return made


def _unbounded(path: Any) -> Any:  # noqa: ANN401 - a panda3d NodePath
    """Keep panda3d from culling it: shaders move it away from where panda3d thinks it is."""
    path.node().set_bounds(OmniBoundingVolume())
    path.node().set_final(True)
    return path
