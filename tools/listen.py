"""Render voices and scenes to WAV, with a picture of what one would hear and its figures.

Usage: python tools/listen.py OUT [--seconds 60] [NAME ...]
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from matplotlib.figure import Figure
from scipy import signal

from engine.pace import Pace
from engine.plugins import load
from engine.scene.api import SoundBed
from engine.show import Script, Show
from engine.sound.breath import BreathCue
from engine.sound.loudness import Meter
from engine.sound.mixer import Mixer
from engine.sound.voice import BLOCK, RATE, Voice
from engine.sound.wav import WavFile
from engine.streams import F64

PACE = Pace(0.0, 6.0, 0.4, 1.0)


def voice_alone(voice: Voice, seconds: float, seed: int) -> F64:
    """Return a voice at its defaults, ``(2, n)``."""
    sounding = voice.make(RATE, seed)
    levels = np.array([p.default for p in voice.parameters])
    blocks = []
    for _ in range(round(seconds * RATE / BLOCK)):
        out = np.zeros((2, BLOCK))
        sounding.render(out, levels)
        blocks.append(out)
    return np.concatenate(blocks, axis=1)


def breath_alone(seconds: float, seed: int) -> F64:
    """Return the breath guide by itself, ``(2, n)``."""
    cue = BreathCue(seed)
    blocks = []
    for k in range(round(seconds * RATE / BLOCK)):
        out = np.zeros((2, BLOCK))
        cue.render(out, k * BLOCK / RATE, PACE, 1.0)
        blocks.append(out)
    return np.concatenate(blocks, axis=1)


def scene_mix(
    scene: str, beds: Sequence[SoundBed], voices: Mapping[str, Voice], seconds: float, seed: int
) -> F64:
    """Return the mix of a scene at its defaults, with the guide, ``(2, n)``."""
    script = Script((scene,), ())
    mixer = Mixer(script, {scene: beds}, voices, seed=seed)
    row = np.zeros(script.width)
    Show(pace=PACE).fill(script, row)
    blocks = []
    for k in range(round(seconds * RATE / BLOCK)):
        out = np.zeros((2, BLOCK))
        mixer.render(out, k * BLOCK / RATE, row)
        blocks.append(out)
    return np.concatenate(blocks, axis=1)


def figures(x: F64) -> str:
    """Return what can be measured of ``x`` in one line."""
    meter = Meter()
    meter.feed(x)
    both = x.mean(axis=0)
    f, p = signal.welch(both, RATE, nperseg=8192)
    total = p.sum()
    heard = (f >= 100) & (f <= 8000)
    slope = np.polyfit(np.log2(f[heard]), 10 * np.log10(p[heard] + 1e-20), 1)[0]
    return (
        f"{meter.integrated:6.1f} LUFS  peak {meter.peak_db:5.1f} dBTP  "
        f"centre {(f * p).sum() / total:5.0f} Hz  slope {slope:5.1f} dB/oct  "
        f">20k {10 * np.log10(p[f > 20_000].sum() / total + 1e-20):6.1f} dB  "
        f"L/R {np.corrcoef(x[0], x[1])[0][1]:5.2f}"
    )


def picture(sounds: Mapping[str, F64], path: Path) -> None:
    """Draw a spectrogram and the level over time of each sound."""
    fig = Figure(figsize=(18, 4.2 * len(sounds)), layout="constrained")
    axes = fig.subplots(len(sounds), 2, squeeze=False, width_ratios=(3, 2))
    for (name, x), (left, right) in zip(sounds.items(), axes, strict=True):
        both = x.mean(axis=0)
        f, t, s = signal.spectrogram(both, RATE, nperseg=4096, noverlap=2048)
        level = 10 * np.log10(s + 1e-14)
        top = np.percentile(level, 99.8)
        left.pcolormesh(t, f, level, vmin=top - 70, vmax=top, cmap="magma", rasterized=True)
        left.set_yscale("symlog", linthresh=500, linscale=0.8)
        left.set(ylim=(20, 20_000), title=name, ylabel="Hz")
        n = RATE // 20
        steps = x[:, : x.shape[1] // n * n].reshape(2, -1, n)
        db = 10 * np.log10((steps**2).mean(axis=2) + 1e-12)
        right.plot(np.arange(db.shape[1]) / 20.0, db.T, linewidth=0.8)
        right.set(ylim=(-80, 0), title=figures(x), ylabel="dBFS")
        right.title.set_fontsize(7)
        right.grid(alpha=0.3)
    fig.savefig(path, dpi=60)


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.argument("names", nargs=-1)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--seed", default=7, show_default=True)
def main(out: Path, names: tuple[str, ...], seconds: float, seed: int) -> None:
    """Render voices, the breath and the scenes NAMES (all without any) into OUT."""
    found = load()
    voices: Mapping[str, Voice] = found.voices()
    sounds: dict[str, F64] = {}
    for name, voice in voices.items():
        if not names or name in names:
            sounds[name] = voice_alone(voice, seconds, seed)
    if not names or "breath" in names:
        sounds["breath"] = breath_alone(seconds, seed)
    for name, scene in found.scenes().items():
        if not names or name in names:
            sounds[name] = scene_mix(name, scene.sounds, voices, seconds, seed)
    out.mkdir(parents=True, exist_ok=True)
    for name, x in sounds.items():
        wav = WavFile(out / f"{name}.wav", seed=seed)
        wav.write(x, 0)
        wav.close()
        print(f"{name:14s} {figures(x)}")
    if sounds:
        picture(sounds, out / "sounds.png")


if __name__ == "__main__":
    main()
