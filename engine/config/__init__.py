"""Files people write: the room's rig, and how every fault of a file is told at once."""

from engine.config.faults import Fault, Where, file_fault, model_faults, nearest
from engine.config.reading import Document, read_document, read_toml
from engine.config.rig import Device, OfficerFacts, Rig, SoundSettings, StageSettings

__all__ = [
    "Device",
    "Document",
    "Fault",
    "OfficerFacts",
    "Rig",
    "SoundSettings",
    "StageSettings",
    "Where",
    "file_fault",
    "model_faults",
    "nearest",
    "read_document",
    "read_toml",
]
