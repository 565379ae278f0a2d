"""What is drawn, with the numbers its shader needs."""

from typing import Any

from panda3d.core import LVecBase2f, LVecBase3f, LVecBase4f

from engine.scene.stage import Input

_VECTORS = {2: LVecBase2f, 3: LVecBase3f, 4: LVecBase4f}


def uniform(value: Input) -> Any:  # noqa: ANN401 - what panda3d takes
    """Return ``value`` as panda3d wants it."""
    if isinstance(value, (tuple, list)):
        return _VECTORS[len(value)](*value)
    return value


class Node:
    """One thing drawn in one or more passes.

    Parameters
    ----------
    paths
        The panda3d nodes that share the numbers set here.
    """

    def __init__(self, *paths: Any) -> None:  # noqa: ANN401 - panda3d NodePaths
        self._paths = paths

    def set(self, **inputs: Input) -> None:
        """Set uniforms of the material."""
        made = {name: uniform(value) for name, value in inputs.items()}
        for path in self._paths:
            path.set_shader_inputs(**made)

    def visible(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Show or hide it."""
        for path in self._paths:
            path.show() if on else path.hide()
