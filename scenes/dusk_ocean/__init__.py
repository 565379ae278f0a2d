"""A deck over the evening sea."""

from scenes.dusk_ocean.scene import DuskOcean

__all__ = ["DuskOcean"]
