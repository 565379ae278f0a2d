"""The places that come with the engine, registered as a vendor's would be."""

from collections.abc import Iterable

from engine.scene import Scene, hookimpl
from scenes.dusk_ocean import DuskOcean

ANLAN_API = 1


@hookimpl
def register_scenes() -> Iterable[type[Scene]]:
    """Return every scene of this folder."""
    return (DuskOcean,)
