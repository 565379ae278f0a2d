"""Reads recordings of Lab Streaming Layer (XDF): several devices in one file."""

from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import BEATS, Column, column_of, kind_of
from engine.store.left_out import LeftOut
from engine.store.readers.xdf_chunks import Feed, feeds
from engine.store.readers.xdf_times import even
from engine.store.sampling import check_times, rate_of, too_irregular
from engine.store.track import Recording, Track, check_values, finish
from engine.streams import Stream
from engine.units import Kind


def read_xdf(path: Path) -> Recording:
    """Return the streams of the file at ``path`` that measure a body.

    Clocks are aligned as the file's offsets say; stamps of regular streams are smoothed.

    Raises
    ------
    RecordingError, FaultyFileError
        When it is damaged or a unit is impossible.
    """
    tracks: list[Track] = []
    ignored: list[str] = []
    faults: list[RecordingError] = []
    names: dict[str, int] = {}
    for feed in feeds(path, ignored):
        if feed.text:
            ignored.append(
                LeftOut(f"stream {feed.name!r} holds words", f"数据流“{feed.name}”是文字")
            )
            continue
        if len(feed.t) < 2:
            ignored.append(
                LeftOut(f"stream {feed.name!r} has no samples", f"数据流“{feed.name}”没有数据")
            )
            continue
        for number in range(feed.x.shape[1]):
            try:
                column = _column(feed, number, where=str(path))
            except RecordingError as fault:
                faults.append(fault)
                continue
            if column is None:
                label = feed.labels[number] or str(number + 1)
                ignored.append(
                    LeftOut(
                        f"channel {label!r} of {feed.name!r} is not known",
                        f"“{feed.name}”的通道“{label}”不认得",
                    )
                )
                continue
            track = _track(path, feed, number, column, names=names, faults=faults)
            if track is not None:
                tracks.append(track)
    if tracks:
        zero = min(float(track.t[0]) for track in tracks)
        tracks = [Track(k.stream, k.t - zero, k.x) for k in tracks]
    return finish(path, tracks, ignored, faults)


def _track(
    path: Path, feed: Feed, number: int, column: Column, *, names: dict[str, int],
    faults: list[RecordingError],
) -> Track | None:  # fmt: skip
    x = column.converted(feed.x[:, number : number + 1])
    found = check_values(x, column, where=str(path))
    t = feed.t
    if column.kind not in BEATS and feed.rate is not None:
        t = even(t, feed.rate)
    if not found:
        found = check_times(t, None, path=path)
    rate = None
    if column.kind not in BEATS and not found:
        rate = feed.rate or rate_of(t)
        if rate is None:
            found = [too_irregular(feed.name, t, str(path))]
    faults += found
    if found:
        return None
    names[column.name] = names.get(column.name, 0) + 1
    count = names[column.name]
    name = column.name if count == 1 else f"{column.name}_{count}"
    return Track(Stream(name, column.kind, column.unit, rate), t, np.ascontiguousarray(x))


def _column(feed: Feed, number: int, *, where: str) -> Column | None:
    """Return what a channel is, by its own label, else by its stream's type or name."""
    only = feed.x.shape[1] == 1
    for name in (feed.labels[number], *((feed.kind, feed.name) if only else ())):
        known = kind_of(name) if name else None
        if known is not None:
            unit = _plain(feed.units[number])
            if known[0] in {Kind.PPG, Kind.RESP} and unit != "1":
                unit = "raw"
            return column_of(name, unit, where=where)
    return None


def _plain(unit: str) -> str:
    written = {
        "microvolts": "uV", "microvolt": "uV", "millivolts": "mV", "millivolt": "mV",
        "volts": "V", "volt": "V", "microsiemens": "uS", "milliseconds": "ms",
        "millisecond": "ms", "seconds": "s", "second": "s", "celsius": "degC",
    }  # fmt: skip
    return written.get(unit.strip().lower(), unit.strip())
