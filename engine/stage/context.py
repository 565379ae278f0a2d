"""The graphics card: where pictures are drawn, off screen or in a window."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    Camera,
    FrameBufferProperties,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    GraphicsPipeSelection,
    NodePath,
    SamplerState,
    Texture,
    WindowProperties,
    load_prc_file_data,
)

from engine.errors import StageError

_SETTINGS = """
audio-library-name null
gl-version 3 3
sync-video 1
textures-power-2 none
text-page-size 1024 1024
notify-level-display error
notify-level-glgsg error
"""
_OFF_SCREEN, _ON_SCREEN = "p3headlessgl", "pandagl"


@dataclass(slots=True)
class Target:
    """A buffer to draw into, and the texture that holds what was drawn."""

    buffer: Any
    texture: Any
    width: int
    height: int

    def look(self, camera: Any) -> None:  # noqa: ANN401 - a panda3d NodePath
        """Draw what ``camera`` sees into this target."""
        self.buffer.make_display_region().camera = camera


class Context:
    """One connection to the graphics card.

    Parameters
    ----------
    window
        Size of a window to open, or None to draw off screen only.

    Raises
    ------
    StageError
        If there is no graphics driver, or no display to open a window on.
    """

    def __init__(self, window: tuple[int, int] | None = None) -> None:
        load_prc_file_data("", _SETTINGS)
        self._engine: Any = GraphicsEngine()
        self._pipe: Any = _pipe(_ON_SCREEN if window else _OFF_SCREEN)
        if self._pipe is None:
            raise StageError(
                "there is no display" if window else "no graphics driver can be loaded",
                where="stage",
                hint="draw off screen"
                if window
                else "install one; on Debian libegl1 and libgl1, or run without pictures",
            )
        size = WindowProperties.size(*(window or (16, 16)))
        if window:
            size.set_title("anlan")
        self.host: Any = self._engine.make_output(
            self._pipe, "host", 0, _format(hdr=False, depth=False, samples=0), size,
            GraphicsPipe.BF_require_window if window else GraphicsPipe.BF_refuse_window,
        )  # fmt: skip
        if self.host is None:
            raise StageError(
                "no picture can be opened" + (" in a window" if window else ""),
                where="stage",
                hint="check the graphics driver" + (" and the display" if window else ""),
            )
        self.host.sort = 1000
        self._engine.open_windows()
        self.gsg: Any = self.host.gsg
        self._outputs: list[Any] = [self.host]
        self.renderer = str(self.gsg.driver_renderer)

    @property
    def is_software(self) -> bool:
        """Whether the pictures are computed by the processor, without a graphics card."""
        return any(name in self.renderer.lower() for name in ("llvmpipe", "softpipe", "swrast"))

    @property
    def anisotropy(self) -> int:
        """How finely slanted textures are read; above 1 hangs the software renderer."""
        return 1 if self.is_software else 8

    def target(
        self,
        name: str,
        width: int,
        height: int,
        *,
        sort: int,
        hdr: bool = True,
        depth: bool = False,
        samples: int = 0,
        mipmaps: bool = False,
        repeat_x: bool = False,
    ) -> Target:
        """Make a buffer of ``width`` by ``height``; lower ``sort`` is drawn earlier."""
        buffer: Any = self._engine.make_output(
            self._pipe, name, sort, _format(hdr=hdr, depth=depth, samples=samples),
            WindowProperties.size(width, height), GraphicsPipe.BF_refuse_window,
            self.gsg, self.host,
        )  # fmt: skip
        if buffer is None:
            raise StageError(
                f"a buffer of {width} x {height} cannot be made",
                where=name,
                hint="try a smaller size",
            )
        texture: Any = Texture(name)
        linear = SamplerState.FT_linear
        texture.minfilter = SamplerState.FT_linear_mipmap_linear if mipmaps else linear
        texture.magfilter = linear
        texture.wrap_u = SamplerState.WM_repeat if repeat_x else SamplerState.WM_clamp
        texture.wrap_v = SamplerState.WM_clamp
        buffer.add_render_texture(texture, GraphicsOutput.RTM_bind_or_copy)
        buffer.set_clear_color_active(False)
        buffer.set_clear_depth_active(depth)
        self._outputs.append(buffer)
        return Target(buffer, texture, width, height)

    def flat_camera(self, root: Any) -> Any:  # noqa: ANN401 - panda3d NodePaths
        """Return a camera in ``root`` for cards that place themselves."""
        return root.attach_new_node(Camera("flat"))

    def render(self) -> None:
        """Draw one frame."""
        self._engine.render_frame()

    def pixels(self, target: Target) -> NDArray[np.uint8]:
        """Return what ``target`` holds, ``(height, width, 3)`` uint8 RGB, top row first."""
        texture = target.texture
        self._engine.extract_texture_data(texture, self.gsg)
        raw = np.frombuffer(texture.get_ram_image(), np.uint8)
        picture = raw.reshape(target.height, target.width, -1)
        rgb = np.ascontiguousarray(picture[::-1, :, 2::-1])
        texture.clear_ram_image()
        return rgb

    def release(self, target: Target) -> None:
        """Give the memory of ``target`` back."""
        if target.buffer in self._outputs:
            self._outputs.remove(target.buffer)
            self._engine.remove_window(target.buffer)

    def close(self) -> None:
        """Let go of the graphics card."""
        self._engine.remove_all_windows()
        self._outputs.clear()


@cache
def _pipe(module: str) -> Any:  # noqa: ANN401 - panda3d
    """Return the way to the driver, one a process: closing one closes it under all others."""
    return GraphicsPipeSelection.get_global_ptr().make_module_pipe(module)


def nothing() -> Any:  # noqa: ANN401 - a panda3d NodePath
    """Return an empty root for a pass of its own."""
    return NodePath("pass")


def _format(*, hdr: bool, depth: bool, samples: int) -> Any:  # noqa: ANN401 - panda3d
    made = FrameBufferProperties()
    bits = 16 if hdr else 8
    made.set_rgba_bits(bits, bits, bits, bits)
    if hdr:
        made.set_float_color(True)
    if depth:
        made.set_depth_bits(24)
    if samples:
        made.set_multisamples(samples)
    return made
