"""The sound process: what the room hands it, and what it does from start to end."""

import sys
from dataclasses import dataclass
from pathlib import Path

from engine.dsp.jit import ready
from engine.plugins import load
from engine.processes.block import SharedBlock
from engine.processes.link import Link
from engine.scene.api import SoundBed
from engine.show import Script
from engine.sound.live import Live, settle, tell_silenced
from engine.sound.mixer import Mixer
from engine.sound.offline import OfflineRender
from engine.sound.player import Player
from engine.sound.voice import Voice
from engine.sound.wav import WavFile


@dataclass(frozen=True, slots=True)
class SoundSpec:
    """Everything the sound process needs to know, before anyone sits down.

    Attributes
    ----------
    script
        Scenes, and the columns of the rows.
    block
        Name of the shared block the room writes its rows to; None for a session in
        virtual time, whose rows come as messages.
    wav
        File for the sound where no device plays it; None for none.
    device
        Name (or part of it) of the output device; None takes the system's choice,
        ``"none"`` takes none.
    beds
        What sounds in each scene.
    voices
        Voices to use; none takes all that plugins register.
    seed
        Seed of every voice.
    """

    script: Script
    block: str | None = None
    wav: Path | None = None
    device: str | None = None
    beds: tuple[tuple[str, tuple[SoundBed, ...]], ...] = ()
    voices: tuple[Voice, ...] = ()
    seed: int = 0


def run(spec: SoundSpec, link: Link) -> None:
    """Sound until the room wants it to end: the main function of the process.

    Sends ``ready`` (device, latency_ms), ``fault`` (reason), every ten seconds ``stats``
    (load, underflows, lufs, rss); for a session in virtual time takes ``rows`` and
    ``finish``, sends ``progress`` (seconds) and ``finished`` (seconds, lufs, peak_db).

    Raises
    ------
    SoundError
        If a scene asks for a voice or a parameter that does not exist, a named
        device is not there, or the file cannot be written.
    """
    sys.setswitchinterval(0.0005)
    voices = {voice.id: voice for voice in spec.voices} or dict(load().voices())
    mixer = Mixer(spec.script, dict(spec.beds), voices, seed=spec.seed)
    ready()
    if spec.block is None:
        _render(spec, link, mixer)
    else:
        block = SharedBlock.attach(spec.block, spec.script.width)
        try:
            player = Player(mixer, block, spec.script.width, link.clock)
            file = (spec.wav, spec.seed) if spec.wav is not None else None
            Live(player, link, spec.device, file).play()
        finally:
            block.close()


def _render(spec: SoundSpec, link: Link, mixer: Mixer) -> None:
    """Render a session in virtual time, row by row as they come."""
    wav = None
    if spec.wav is not None:
        # A process that was started afresh is sent every row again.
        spec.wav.unlink(missing_ok=True)
        wav = WavFile(spec.wav, seed=spec.seed)
    render = OfflineRender(mixer, wav)
    settle()
    link.send("ready", device=None, latency_ms=0.0)
    try:
        while not link.stopping:
            link.beat()
            messages = link.received()
            for verb, facts in messages:
                if verb == "rows":
                    render.take(facts["rows"])
            _advance(render, mixer, link)
            if any(verb == "finish" for verb, _ in messages):
                render.finish()
                if wav is not None:
                    wav.close()
                meter = render.meter
                link.send(
                    "finished",
                    seconds=render.seconds, lufs=meter.integrated, peak_db=meter.peak_db,
                )  # fmt: skip
            link.clock.wait(0.01)
    finally:
        if wav is not None:
            wav.close()


def _advance(render: OfflineRender, mixer: Mixer, link: Link) -> None:
    """Render what has come, telling how far it is every ten seconds of sound."""
    told = render.seconds
    for seconds in render.advance():
        link.beat()
        tell_silenced(mixer, link)
        if seconds // 10.0 > told // 10.0:
            told = seconds
            link.send("progress", seconds=seconds)
        if link.stopping:
            return
