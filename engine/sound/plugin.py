"""The voices that come with the engine, registered as a vendor's would be."""

from collections.abc import Iterable

from engine.plugins import hookimpl
from engine.sound.sea import SEA_VOICE
from engine.sound.voice import Voice
from engine.sound.wind import WIND_VOICE


@hookimpl
def register_voices() -> Iterable[Voice]:
    """Return the engine's own voices."""
    return (SEA_VOICE, WIND_VOICE)
