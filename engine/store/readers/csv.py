"""Reads recordings kept as text tables.

The first line names the columns with their units (``t,ecg[mV],eda[uS]``). Time is a
column ``t`` or, before the heading, a line ``# rate=250``. Empty cells and NaN are missing
samples. A table of ``rr[ms]`` alone needs neither: intervals add up to time.
"""

from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import BEATS, TIMES, Column, column_of, split_heading
from engine.store.readers.table import Table, read_table
from engine.store.track import (
    Recording,
    Track,
    check_times,
    check_values,
    finish,
    gather,
    raise_faults,
    rate_of,
)
from engine.streams import F64, Stream


def read_csv(path: Path) -> Recording:
    """Return the recording in the text table at ``path``.

    Raises
    ------
    RecordingError, FaultyFileError
        With line, column and remedy of whatever is wrong.
    """
    table = read_table(path)
    columns, time, ignored = _understood(table)
    if not columns:
        return finish(path, (), ignored, ())
    faults: list[RecordingError] = []
    wanted = sorted(columns if time is None else {*columns, time[0]})
    values = table.numbers(wanted)
    at = {number: place for place, number in enumerate(wanted)}
    if len(values) < 2:
        what = "holds one sample only" if len(values) else "holds a heading but no samples"
        raise RecordingError(what, where=str(path), hint="record for at least some seconds")
    t = _times(table, columns, values, None if time is None else (at[time[0]], time[1]))
    tracks: list[Track] = []
    for name, numbers in gather(columns).items():
        first = columns[numbers[0]]
        if any(columns[n].unit is not first.unit for n in numbers):
            what = f"the axes of {name!r} have different units"
            faults.append(RecordingError(what, where=str(path), hint="give all the same unit"))
            continue
        x = values[:, [at[n] for n in numbers]] * [columns[n].factor for n in numbers]
        bad = check_values(x, first, where=str(path))
        faults += bad
        if not bad:
            axes = tuple(columns[n].axis for n in numbers)
            _add(tracks, ignored, faults, Track(_stream(first, axes), t, x), table)
    return finish(path, tracks, ignored, faults)


def _understood(
    table: Table,
) -> tuple[dict[int, Column], tuple[int, float] | None, list[str]]:
    """Return columns by number, the column of time and its factor, and what is not known."""
    path = str(table.path)
    faults: list[RecordingError] = []
    ignored: list[str] = []
    columns: dict[int, Column] = {}
    time: tuple[int, float] | None = None
    for number, heading in enumerate(table.headings):
        name, unit = split_heading(heading)
        if name.lower() in {"t", "time"}:
            if unit not in TIMES:
                what = f"time cannot be in {unit!r}"
                faults.append(RecordingError(what, where=path, hint="write t, t[s] or t[ms]"))
            time = (number, TIMES.get(unit, 1.0))
            continue
        try:
            column = column_of(name, unit, where=path)
        except RecordingError as error:
            faults.append(error)
            continue
        if column is None:
            ignored.append(f"column {heading.strip()!r} is not known")
        elif any((c.name, c.axis) == (column.name, column.axis) for c in columns.values()):
            what = f"column {name!r} occurs twice"
            faults.append(RecordingError(what, where=path, hint=f"name the second {name}2"))
        else:
            columns[number] = column
    raise_faults(faults, table.path)
    return columns, time, ignored


def _times(
    table: Table, columns: dict[int, Column], values: F64,
    time: tuple[int, float] | None,
) -> F64:  # fmt: skip
    if time is not None:
        t = values[:, time[0]] * time[1]
        raise_faults(check_times(t, table.lines, path=table.path), table.path)
        return t
    if table.rate is not None:
        return np.arange(len(values)) / table.rate
    if len(columns) == 1 and (only := next(iter(columns.values()))).kind in BEATS:
        intervals = values[:, 0] * only.factor
        if np.all(np.isfinite(intervals)):
            return np.cumsum(intervals) / 1000.0
        what = f"an interval of {only.name!r} is missing, so all later times are unknown"
        raise RecordingError(what, where=str(table.path), hint="add a column t with the times, s")
    raise RecordingError(
        "tells neither a rate nor times",
        where=str(table.path),
        hint="begin with a line # rate=250 or add a column t in seconds",
    )


def _add(
    tracks: list[Track], ignored: list[str], faults: list[RecordingError],
    track: Track, table: Table,
) -> None:  # fmt: skip
    """Add ``track`` with the rate its samples really have."""
    stream, t, x = track
    there = np.any(np.isfinite(x), axis=1)
    full = np.flatnonzero(there)
    if len(full) < 2:
        told = "no value at all" if not len(full) else "one value only"
        ignored.append(f"{stream.name!r} holds {told}")
        return
    if stream.kind in BEATS:
        if table.rate is not None:
            ignored.append(f"{stream.name!r} cannot have a rate: one row a beat, with column t")
            return
        tracks.append(Track(stream, t[there], x[there]))
        return
    # A slow signal beside a fast one has a value in every so-manieth row only.
    sparse = np.median(np.diff(full)) >= 2 and rate_of(t[there]) is not None
    t, x = (
        (t[there], x[there]) if sparse else (t[full[0] : full[-1] + 1], x[full[0] : full[-1] + 1])
    )
    rate = table.rate if table.rate is not None and not sparse else rate_of(t)
    if rate is None:
        what = f"the times of {stream.name!r} are too irregular for a waveform"
        faults.append(RecordingError(what, where=str(table.path), hint="export it evenly sampled"))
        return
    made = Stream(stream.name, stream.kind, stream.unit, rate, 0.0, stream.axes)
    tracks.append(Track(made, t, np.ascontiguousarray(x)))


def _stream(column: Column, axes: tuple[str, ...]) -> Stream:
    return Stream(column.name, column.kind, column.unit, axes=axes)
