"""From light to picture: bloom over five sizes, the eye's response, dither, the fade."""

from collections.abc import Sequence

from engine.stage import upload
from engine.stage.context import Context, Target, nothing
from engine.stage.glsl import Glsl
from engine.stage.material import Node

LEVELS = 5
SOFTNESS = 0.62  # share of each coarser level in the bloom


class Finish:
    """The last steps of a picture, shared by all scenes.

    Parameters
    ----------
    context, glsl
        Where to draw, and with which shaders.
    hdr
        The light of the scene.
    sort
        Order of the first pass; the rest follow.
    """

    def __init__(self, context: Context, glsl: Glsl, hdr: Target, sort: int) -> None:
        self._context, self._glsl, self._sort = context, glsl, sort
        levels = [hdr]
        for n in range(LEVELS):
            above = levels[-1]
            size = max(above.width // 2, 4), max(above.height // 2, 4)
            target, node = self._pass(f"down {n}", *size, "down.frag")
            node.set(u_from=above.texture)
            levels.append(target)
        soft = levels[-1]
        for n in range(LEVELS - 1, 0, -1):
            target, node = self._pass(f"up {n}", levels[n].width, levels[n].height, "up.frag")
            node.set(u_from=soft.texture, u_finer=levels[n].texture, u_mix=SOFTNESS)
            soft = target
        self.picture, self._last = self._pass(
            "picture", hdr.width, hdr.height, "final.frag", hdr=False
        )
        self._last.set(u_hdr=hdr.texture, u_bloom=soft.texture)
        self.grade()
        self.fade(1.0)

    def grade(
        self, *, exposure: float = 1.0, tint: Sequence[float] = (1, 1, 1), bloom: float = 0.1
    ) -> None:
        """Set exposure, tint and share of bloom."""
        self._last.set(u_exposure=exposure, u_tint=tuple(tint), u_bloom_share=bloom)

    def fade(self, share: float) -> None:
        """Set how much of the picture is seen: 0 black .. 1 full."""
        self._last.set(u_fade=share)

    def _pass(
        self, name: str, width: int, height: int, fragment: str, *, hdr: bool = True
    ) -> tuple[Target, Node]:
        target = self._context.target(name, width, height, sort=self._sort, hdr=hdr)
        self._sort += 1
        root = nothing()
        picture = upload.card(name)
        picture.reparent_to(root)
        picture.set_depth_test(False)
        picture.set_depth_write(False)
        picture.set_shader(self._glsl.shader("card.vert", fragment))
        target.look(self._context.flat_camera(root))
        return target, Node(picture)
