"""Reads recordings kept as text tables.

The first line names the columns with their units (``t,ecg[mV],eda[uS]``). Time is a
column ``t`` or, before the heading, a line ``# rate=250``. Empty cells and NaN are missing
samples. A table of ``rr[ms]`` alone needs neither: intervals add up to time.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import (
    BEATS,
    DATES,
    TIME_NAMES,
    TIMES,
    Column,
    column_of,
    split_heading,
)
from engine.store.left_out import LeftOut, unknown
from engine.store.readers.clock_times import clock_times, is_clock, since_epoch
from engine.store.readers.interval_unit import mixed, to_ms
from engine.store.readers.placing import ending, placed
from engine.store.readers.table import Table, read_table
from engine.store.sampling import check_times, is_curve, rate_of, too_irregular
from engine.store.track import Recording, Track, check_values, finish, gather, raise_faults
from engine.streams import AS_DECLARED, F64, Stream

MOST_LETTERS = 40
AVERAGES = r"hr|heart[ _]?rate|bpm|心率"
"""What columns of heart rate are called."""

JITTER = 0.02
"""s by which stamps usually differ from the intervals between them if no beat was stamped."""


class TimeColumn(NamedTuple):
    """Where the times stand, and what brings them into s; None if their size has to tell."""

    number: int
    factor: float | None


def read_csv(path: Path) -> Recording:
    """Return the recording in the text table at ``path``.

    Raises
    ------
    RecordingError, FaultyFileError
        With line, column and remedy of whatever is wrong.
    """
    table = read_table(path)
    columns, time, ignored = _understood(table)
    ignored += [table.cut] if table.cut else []
    if not columns:
        return finish(path, (), ignored, ())
    if len(table.rows) < 2:
        what = "holds one sample only" if table.rows else "holds a heading but no samples"
        zh = "只有表头，没有数据" if not table.rows else "只有一个数值"
        raise RecordingError(what, where=str(path), hint="record for at least some seconds", zh=zh)
    faults: list[RecordingError] = []
    wanted = sorted(columns)
    values = table.numbers(wanted)
    at = {number: place for place, number in enumerate(wanted)}
    columns = {n: _sized(c, values[:, at[n]], table, faults) for n, c in columns.items()}
    raise_faults(faults, path)
    t = _times(table, columns, values, time)
    tracks: list[Track] = []
    for name, numbers in gather(columns).items():
        first = columns[numbers[0]]
        if any(columns[n].unit is not first.unit for n in numbers):
            what = f"the axes of {name!r} have different units"
            faults.append(
                RecordingError(
                    what,
                    where=str(path),
                    hint="give all the same unit",
                    zh=f"“{name}”各轴的单位不同，请统一",
                )
            )
            continue
        x = np.stack([columns[n].converted(values[:, at[n]]) for n in numbers], axis=1)
        bad = check_values(x, first, where=str(path), lines=table.lines)
        faults += bad
        if not bad:
            axes = tuple(columns[n].axis for n in numbers)
            _add(tracks, ignored, faults, Track(_stream(first, axes), t, x), table)
    return finish(path, tracks, ignored, faults)


def _understood(table: Table) -> tuple[dict[int, Column], TimeColumn | None, list[str]]:
    """Return columns by number, the column of time, and what is not known."""
    path = str(table.path)
    faults: list[RecordingError] = []
    ignored: list[str] = []
    columns: dict[int, Column] = {}
    time: TimeColumn | None = None
    for number, heading in enumerate(table.headings):
        name, unit = split_heading(heading)
        if time is None and name.lower() in TIME_NAMES:
            later = (split_heading(h)[0].lower() for h in table.headings[number + 1 :])
            if name.lower() in DATES and not TIME_NAMES.isdisjoint(later):
                continue  # the time of the day stands in a column of its own
            if unit not in TIMES:
                what, zh = (
                    f"time cannot be in {unit!r}",
                    f"时间的单位不能是“{unit}”，请写 t[s] 或 t[ms]",
                )
                faults.append(
                    RecordingError(what, where=path, hint="write t, t[s] or t[ms]", zh=zh)
                )
            time = TimeColumn(number, TIMES.get(unit, 1.0) if unit else None)
            continue
        try:
            column = column_of(name, unit, where=path)
        except RecordingError as error:
            faults.append(error)
            continue
        if column is None:
            ignored.append(_unknown(_brief(heading), name))
        elif any((c.name, c.axis) == (column.name, column.axis) for c in columns.values()):
            what, zh = (
                f"column {name!r} occurs twice",
                f"“{name}”列出现两次，请把第二列命名为 {name}2",
            )
            hint = f"name the second {name}2"
            faults.append(RecordingError(what, where=path, hint=hint, zh=zh))
        else:
            columns[number] = column
    raise_faults(faults, table.path)
    return columns, time, ignored


def _brief(heading: str) -> str:
    """Return a heading as one line may hold it: some files are one long line."""
    said = heading.strip()
    return said if len(said) <= MOST_LETTERS else f"{said[:MOST_LETTERS]}…"


def _unknown(heading: str, name: str) -> LeftOut:
    plain = unknown("column", "列", heading)
    if re.fullmatch(AVERAGES, name.strip().lower()) is None:
        return plain
    return LeftOut(
        f"{plain} (a heart rate is an average: variability needs the intervals, rr[ms])",
        f"{plain.zh}（心率是平均值；心率变异性需要间期 rr[ms]）",
    )


def _sized(column: Column, x: F64, table: Table, faults: list[RecordingError]) -> Column:
    """Return ``column`` with the unit that the size of its intervals tells."""
    if column.kind not in BEATS or not np.isfinite(x).any():
        return column
    factor = to_ms(x, table.path) if column.guessed else column.factor
    faults += mixed(x, factor, table.lines, table.path)
    return replace(column, factor=factor, guessed=False)


def _times(table: Table, columns: dict[int, Column], values: F64, time: TimeColumn | None) -> F64:
    only_beats = all(column.kind in BEATS for column in columns.values())
    if time is not None:
        cells = table.column(time.number)
        clock = is_clock(cells[0])
        if clock:
            t = clock_times(cells, table.lines, str(table.path))
        else:
            t = table.numbers([time.number])[:, 0]
            t *= since_epoch(t) if time.factor is None else time.factor
        # Times of arrival in whole seconds: of two beats in one the sum of intervals tells more.
        stamped = clock or since_epoch(t / 1e-3) != 1.0 or bool(np.any(np.diff(t) == 0.0))
        if stamped and only_beats and len(columns) == 1:
            return _by_sums(table, columns, values, t)
        raise_faults(check_times(t, table.lines, path=table.path), table.path)
        if only_beats and len(columns) == 1 and time.factor is None and not stamped:
            # Without a unit the steps of time tell it: they are the intervals.
            ended = ending(t, next(iter(columns.values())).converted(values[:, 0]))
            t = t if ended is None else ended
        if only_beats and len(columns) == 1 and _arrived(t, next(iter(columns.values())), values):
            # Session times of a phone or computer: the first beat stays where it is.
            made = _by_sums(table, columns, values, t)
            made += t[0] - made[0]
            return made
        return t
    if table.rate is not None:
        return np.arange(len(values)) / table.rate
    if only_beats and len(columns) == 1:
        return _by_sums(table, columns, values, None)
    raise RecordingError(
        "tells neither a rate nor times",
        where=str(table.path),
        hint="begin with a line # rate=250 or add a column t in seconds",
        zh="没有采样率也没有时间：请在第一行写 # rate=250，或增加一列“时间[s]”",
    )


def _arrived(t: F64, only: Column, values: F64) -> bool:
    """Tell whether ``t`` is when intervals reached a computer, not when the heart beat.

    Between two beats lies the interval; bundles that arrive come up to a second apart from it.
    """
    ms = only.converted(values[:, 0])
    if is_curve(t, ms):
        return False
    off = np.abs(np.diff(t) - ms[1:] / 1000.0)
    return bool(len(off) > 0 and np.all(np.isfinite(ms)) and np.median(off) > JITTER)


def _by_sums(table: Table, columns: dict[int, Column], values: F64, stamps: F64 | None) -> F64:
    """Return when intervals ended, by their sum; ``stamps`` only tell where some are lost."""
    only = next(iter(columns.values()))
    ms = only.converted(values[:, 0])
    if not np.all(np.isfinite(ms)):
        what = f"an interval of {only.name!r} is missing, so all later times are unknown"
        raise RecordingError(
            what,
            where=str(table.path),
            hint="add a column t with the times, s",
            zh=f"“{only.name}”缺了一个间期，之后的时间无法确定：请增加时间列 t（秒）",
        )
    if np.any(ms <= 0.0):
        faults = check_values(ms[:, np.newaxis], only, where=str(table.path), lines=table.lines)
        raise_faults(faults, table.path)
    if stamps is None:
        return np.cumsum(ms) / 1000.0
    back = np.flatnonzero(np.diff(stamps) < 0.0)
    if len(back):
        around = slice(int(back[0]), int(back[0]) + 2)
        raise_faults(check_times(stamps[around], table.lines[around], path=table.path), table.path)
    return placed(ms / 1000.0, stamps - stamps[0])


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
        zh = "没有数值" if not len(full) else "只有一个数值"
        ignored.append(LeftOut(f"{stream.name!r} holds {told}", f"“{stream.name}”{zh}"))
        return
    if stream.kind in BEATS:
        if table.rate is not None:
            ignored.append(
                LeftOut(
                    f"{stream.name!r} cannot have a rate: one row a beat, with column t",
                    f"“{stream.name}”不能有采样率：每次心跳一行，并有时间列 t",
                )
            )
            return
        tracks.append(Track(stream, t[there], x[there]))
        return
    # A slow signal beside a fast one has a value in every so-manieth row only.
    sparse = np.median(np.diff(full)) >= 2 and rate_of(t[there]) is not None
    t, x = (
        (t[there], x[there]) if sparse else (t[full[0] : full[-1] + 1], x[full[0] : full[-1] + 1])
    )
    true = rate_of(t)
    rate = table.rate if table.rate is not None and not sparse else true
    if rate is not None and true is not None and not AS_DECLARED[0] < rate / true < AS_DECLARED[1]:
        what = f"the line # rate= says {rate:g}, the times of {stream.name!r} {true:.4g} a second"
        faults.append(
            RecordingError(
                what,
                where=str(table.path),
                hint="take one of them out",
                zh=f"# rate= 一行写的是每秒 {rate:g} 个，“{stream.name}”的时间却是 {true:.4g} 个："
                "请去掉一个",
            )
        )
        return
    if rate is None:
        faults.append(too_irregular(stream.name, t, str(table.path)))
        return
    made = Stream(stream.name, stream.kind, stream.unit, rate, 0.0, stream.axes)
    tracks.append(Track(made, t, np.ascontiguousarray(x)))


def _stream(column: Column, axes: tuple[str, ...]) -> Stream:
    return Stream(column.name, column.kind, column.unit, axes=axes)
