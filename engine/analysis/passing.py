"""Sends a recording through the very graph a live session uses, and keeps what comes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.analysis.absurd import without_absurd
from engine.analysis.choosing import told_by_list, without_sparse_lists
from engine.analysis.evenly import with_lost
from engine.errors import GraphError
from engine.graph.pulse import GOOD_ENOUGH
from engine.graph.standard import standard_graph
from engine.store.columns import BEATS
from engine.store.recording import Recording, Track
from engine.streams import F64, Chunk, Stream

STEP, LONE_STEP = 1.0, 16.0
"""s of recording pushed at once, and where there are only heartbeats, one or two a second. The
nodes give the same whatever it is."""
TELL_EVERY = 200
"""Pushes from one word of progress to the next."""
KEPT = frozenset(
    {
        "heart.beat", "heart.detail", "heart.quality", "pulse.beat", "eda.detail", "eda.scr",
        "resp.rate", "resp.quality", "resp.onset",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What one derived stream said: times ``(n,)`` s, rows ``(n, axes)``."""

    stream: Stream
    t: F64
    x: F64

    def axis(self, name: str) -> F64:
        """Return the column called ``name``, ``(n,)``."""
        return self.x[:, self.stream.axes.index(name)]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What the graph made of a recording.

    Attributes
    ----------
    zero
        The recording's own time at which the graph's time began, s.
    lasts
        s.
    sources
        By sensor group (``heart``, ``eda``, ``resp``): the track it was read from.
    rows
        By stream name; a stream of the graph that said nothing has no rows.
    refused
        Tracks the graph could not use, and why.
    absurd
        By track: samples that were taken for missing because no sensor measures such.
    lost
        By track: the share of samples that are not in the file, one by one, 0..1.
    """

    zero: float
    lasts: float
    sources: Mapping[str, Track]
    rows: Mapping[str, Rows]
    refused: tuple[GraphError, ...]
    absurd: Mapping[str, int]
    lost: Mapping[str, float]


def hear(recording: Recording, progress: Callable[[float], None] | None = None) -> Heard:
    """Push ``recording`` through the standard graph, from its first sample to its last."""
    zero = min(_begins(track) for track in recording.tracks)
    lasts = recording.start + recording.duration - zero
    cleaned = [without_absurd(track) for track in recording.tracks]
    absurd = {k.stream.name: count for k, count in cleaned if count}
    filled = [with_lost(track) for track, _ in cleaned]
    lost = {k.stream.name: count / len(k.t) for k, count in filled if count}
    tracks = [Track(k.stream, k.t - zero, k.x) for k, _ in filled]
    fuller = without_sparse_lists(tracks)
    heard = _pushed(fuller, zero, lasts, (absurd, lost), progress)
    spared = [track for track in tracks if track not in fuller]
    if spared and _told_by_light(heard) < max(told_by_list(track) for track in spared):
        heard = _pushed(tracks, zero, lasts, (absurd, lost), None)
    return heard


def _told_by_light(heard: Heard) -> float:
    """Return the s of intervals between two good pulses; 0 if none was read from light."""
    rows = heard.rows.get("pulse.beat")
    if rows is None:
        return 0.0
    good = rows.axis("ppi_quality") >= GOOD_ENOUGH
    return float(np.nansum(rows.axis("ppi_ms")[good])) / 1000.0


def _pushed(
    tracks: list[Track], zero: float, lasts: float,
    spoiled: tuple[Mapping[str, int], Mapping[str, float]],
    progress: Callable[[float], None] | None,
) -> Heard:  # fmt: skip
    """Return what the standard graph makes of ``tracks``, on the graph's clock."""
    wired = standard_graph([track.stream for track in tracks])
    wired.graph.keep(KEPT)
    parts: dict[str, list[Chunk]] = {}
    used = {stream.name for stream in wired.used}
    feeding = [track for track in tracks if track.stream.name in used]
    for number, chunk in enumerate(_in_turn(feeding)):
        if progress is not None and number % TELL_EVERY == 0:
            progress(min(1.0, float(chunk.t[0]) / max(lasts, 1e-9)))
        for made in wired.graph.push(chunk):
            if made.stream.name in KEPT:
                parts.setdefault(made.stream.name, []).append(made)
    rows = {
        stream.name: Rows(
            stream,
            np.concatenate([np.empty(0), *(c.t for c in parts.get(stream.name, ()))]),
            np.concatenate(
                [np.empty((0, len(stream.axes))), *(c.x for c in parts.get(stream.name, ()))]
            ),
        )
        for stream in wired.graph.streams
        if stream.name in KEPT
    }
    by_name = {track.stream.name: track for track in tracks}
    sources = {group: by_name[stream.name] for group, stream in wired.sources.items()}
    absurd = {name: count for name, count in spoiled[0].items() if name in used}
    lost = {name: part for name, part in spoiled[1].items() if name in used}
    return Heard(zero, lasts, sources, rows, wired.refused, absurd, lost)


def _begins(track: Track) -> float:
    """Return when a track begins, s; a list of intervals does before its first beat's stamp."""
    first = float(track.t[0])
    return first - float(track.x[0, 0]) / 1000.0 if track.stream.kind in BEATS else first


def _in_turn(tracks: list[Track]) -> list[Chunk]:
    """Cut ``tracks`` into steps and put them in the order a room would get them."""
    alone = len(tracks) == 1 and tracks[0].stream.kind in BEATS
    step = LONE_STEP if alone else STEP
    cut: list[tuple[float, int, Chunk]] = []
    for number, (stream, t, x) in enumerate(tracks):
        turn = np.floor(t / step)
        cuts = np.flatnonzero(np.diff(turn)) + 1
        for first, last in pairwise([0, *cuts.tolist(), len(t)]):
            if last > first:
                cut.append(
                    (float(turn[first]), number, Chunk(stream, t[first:last], x[first:last]))
                )
    cut.sort(key=lambda entry: entry[:2])
    return [chunk for _, _, chunk in cut]
