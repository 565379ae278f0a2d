"""The fade between scenes: down, change in the dark, up again."""

from dataclasses import dataclass

CROSSING = 2.4  # seconds a scene takes to fade out, and again to fade in
FOLLOWS = 1.2  # seconds the picture takes to follow a fade the session asks for


@dataclass(slots=True)
class Curtain:
    """How much of the picture is seen, and which scene.

    Attributes
    ----------
    scene
        Index of the scene on the stage.
    """

    scene: int = 0
    _crossing: float = 1.0
    _asked: float = 1.0

    def follow(self, scene: int, fade: float, dt: float) -> float:
        """Move on by ``dt`` seconds and return the fade to show, 0..1.

        Parameters
        ----------
        scene
            The scene that should be shown; the change happens in the dark.
        fade
            What the session asks for.
        dt
            Seconds since the last frame; 0 is there at once.
        """
        fade = min(max(fade, 0.0), 1.0)
        if dt <= 0.0:
            self.scene, self._crossing, self._asked = scene, 1.0, fade
            return fade
        self._asked += min(max(fade - self._asked, -dt / FOLLOWS), dt / FOLLOWS)
        if scene == self.scene:
            self._crossing = min(self._crossing + dt / CROSSING, 1.0)
        else:
            self._crossing -= dt / CROSSING
            if self._crossing <= 0.0 or self._asked <= 0.0:
                self.scene, self._crossing = scene, 0.0
        x = max(self._crossing, 0.0)
        return self._asked * x * x * (3.0 - 2.0 * x)
