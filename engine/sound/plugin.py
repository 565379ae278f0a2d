"""The voices and the device that come with the engine, registered as a vendor's would be."""

from collections.abc import Iterable

from engine.devices.source import Source
from engine.plugins import hookimpl
from engine.sound.sea import SEA_VOICE
from engine.sound.vibroacoustic import VibroacousticChannel
from engine.sound.voice import Voice
from engine.sound.wind import WIND_VOICE


@hookimpl
def register_voices() -> Iterable[Voice]:
    """Return the engine's own voices."""
    return (SEA_VOICE, WIND_VOICE)


@hookimpl
def register_drivers() -> tuple[type[Source], ...]:
    """Return the device that is a sound device: a transducer."""
    return (VibroacousticChannel,)
