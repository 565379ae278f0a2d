"""Which of several signals the heart is read from: another one where the first tells too little."""

from collections.abc import Iterator

from engine.analysis.passing import Heard
from engine.analysis.variability import Stretch
from engine.graph.standard import PREFERRED
from engine.store.recording import Recording

POOR = 0.5
"""Usable share times quality below which another signal is tried."""
BETTER = 1.2
"""Times as good another one must be."""


def merit(whole: Stretch) -> float:
    """Return how much a heart signal told: its usable share times its quality, 0..1."""
    return whole.covered * whole.quality


def others(recording: Recording, heard: Heard, whole: Stretch) -> Iterator[Recording]:
    """Yield ``recording`` with each heart signal alone that was not read, of the same kind.

    Where the first told nothing at all, those of other kinds too: a device's own list of
    intervals does not say how sure it is, so it must not outdo what does.
    """
    hearts = [k for k in recording.tracks if k.stream.kind in PREFERRED["heart"]]
    source = heard.sources.get("heart")
    for one in hearts:
        if source is None or one.stream.name == source.stream.name:
            continue
        if one.stream.kind is source.stream.kind or not whole.covered:
            kept = tuple(k for k in recording.tracks if k is one or k not in hearts)
            yield Recording(recording.path, kept, recording.ignored)
