"""Everything a scene author needs, and nothing else."""

from engine.plugins import hookimpl
from engine.scene.api import Control, Frame, Scene, SoundBed
from engine.scene.drift import Drift
from engine.scene.shape import Shape
from engine.scene.stage import (
    BreathingLight,
    Drawn,
    Input,
    Lamp,
    Motes,
    Sky,
    Stage,
    Texture,
    Water,
)

__all__ = [
    "BreathingLight",
    "Control",
    "Drawn",
    "Drift",
    "Frame",
    "Input",
    "Lamp",
    "Motes",
    "Scene",
    "Shape",
    "Sky",
    "SoundBed",
    "Stage",
    "Texture",
    "Water",
    "hookimpl",
]
