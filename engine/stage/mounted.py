"""A scene that has been built, or the calm one in its place."""

from collections.abc import Callable
from pathlib import Path
from sys import modules

from engine.errors import AnlanError
from engine.scene.api import Frame, Scene
from engine.show import Show
from engine.stage.context import Context
from engine.stage.easing import Easing
from engine.stage.quiet import Quiet
from engine.stage.scenery import Scenery

STALL = 0.5  # s: whatever held a frame up, the place moves on by no more than this

Report = Callable[[str, str], None]
"""Told a scene's id and what went wrong with it."""


class Mounted:
    """One scene of the script on its own ground.

    Parameters
    ----------
    kind
        The scene; built at once.
    report
        Told when it fails, now or later; the session goes on with `Quiet` in its place.
    """

    def __init__(
        self, kind: type[Scene], context: Context, seed: int, sort: int, report: Report
    ) -> None:
        self.id = kind.id
        self._context, self._seed, self._sort, self._report = context, seed, sort, report
        self._easing = Easing(kind.controls)
        try:
            self._build(kind)
        except Exception as error:  # noqa: BLE001 - a vendor's scene
            self.replace(error)

    @property
    def is_replaced(self) -> bool:
        """Whether the calm scene stands in for the one asked for."""
        return isinstance(self._scene, Quiet)

    def update(self, t: float, dt: float, show: Show, pixel: float) -> None:
        """Set up the moment ``t``, ``dt`` seconds after the last (0: after none)."""
        try:
            self._update(t, dt, show, pixel)
        except Exception as error:  # noqa: BLE001 - a vendor's scene
            self.replace(error)
            self._update(t, dt, show, pixel)

    def replace(self, error: Exception) -> None:
        """Put the calm scene in place of one that failed, and say so."""
        reason = str(error) if isinstance(error, AnlanError) else f"{type(error).__name__}: {error}"
        self._report(self.id, reason.strip() or type(error).__name__)
        if hasattr(self, "scenery"):
            self.scenery.dismantle()
        self._build(Quiet)

    def _build(self, kind: type[Scene]) -> None:
        self.scenery = Scenery(self._context, _shaders(kind), self._seed, self._sort)
        self._scene = kind()
        self._scene.enter(self.scenery)

    def _update(self, t: float, dt: float, show: Show, pixel: float) -> None:
        dt = min(dt, STALL)
        self._easing.follow(show.levels, dt)
        pace = show.pace
        breath = pace.breath(t)
        self.scenery.share(u_time=t, u_breath=breath, u_pixel=pixel)
        self._scene.update(Frame(t, dt, self._easing.levels, breath, pace.guide, pace))


def _shaders(kind: type[Scene]) -> Path | None:
    """Return the folder ``glsl`` beside the file the scene, or one it builds on, is written in."""
    for ancestor in kind.__mro__:
        file = getattr(modules.get(ancestor.__module__), "__file__", None)
        folder = Path(file).parent / "glsl" if file else None
        if folder is not None and folder.is_dir():
            return folder
    return None
