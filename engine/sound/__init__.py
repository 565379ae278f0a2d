"""Sound: voices, the mix, the breath one hears, and the way out to the loudspeakers."""

from engine.sound.voice import BLOCK, RATE, TICK, Parameter, Sounding, Voice

__all__ = ["BLOCK", "RATE", "TICK", "Parameter", "Sounding", "Voice"]
