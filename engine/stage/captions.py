"""What is said to the officer, low in the picture, large, on a dark plate."""

from collections.abc import Sequence
from typing import Any

from panda3d.core import Camera, DynamicTextFont, Filename, NodePath, OrthographicLens, TextNode

from engine.errors import StageError
from engine.stage import upload, wrap
from engine.stage.context import Context, Target
from engine.stage.fonts import caption_font
from engine.stage.glsl import Glsl
from engine.stage.material import Node, uniform

SIZE = 0.094  # of a line, in half picture heights: 34 pixels of 720
LOW = -0.60  # where the middle of the plate is: -1 is the lower edge
LEADING = 1.42  # from line to line, in sizes
FADE = 0.7  # seconds a caption takes to come or go


class Captions:
    """All captions of a session, drawn before it begins.

    Parameters
    ----------
    context, glsl
        Where to draw.
    texts
        The captions, in the order of the script.

    Raises
    ------
    StageError
        If the machine has no font with Chinese characters.
    """

    def __init__(self, context: Context, glsl: Glsl, texts: Sequence[str]) -> None:
        self._context = context
        self._root: Any = NodePath("captions")
        self._root.set_depth_test(False)
        self._root.set_depth_write(False)
        self._plate_shader = glsl.shader("caption.vert", "plate.frag")
        self._text_shader = glsl.shader("caption.vert", "text.frag")
        font = _font() if any(texts) else None
        self._captions = [self._draw(text, font) if text.strip() else None for text in texts]
        self._shown, self._share = -1, 0.0

    def over(self, picture: Target, eye: float = 0.0) -> None:
        """Draw the captions over ``picture``; ``eye`` is -1 for the left, 1 for the right eye."""
        aspect = picture.width / picture.height
        lens: Any = OrthographicLens()
        lens.set_film_size(2 * aspect, 2)
        lens.set_near_far(-10, 10)
        camera = self._root.attach_new_node(Camera("captions", lens))
        # Eyes 64 mm apart meet two metres away, where a caption is easy to read.
        camera.set_x(eye * 0.032 / 2.0 * 2.0)
        region = picture.buffer.make_display_region()
        region.sort = 10
        region.camera = camera

    def show(self, which: int, dt: float) -> None:
        """Let caption ``which`` come (-1: none), the one before it go first.

        ``dt`` is the time since the last frame, s; 0 shows it at once.
        """
        wanted = which if 0 <= which < len(self._captions) else -1
        step = dt / FADE if dt > 0 else 1.0
        if wanted != self._shown:
            self._share -= step
            if self._share <= 0.0 or dt <= 0.0:
                self._set(self._shown, 0.0)
                self._shown = wanted
                self._share = 0.0 if dt > 0 else 1.0
        elif self._share < 1.0:
            self._share = min(self._share + step, 1.0)
        self._set(self._shown, self._share)

    def _set(self, which: int, share: float) -> None:
        node = self._captions[which] if which >= 0 else None
        if node is not None:
            share = max(share, 0.0)
            node.visible(share > 0.0)
            node.set(u_share=share * share * (3 - 2 * share))

    def _draw(self, text: str, font: Any) -> Node:  # noqa: ANN401 - a panda3d font
        writer: Any = TextNode("caption")
        writer.font = font
        writer.align = TextNode.A_center
        writer.text = wrap.balanced(text)
        words: Any = NodePath(writer.generate())
        lines, wide = int(writer.get_num_rows()), float(writer.get_width())
        block: Any = self._root.attach_new_node("caption")
        plate = upload.card("plate")
        half = (wide / 2 * SIZE + 0.13, (lines * LEADING / 2) * SIZE + 0.055)
        plate.reparent_to(block)
        plate.set_scale(half[0], 1, half[1])
        plate.set_shader(self._plate_shader)
        plate.set_shader_input("u_half", uniform(half))
        plate.set_bin("fixed", 0)
        words.reparent_to(block)
        words.set_scale(SIZE)
        # The first baseline: half the block up, then down by most of a letter's height.
        words.set_z((lines * LEADING / 2 - 1.06) * SIZE)
        words.set_shader(self._text_shader)
        words.set_bin("fixed", 1)
        block.set_attrib(upload.OVER)
        # A second and a third line grow upward, so that the lower edge stays.
        block.set_z(LOW + (lines - 1) * 0.6 * SIZE)
        block.hide()
        node = Node(block)
        node.set(u_share=0.0)
        return node


def _font() -> Any:  # noqa: ANN401 - a panda3d font
    path, face = caption_font()
    font: Any = DynamicTextFont(Filename.from_os_specific(str(path)), face)
    if not font.is_valid():
        raise StageError(
            "the font cannot be read", where=path.name, hint="install Noto Sans CJK anew"
        )
    font.set_pixels_per_unit(72)
    font.set_page_size(1024, 1024)
    font.set_line_height(LEADING)
    return font
