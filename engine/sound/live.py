"""Sound while the session goes: on a device or into a file, mended when it breaks."""

import gc
import math
from pathlib import Path

import psutil

from engine.errors import SoundError
from engine.processes.link import Link
from engine.sound.mixer import Mixer
from engine.sound.output import DeviceOutput, hurry, look_again, output_device
from engine.sound.paced import PacedOutput
from engine.sound.player import Player
from engine.sound.wav import WavFile


def settle() -> None:
    """Let the garbage collector forget what was built; nothing collects while it sounds."""
    gc.collect()
    gc.freeze()
    gc.disable()


def tell_silenced(mixer: Mixer, link: Link) -> None:
    """Tell the room which voices failed since the last time."""
    while mixer.silenced:
        voice, reason = mixer.silenced.pop(0)
        link.send("fault", code="voice_silent", voice=voice, message=str(reason))


class Live:
    """Plays as the session goes, on a device or into a file, and mends what breaks.

    Parameters
    ----------
    player
        Where the blocks come from.
    link
        The tie to the room.
    device
        As `output_device` takes it.
    wav
        File for the sound where no device plays it, and the seed of its dither.
    """

    STATS = 10.0
    """Seconds between two reports."""
    RETRY = (0.2, 0.5, 1.0, 2.0, 5.0)
    """Seconds to wait before a failed device is opened again."""
    _TURN = 0.02

    def __init__(
        self, player: Player, link: Link, device: str | None, wav: tuple[Path, int] | None
    ) -> None:
        self._player, self._link, self._wanted, self._file = player, link, device, wav
        self._device: DeviceOutput | None = None
        self._wav: WavFile | None = None
        self._paced: PacedOutput | None = None
        self._retries, self._retry_at = 0, math.inf
        self._underflows = 0
        self._opened_at = 0.0

    def play(self) -> None:
        """Play until the room wants an end, then fade out."""
        hurry()  # before the device is opened: its thread inherits it
        link = self._link
        name = output_device(self._wanted)
        settle()  # before the device plays: collecting holds up its thread
        if name is not None:
            self._open(name)
        if self._device is None:
            self._go_paced()
        device = self._device
        link.send(
            "ready",
            device=device.name if device else None,
            latency_ms=1000.0 * (device.latency if device else PacedOutput.AHEAD),
        )
        report_at = link.clock.now() + self.STATS
        try:
            while not link.stopping:
                self._turn()
                if link.clock.now() >= report_at:
                    report_at += self.STATS
                    self._report()
            self._fade_out()
        finally:
            self._close()

    def _turn(self) -> None:
        link, mixer = self._link, self._player.mixer
        link.beat()
        link.received()  # nothing is said to a live sound process; keep the pipe empty
        self._supervise()
        if self._device is None:
            self._go_paced().turn()
        tell_silenced(mixer, link)
        link.clock.wait(self._TURN)

    def _supervise(self) -> None:
        """Notice a device that went, and try to get it back."""
        now = self._link.clock.now()
        if self._device is not None:
            fault = self._device.fault
            if fault is None:
                if now - self._opened_at > 30.0:
                    self._retries = 0
                return
            self._link.send("fault", code="sound_device", message=f"{self._device.name}: {fault}")
            self._underflows += self._device.underflows
            broken = self._device.error
            self._device.close()
            self._device = None
            self._put_off(now)
            if broken is not None and self._retries >= len(self.RETRY):
                raise broken  # it is us, not the device: let the room start us afresh
        elif now >= self._retry_at:
            try:
                look_again()
                name = output_device(self._wanted)
            except SoundError:
                name = None
            if name is None:
                self._put_off(now)
            else:
                self._open(name)

    def _open(self, name: str) -> None:
        now = self._link.clock.now()
        try:
            self._device = DeviceOutput(name, self._player, self._link.clock)
        except SoundError as error:
            self._link.send("fault", code="sound_device", message=str(error))
            self._put_off(now)
        else:
            self._retry_at, self._opened_at = math.inf, now
            self._paced = None

    def _put_off(self, now: float) -> None:
        self._retry_at = now + self.RETRY[min(self._retries, len(self.RETRY) - 1)]
        self._retries += 1

    def _go_paced(self) -> PacedOutput:
        if self._paced is None:
            if self._file is not None and self._wav is None:
                self._wav = WavFile(self._file[0], seed=self._file[1])
            self._paced = PacedOutput(self._wav, self._player, self._link.clock)
        return self._paced

    def _report(self) -> None:
        device = self._device.underflows if self._device else 0
        self._link.send(
            "stats",
            load=self._player.load,
            underflows=self._underflows + device,
            gaps=self._paced.gaps if self._paced else 0,
            lufs=self._player.loudness,
            rider_db=self._player.mixer.rider_db,
            rss=psutil.Process().memory_info().rss,
        )

    def _fade_out(self) -> None:
        clock, mixer = self._link.clock, self._player.mixer
        mixer.closing = True
        deadline = clock.now() + 0.3
        while not mixer.silent and clock.now() < deadline:
            self._link.beat()
            if self._device is None:
                self._go_paced().turn()
            clock.wait(0.01)
        if self._device is None:
            self._go_paced().turn()  # what the limiter still held back

    def _close(self) -> None:
        if self._device is not None:
            self._device.close()
        if self._wav is not None:
            self._wav.close()
