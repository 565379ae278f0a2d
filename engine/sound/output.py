"""The way to the loudspeakers: a sound device, opened, supervised, closed."""

import contextlib
from types import ModuleType
from typing import Any, Protocol

import psutil

from engine.clock import SystemClock
from engine.errors import SoundError
from engine.sound.timeline import Timeline
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

NO_DEVICE = "none"
"""Name of the device that is not there: never opens one."""


def _portaudio() -> ModuleType:
    """Return sounddevice, imported only now: it starts PortAudio and looks for devices."""
    try:
        import sounddevice  # noqa: PLC0415 - see above
    except OSError as error:
        raise SoundError(
            "PortAudio is not installed", where="sound", hint="install the package libportaudio2"
        ) from error
    module: ModuleType = sounddevice
    return module


def output_device(wanted: str | None) -> str | None:
    """Return the name of the device that would play, or None if there is none.

    Parameters
    ----------
    wanted
        Name or part of the name of a device; None takes the system's choice,
        ``"none"`` takes none.

    Raises
    ------
    SoundError
        If a device was named and is not there.
    """
    if wanted == NO_DEVICE:
        return None
    try:
        sounds = _portaudio()
    except SoundError:
        if wanted is None:
            return None
        raise
    try:
        found: Any = sounds.query_devices(wanted, kind="output")
    except (ValueError, sounds.PortAudioError) as error:
        if wanted is None:
            return None
        names = [str(d["name"]) for d in sounds.query_devices() if d["max_output_channels"] > 1]
        raise SoundError(
            f"there is no output device called {wanted!r}",
            where="sound.device",
            hint="there are " + ", ".join(names) if names else "no output device is connected",
        ) from error
    return str(found["name"])


def look_again() -> None:
    """Let PortAudio find devices that were plugged in since it last looked.

    PortAudio lists devices once, when it starts; sounddevice offers no public way to
    start it again, and only this pair of functions does. No stream may be open.
    """
    sounds = _portaudio()
    sounds._terminate()  # noqa: SLF001
    sounds._initialize()  # noqa: SLF001


def hurry() -> None:
    """Ask the system to let us run before others, if it lets us: sound that is late clicks."""
    with contextlib.suppress(psutil.AccessDenied):
        # Windows names a class, everything else counts down from nice.
        psutil.Process().nice(getattr(psutil, "HIGH_PRIORITY_CLASS", -11))


class Blocks(Protocol):
    """Whoever makes the sound."""

    def render(self, t: float) -> F64:
        """Return the next block, ``(channels, BLOCK)``, heard from session time ``t`` on."""
        ...


class DeviceOutput:
    """An open sound device that asks the player for one block after another.

    Parameters
    ----------
    name
        As `output_device` returned it.
    player
        Where the blocks come from.
    clock
        The session's clock.
    channels
        How many channels of the device are opened.

    Raises
    ------
    SoundError
        If the device cannot be opened.
    """

    def __init__(self, name: str, player: Blocks, clock: SystemClock, *, channels: int = 2) -> None:
        self.name = name
        self.underflows = 0
        self.error: Exception | None = None
        self._player, self._clock = player, clock
        self._timeline = Timeline()
        self._sounds = _portaudio()
        try:
            self._stream: Any = self._sounds.OutputStream(
                samplerate=RATE, blocksize=BLOCK, channels=channels, dtype="float32",
                device=name, latency="low", callback=self._fill,
            )  # fmt: skip
            self._stream.start()
        except (ValueError, self._sounds.PortAudioError) as error:
            raise SoundError(
                f"the sound device cannot be opened: {error}",
                where=name,
                hint="close other programs that use it, or choose another device",
            ) from error

    @property
    def latency(self) -> float:
        """Seconds between a block being rendered and heard."""
        return float(self._stream.latency)

    @property
    def jumps(self) -> int:
        """How often the device lost so much that its time jumped."""
        return self._timeline.jumps

    @property
    def fault(self) -> str | None:
        """Why it plays no longer, or None: an error in the callback ends it silently."""
        if self.error is not None:
            return f"{type(self.error).__name__}: {self.error}"
        return None if self._stream.active else "the sound device stopped"

    def close(self) -> None:
        """Stop at once and let go of the device."""
        # A device pulled out cannot be closed, and need not be.
        with contextlib.suppress(self._sounds.PortAudioError):
            self._stream.close(ignore_errors=True)

    def _fill(self, outdata: Any, frames: int, time: Any, status: Any) -> None:  # noqa: ANN401
        """Give PortAudio the next block; runs in its thread."""
        if status.output_underflow:
            self.underflows += 1
        try:
            ahead = float(time.outputBufferDacTime - time.currentTime)
            if not 0.0 < ahead < 1.0:  # some systems do not say
                ahead = float(self._stream.latency)
            block = self._player.render(self._timeline.block(self._clock.now() + ahead))
            outdata[:] = block[:, :frames].T
        except Exception as error:
            self.error = error
            outdata[:] = 0.0
            raise self._sounds.CallbackAbort from error
