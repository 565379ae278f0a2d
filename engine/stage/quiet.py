"""The place shown when a scene fails: an evening gradient and the breathing light."""

from engine.scene.api import Frame, Scene
from engine.scene.stage import BreathingLight, Stage


class Quiet(Scene):
    """Depends on next to nothing, so that there is always something calm to show."""

    id = "quiet"
    zh = "静"
    en = "Quiet"

    _light: BreathingLight

    def enter(self, stage: Stage) -> None:
        """Make the gradient and the light."""
        stage.backdrop("quiet.frag")
        self._light = stage.light(
            at=(0.0, 14.0, 1.3), radius=(0.34, 0.62), rise=0.3,
            heart=(1.0, 0.74, 0.52), rim=(0.50, 0.66, 0.86),
        )  # fmt: skip

    def update(self, frame: Frame) -> None:
        """Breathe."""
        self._light.show(breath=frame.breath, guide=frame.guide)
