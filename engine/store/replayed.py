"""Plays a recording of a person as if a device were measuring it now."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from engine.devices.source import Context, Source
from engine.errors import ConfigError, LinkError
from engine.store.recording import Track, read_recording
from engine.streams import Chunk, Stream

OPTIONS = ("file", "start", "columns")


class ReplayedRecording(Source):
    """Whatever a file holds, sample by sample, at the session's own pace.

    Session time 0.0 is the recording's first sample plus ``start``. A device that is
    opened late, or again after a fault, goes on where the recording is by then.

    Parameters
    ----------
    options
        ``file``: a CSV, EDF or session recording. ``start``: seconds to skip.
        ``columns``: names of the streams to play; all by default.
    """

    model = "replayed-recording"
    zh = "录制数据回放"
    en = "Replayed recording"
    simulated = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._where = f"device {self.model!r}"
        self._check_names()
        file = options.get("file")
        if not isinstance(file, str) or not file:
            raise ConfigError("needs a file", where=f"{self._where}, key 'file'")
        recording = read_recording(Path(file).expanduser())
        start = self._start(recording.duration)
        zero = recording.start + start
        self.ignored = recording.ignored
        """What the file holds besides, and why it is not played."""
        self._tracks = tuple(
            Track(track.stream, track.t - zero, track.x) for track in self._chosen(recording.tracks)
        )
        self._next = [0] * len(self._tracks)
        self._end = max(float(track.t[-1]) for track in self._tracks)
        self._until = -np.inf

    @property
    def streams(self) -> tuple[Stream, ...]:
        """One for each usable column or signal."""
        return tuple(track.stream for track in self._tracks)

    @property
    def ended(self) -> bool:
        """Whether the recording is over."""
        return self._until > self._end

    def open(self, context: Context) -> None:
        """Begin at the session's present moment."""
        now = max(0.0, context.clock.now())
        if now > self._end:
            raise LinkError("the recording is over", where=context.name, hint="choose a longer one")
        self._next = [int(np.searchsorted(track.t, now)) for track in self._tracks]

    def read(self, until: float) -> Iterable[Chunk]:
        """Return the samples up to session time ``until``, s."""
        self._until = max(self._until, until)
        chunks: list[Chunk] = []
        for i, track in enumerate(self._tracks):
            first = self._next[i]
            last = int(np.searchsorted(track.t, until, side="right"))
            if last > first:
                chunks.append(Chunk(track.stream, track.t[first:last], track.x[first:last]))
                self._next[i] = last
        return chunks

    def _check_names(self) -> None:
        for key in self.options:
            if key not in OPTIONS:
                near = get_close_matches(key, OPTIONS, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(OPTIONS)
                raise ConfigError("is not known", where=f"{self._where}, key {key!r}", hint=hint)

    def _start(self, duration: float) -> float:
        start = self.options.get("start", 0.0)
        where = f"{self._where}, key 'start'"
        if isinstance(start, bool) or not isinstance(start, (int, float)):
            raise ConfigError("is not a number of seconds", where=where)
        if not 0.0 <= start < duration:
            what = f"{start:g} s lies outside the recording"
            raise ConfigError(what, where=where, hint=f"it lasts {duration:g} s")
        return float(start)

    def _chosen(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        columns = self.options.get("columns")
        if columns is None:
            return tracks
        where = f"{self._where}, key 'columns'"
        there = ", ".join(track.stream.name for track in tracks)
        if not isinstance(columns, (list, tuple)) or not columns:
            raise ConfigError("is not a list of names", where=where, hint=f"there are {there}")
        known = {track.stream.name: track for track in tracks}
        for name in columns:
            if name not in known:
                raise ConfigError(f"no {name!r} in it", where=where, hint=f"there are {there}")
        return tuple(known[name] for name in columns)
