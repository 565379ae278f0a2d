"""Everything a scene author needs, and nothing else."""

from engine.plugins import hookimpl
from engine.scene.api import Control, Frame, Scene, SoundBed, Stage

__all__ = ["Control", "Frame", "Scene", "SoundBed", "Stage", "hookimpl"]
