"""The stage as a process of its own: reads the newest moment, draws it, keeps pictures."""

import contextlib
import gc
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from engine import plugins
from engine.errors import AnlanError, StageError
from engine.processes.block import SharedBlock
from engine.processes.link import Link
from engine.show import Script, Show

if TYPE_CHECKING:
    from engine.stage.theatre import Theatre

MOST_FRAMES = 60.0  # a second, with a graphics card
SOFTWARE_FRAMES = 10.0  # a second, without
SOFTWARE_REST = 0.6  # share of a frame's own time to rest after it, without a graphics card
SOFTWARE_PATIENCE = 30.0  # s a frame or a kept picture may take longer, without a graphics card
STATS_EVERY = 10.0  # s


@dataclass(frozen=True, slots=True)
class StageSpec:
    """What the stage's process is told once.

    Attributes
    ----------
    script
        What to prepare.
    block
        Name of the shared block of the newest `Show`; None draws stills only.
    size
        Of the picture, pixels.
    window
        Whether to open a window; without a display it draws off screen.
    samples
        Samples a pixel, for smooth edges; None chooses what the machine can bear.
    """

    script: Script
    block: str | None = None
    size: tuple[int, int] = (1280, 720)
    window: bool = False
    samples: int | None = None


def run(spec: StageSpec, link: Link) -> None:
    """Draw until the room wants the stage to end; the main of its process.

    Sends ``ready`` once (first_frame_s, renderer, software), ``saved`` for each picture
    asked for, ``fault`` when a scene fails (scene, reason) or a picture could not be
    kept, ``stats`` about every ten seconds (fps, python_ms, rss).
    """
    # Without a graphics card the driver would take every core from the room.
    os.environ.setdefault("LP_NUM_THREADS", str(max(1, (os.cpu_count() or 2) // 2)))
    begun = link.clock.now()
    theatre = _open(spec, link)  # no beat before: building counts as getting ready
    try:
        block = None if spec.block is None else SharedBlock.attach(spec.block, spec.script.width)
        if theatre.is_software and hasattr(os, "nice"):
            with contextlib.suppress(OSError):
                os.nice(5)
        gc.collect()
        gc.freeze()
        gc.disable()
        link.send(
            "ready",
            first_frame_s=link.clock.now() - begun,
            renderer=theatre.renderer,
            software=theatre.is_software,
        )
        try:
            _play(spec, link, theatre, block)
        finally:
            if block is not None:
                block.close()
    finally:
        theatre.close()


def _open(spec: StageSpec, link: Link) -> "Theatre":
    from engine.stage.theatre import Theatre  # noqa: PLC0415 - the room never loads panda3d

    scenes = plugins.load().scenes()

    def tell(scene: str, reason: str) -> None:
        code = "no_window" if scene == "stage" else "scene_failed"
        link.send("fault", code=code, scene=scene, message=reason)

    def build(*, window: bool) -> Theatre:
        # Stills may take their time, a live picture without a graphics card may not.
        samples = 4 if spec.samples is None and spec.block is None else spec.samples
        return Theatre(
            spec.script, scenes,
            size=spec.size, window=window, samples=samples, on_fault=tell,
        )  # fmt: skip

    if spec.window:
        try:
            return build(window=True)
        except StageError as error:
            if error.where != "stage":
                raise
            tell("stage", f"{error.what}; the pictures are drawn off screen")
    return build(window=False)


def _play(spec: StageSpec, link: Link, theatre: "Theatre", block: SharedBlock | None) -> None:
    row = np.zeros(spec.script.width)
    pace = 1.0 / (SOFTWARE_FRAMES if theatre.is_software else MOST_FRAMES)
    # A busy processor draws a frame in many seconds; a graphics card that does so hangs.
    grace = SOFTWARE_PATIENCE if theatre.is_software else 0.0
    stats = _Stats(link.clock.now())
    scene = theatre.scene
    while not link.stopping:
        link.allow(grace)
        begun = link.clock.now()
        snapshots: list[str] = []
        for verb, facts in link.received():
            if verb == "snapshot":
                snapshots.append(str(facts["path"]))
            elif verb == "still":
                link.allow(grace)  # many may wait; each takes seconds without a graphics card
                _still(spec, link, theatre, facts)
        if block is None:
            link.clock.wait(0.02)
            continue
        block.read(row)
        theatre.frame(link.clock.now(), Show.from_row(spec.script, row))
        for path in snapshots:
            link.allow(grace)
            _save(link, theatre, path)
        if theatre.scene != scene:  # in the dark between two scenes
            scene = theatre.scene
            gc.collect()
        now = link.clock.now()
        stats.frame(link, theatre, now)
        spent = now - begun
        link.clock.wait(max(pace - spent, SOFTWARE_REST * spent if theatre.is_software else 0.0))


def _still(spec: StageSpec, link: Link, theatre: "Theatre", facts: Mapping[str, Any]) -> None:
    theatre.still(Show.from_row(spec.script, np.asarray(facts["row"], np.float64)))
    _save(link, theatre, str(facts["path"]))


def _save(link: Link, theatre: "Theatre", path: str) -> None:
    try:
        theatre.save(Path(path))
    except (OSError, AnlanError) as error:
        link.send("fault", code="picture_not_kept", message=str(error))
    link.send("saved", path=path)


@dataclass(slots=True)
class _Stats:
    """Counts frames and tells the room about them."""

    since: float
    frames: int = 0

    def frame(self, link: Link, theatre: "Theatre", now: float) -> None:
        self.frames += 1
        if now - self.since >= STATS_EVERY:
            link.send(
                "stats",
                fps=self.frames / (now - self.since),
                python_ms=theatre.python_cost.ms(99),
                rss=psutil.Process().memory_info().rss,
            )
            self.since, self.frames = now, 0
