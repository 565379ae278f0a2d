"""One eye's picture: a camera, the light it gathers, and the finishing of it."""

from typing import Any

from panda3d.core import Camera, MatrixLens, NodePath

from engine.stage.captions import Captions
from engine.stage.context import Context
from engine.stage.finish import Finish
from engine.stage.glsl import Glsl

MAIN, POST = -200, -100  # order of the passes; the scenes' own come before


class Eye:
    """What one eye sees.

    Parameters
    ----------
    context, glsl
        Where to draw, and the engine's own shaders.
    size
        Width and height of its picture, pixels.
    samples
        Samples a pixel, for smooth edges; 0 or 1 is none.
    index
        0 or 1.
    """

    def __init__(
        self, context: Context, glsl: Glsl, size: tuple[int, int], samples: int, index: int
    ) -> None:
        hdr = context.target(
            f"eye {index}", *size, sort=MAIN + index, depth=True, samples=max(samples, 0)
        )
        self.camera: Any = NodePath(Camera(f"eye {index}", MatrixLens()))
        hdr.look(self.camera)
        self.finish = Finish(context, glsl, hdr, POST + 20 * index)
        self.picture = self.finish.picture

    def caption(self, captions: Captions, side: float) -> None:
        """Show ``captions`` over the picture; see `Captions.over`."""
        captions.over(self.picture, side)
