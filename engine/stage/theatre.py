"""The theatre: scenes on a stage, one shown at a time, frame by frame."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.clock import SystemClock
from engine.errors import StageError
from engine.scene.api import Scene
from engine.show import Script, Show
from engine.stage import png, upload
from engine.stage.captions import Captions
from engine.stage.context import Context
from engine.stage.cost import Cost
from engine.stage.curtain import Curtain
from engine.stage.eye import Eye
from engine.stage.glsl import Glsl
from engine.stage.mounted import Mounted
from engine.stage.scenery import Scenery
from engine.stage.views import Seat, Viewer, place

SETTLING = 2  # frames a still needs until everything read in it was drawn in it
SKY_EVERY = 0.25  # s between two drawings of the slow sky, without a graphics card
SCENES = -400  # order of the scenes' own passes


class Theatre:
    """Shows a session's scenes.

    Parameters
    ----------
    script
        What will be shown; everything slow happens here, before anyone sits down.
    scenes
        Every scene there is, by id.
    size
        Of the picture of one eye, pixels.
    window
        Whether to open a window; without, pictures are drawn off screen.
    samples
        Samples a pixel for smooth edges; None is 4, or 0 without a graphics card.
    viewer
        Who looks; by default one eye at the seat, straight ahead.
    on_fault
        Told a scene's id and what went wrong with it; the calm scene takes its place.

    Raises
    ------
    StageError
        If a scene is unknown, or nothing can be drawn on this machine.
    """

    def __init__(
        self,
        script: Script,
        scenes: Mapping[str, type[Scene]],
        *,
        size: tuple[int, int] = (1280, 720),
        window: bool = False,
        samples: int | None = 4,
        viewer: Viewer | None = None,
        on_fault: Callable[[str, str], None] | None = None,
    ) -> None:
        _check(script, scenes)
        self.script = script
        self.viewer: Viewer = Seat() if viewer is None else viewer
        self.python_cost = Cost()
        """Time spent in Python a frame, not counting the drawing."""
        self.faults: list[tuple[str, str]] = []
        self._told = on_fault
        self._size, self._clock = size, SystemClock()
        self._last: float | None = None
        self._context = Context(size if window else None)
        try:
            self._build(scenes, samples, window=window)
        except BaseException:
            self._context.close()
            raise

    @property
    def renderer(self) -> str:
        """What draws the pictures, as the driver calls itself."""
        return self._context.renderer

    @property
    def is_software(self) -> bool:
        """Whether the processor draws, for want of a graphics card."""
        return self._context.is_software

    @property
    def scene(self) -> str:
        """Id of the scene on the stage."""
        return self._mounted[self._curtain.scene].id

    def frame(self, t: float, show: Show) -> None:
        """Draw the moment ``t`` (session time, s) of ``show``."""
        dt = 0.0 if self._last is None else max(t - self._last, 1e-4)
        self._last = t
        self._draw(t, dt, show)

    def still(self, show: Show, t: float | None = None) -> None:
        """Draw one moment as if everything had always stood there: same show, same picture.

        ``t`` is the moment, by default the one ``show`` was written at.
        """
        moment = show.time if t is None else t
        for _ in range(SETTLING):
            self._draw(moment, 0.0, show)
        self._last = moment

    def picture(self) -> NDArray[np.uint8]:
        """Return the last picture, ``(height, width, 3)`` RGB, both eyes side by side."""
        return np.concatenate([self._context.pixels(e.picture) for e in self._eyes], axis=1)

    def save(self, path: Path) -> None:
        """Write the last picture as PNG."""
        png.write(path, self.picture())

    def close(self) -> None:
        """Let go of the graphics card."""
        self._context.close()

    def _build(
        self, scenes: Mapping[str, type[Scene]], samples: int | None, *, window: bool
    ) -> None:
        script, glsl = self.script, Glsl(self._context)
        eyes = self.viewer.eyes
        if samples is None:
            samples = 0 if self.is_software else 4
        self._eyes = [Eye(self._context, glsl, self._size, samples, i) for i in range(eyes)]
        self._captions = Captions(
            self._context, glsl, [c.text(script.language) for c in script.captions]
        )
        for i, eye in enumerate(self._eyes):
            eye.caption(self._captions, 0.0 if eyes == 1 else 2.0 * i - 1.0)
        if window:
            self._mirror(glsl)
        self._curtain = Curtain()
        self._ground: Scenery | None = None
        self._sky = 0.0
        self._pixel = 2.0 / self._size[1]
        self._mounted = [
            Mounted(scenes[name], self._context, script.seed, SCENES + i, self._fault)
            for i, name in enumerate(script.scenes)
        ]
        # Draw each once: what the driver compiles and uploads late, it does now.
        for i in reversed(range(len(self._mounted))):
            self.still(Show(scene=i))
        self._captions.show(-1, 0.0)
        self._last = None
        self.python_cost.forget()

    def _draw(self, t: float, dt: float, show: Show) -> None:
        begun, since = self._clock.now(), dt
        fade = self._curtain.follow(min(max(show.scene, 0), len(self._mounted) - 1), show.fade, dt)
        mounted = self._mounted[self._curtain.scene]
        if self._ground is not mounted.scenery:
            dt = 0.0  # in the dark: the new place begins where it should be
        mounted.update(t, dt, show, self._pixel)
        self._light(mounted)
        fresh = dt <= 0.0 or not self.is_software or abs(t - self._sky) >= SKY_EVERY
        mounted.scenery.awake(fresh)
        self._sky = t if fresh else self._sky
        self._captions.show(show.caption, since)
        views = self.viewer.look(self._size[0] / self._size[1])
        for eye, view in zip(self._eyes, views, strict=True):
            place(eye.camera, view, mounted.scenery.eye_height)
            eye.finish.fade(fade)
            self._pixel = (view.sides[1] - view.sides[0]) / self._size[0]
        spent = self._clock.now() - begun
        try:
            self._context.render()
        except Exception as error:  # noqa: BLE001 - panda3d asserts on a scene's mistake
            mounted.replace(error)
            self._light(mounted)
            mounted.update(t, 0.0, show, self._pixel)
            self._context.render()
        begun = self._clock.now()
        self.viewer.shown()
        self.python_cost.add(spent + self._clock.now() - begun)

    def _light(self, mounted: Mounted) -> None:
        """Turn the eyes to ``mounted``, and let the others rest."""
        if self._ground is mounted.scenery:
            return
        for other in self._mounted:
            other.scenery.awake(other is mounted)
        for eye in self._eyes:
            eye.camera.reparent_to(mounted.scenery.root)
            eye.finish.grade(**mounted.scenery.grading)
        self._ground = mounted.scenery

    def _mirror(self, glsl: Glsl) -> None:
        """Show the first eye's picture in the window."""
        root: Any = upload.card("mirror")
        root.set_depth_test(False)
        root.set_shader(glsl.shader("card.vert", "mirror.frag"))
        root.set_shader_input("u_picture", self._eyes[0].picture.texture)
        region = self._context.host.make_display_region()
        region.camera = self._context.flat_camera(root)

    def _fault(self, scene: str, reason: str) -> None:
        self.faults.append((scene, reason))
        if self._told is not None:
            self._told(scene, reason)


def _check(script: Script, scenes: Mapping[str, type[Scene]]) -> None:
    if not script.scenes:
        raise StageError("has no scene", where="script", hint="name at least one")
    for name in script.scenes:
        if name not in scenes:
            near = get_close_matches(name, scenes, n=1, cutoff=0.4)
            known = ", ".join(sorted(scenes)) or "none"
            raise StageError(
                "there is no such scene",
                where=name,
                hint=f"did you mean {near[0]!r}?" if near else f"there are: {known}",
            )
