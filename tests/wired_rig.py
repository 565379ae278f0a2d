"""Four sensors on a simulated body, wired as in the room; as a program, tells what compiled."""

import json
import sys
from collections.abc import Iterator, Sequence

import numba.core.event as numba_event
import numpy as np

from engine.dsp.jit import KERNELS, ready
from engine.dsp.warmup import warmup
from engine.graph.standard import standard_graph
from engine.pace import Pace
from engine.streams import Chunk, Stream
from engine.twin.artefacts import Artefact
from engine.twin.body import Body
from engine.twin.feed import Feed
from engine.twin.waveforms import AHEAD
from engine.units import Kind, Unit
from tests import sound_kit

ECG = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)
PPG = Stream("clip.ppg", Kind.PPG, Unit.RAW, 64.0)
EDA = Stream("cuff.eda", Kind.EDA, Unit.MICROSIEMENS, 32.0)
BELT = Stream("belt.resp", Kind.RESP, Unit.RAW, 25.0)
RRI = Stream("watch.rri", Kind.RRI, Unit.MILLISECOND, None)
FOUR = (ECG, PPG, EDA, BELT)

TROUBLE = (
    Artefact("ectopy", 20.0, 15.0), Artefact("dropout", 40.0, 3.0), Artefact("motion", 50.0, 6.0),
    Artefact("noise", 60.0, 6.0), Artefact("contact", 70.0, 5.0),
)  # fmt: skip


def recorded(
    streams: Sequence[Stream], lasts: float, *, artefacts: Sequence[Artefact] = (), seed: int = 3
) -> list[Chunk]:
    """Return what the sensors send in ``lasts`` seconds, in packets of 50 ms."""
    body = Body(seed=seed)
    feed = Feed(body, streams, seed=seed, artefacts=artefacts)
    chunks: list[Chunk] = []
    for until in np.arange(0.05, lasts + 0.01, 0.05).tolist():
        body.advance(until + AHEAD + 0.1, Pace(0.0, 6.0, 0.4, 1.0))
        chunks += feed.read(until)
    return chunks


def played(streams: Sequence[Stream], chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """Yield everything that the wiring of the room makes of the chunks."""
    wired = standard_graph(streams)
    wired.arousal.begin_baseline(0.0)
    for number, chunk in enumerate(chunks):
        if number == len(chunks) // 3:
            wired.arousal.end_baseline(float(chunk.t[-1]))
        yield from wired.graph.push(chunk)


def main() -> None:
    """Warm up, then live a while; print which kernels were loaded or compiled meanwhile."""
    mix = sound_kit.mixer()
    warmup()
    ready()
    before = {id(k) for k in KERNELS if k.prepared}
    with numba_event.install_recorder("numba:compile") as recorder:
        made = 0
        for streams in (FOUR, (PPG, EDA, BELT), (RRI, EDA), (ECG,)):
            made += sum(1 for _ in played(streams, recorded(streams, 100.0, artefacts=TROUBLE)))
        sound_kit.play(mix, 5.0, sound_kit.row())
    new = [k for k in KERNELS if k.prepared and id(k) not in before]
    json.dump(
        {
            "made": made,
            "ready": len(before),
            "loaded": [f"{k.py_func.__module__}.{k.py_func.__name__}" for k in new],
            "compiled": len(recorder.buffer),
            "signatures": max(len(k.signatures) for k in KERNELS),
            "kernels": sorted({k.py_func.__module__.rsplit(".", 1)[0] for k in KERNELS}),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
