"""Reads heartbeat intervals kept as plain text: one a line, in milliseconds or seconds.

A column may come before it, when the beat was (as Kubios and others write) or its number, and
a letter behind it, what kind of beat it was (as annotations have).
"""

import re
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import Column
from engine.store.left_out import LeftOut
from engine.store.readers.interval_unit import mixed, to_ms
from engine.store.readers.placing import ending
from engine.store.readers.plain import text_of
from engine.store.sampling import check_times
from engine.store.track import Recording, Track, check_values, raise_faults
from engine.streams import F64, Stream
from engine.units import Kind, Unit

MOST_FAULTS = 10

REMARKS = ("#", "//", "%")
"""What a line begins with that is no interval."""
_LABEL = re.compile(r"[A-Za-z/|~?!^@=+\[\]()]{1,2}")
_UNIT = re.compile(r"^#\s*unit\s*[=:]\s*(ms|s)\s*$", re.IGNORECASE)


def is_rr_text(text: str) -> bool:
    """Tell whether the first line that says anything is one number, or two."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith(REMARKS):
            cells, _ = _cells(line)
            return len(cells) in {1, 2} and all(_number(cell) is not None for cell in cells)
    return False


def read_rr_text(path: Path) -> Recording:
    """Return the intervals in the text file at ``path``; they add up to time.

    The unit is read from their size, or from a line ``# unit=ms`` (or ``s``).

    Raises
    ------
    RecordingError, FaultyFileError
        Naming every line that is no interval.
    """
    rows: list[list[float]] = []
    lines: list[int] = []
    faults: list[RecordingError] = []
    unit: str | None = None
    width = labelled = bad = 0
    for number, line in enumerate(text_of(path).split("\n"), 1):
        said = _UNIT.match(line.strip())
        if said is not None:
            unit = said[1].lower()
        if not line.strip() or line.lstrip().startswith(REMARKS):
            continue
        cells, label = _cells(line)
        labelled += label.lower() not in {"", "ms", "s"}
        values = [_number(cell) for cell in cells]
        width = width or len(cells)
        if len(values) == width <= 2 and _is_interval(values[-1]) and None not in values:
            rows.append([value for value in values if value is not None])
            lines.append(number)
            continue
        bad += 1
        if len(faults) < MOST_FAULTS:
            faults.append(_fault(line, path, number, values))
    if bad > len(faults):
        more = bad - len(faults)
        faults.append(RecordingError(f"and {more} more", where=str(path), zh=f"另有 {more} 处"))
    raise_faults(faults, path)
    if len(rows) < 2:
        what = "holds one interval only" if rows else "holds no interval"
        zh = "间期太少：请每行写一个间期，单位毫秒"
        raise RecordingError(what, where=str(path), hint="one interval a line, in ms", zh=zh)
    table, numbers = np.array(rows), np.array(lines, np.float64)
    x = table[:, -1]
    factor = (1000.0 if unit == "s" else 1.0) if unit is not None else to_ms(x, path)
    if unit is None:
        raise_faults(mixed(x, factor, numbers, path), path)
    ms = x * factor
    stream = Stream("rr", Kind.RRI, Unit.MILLISECOND)
    column = Column("rr", Kind.RRI, Unit.MILLISECOND)
    raise_faults(check_values(ms[:, np.newaxis], column, where=str(path), lines=numbers), path)
    t = np.cumsum(ms) / 1000.0 if width == 1 else _beat_times(table[:, 0], ms, numbers, path)
    left_out = LeftOut(
        f"the letters behind {labelled} intervals are not used",
        f"{labelled} 个间期后面的字母没有使用",
    )
    ignored = (left_out,) if labelled else ()
    return Recording(path, (Track(stream, t, ms[:, np.newaxis]),), ignored)


def _beat_times(t: F64, ms: F64, lines: F64, path: Path) -> F64:
    """Return when the intervals ended, s, if the first of two columns tells it.

    It may be the time of the beat after the interval, or of the one before, or a running number.
    """
    ended = ending(t, ms)
    if ended is not None:
        raise_faults(check_times(t, lines, path=path), path)
        return ended
    if np.all(np.diff(t) == 1.0) and t[0] in {0.0, 1.0}:
        return np.cumsum(ms) / 1000.0
    what = "has two columns, and the first is not the time of the beats"
    hint = "one interval a line, or a table whose first line names its columns"
    zh = "有两列，而第一列不是心跳的时间：请每行只写一个间期，或在第一行写明各列的名称"
    raise RecordingError(what, where=str(path), hint=hint, zh=zh)


def _cells(line: str) -> tuple[list[str], str]:
    """Return the numbers of a line and the letter behind them.

    A comma between digits alone is a decimal one.
    """
    text = line.strip().rstrip(",;\t ")
    if ";" in text or "\t" in text:
        parts = re.split(r"[;\t]", text)
    elif " " in text:
        parts = re.split(r",?\s+", text)
    else:
        parts = text.split(",") if text.count(",") == 1 and "." in text else [text]
    cells = [part.strip().strip('"') for part in parts]
    if len(cells) > 1 and _LABEL.fullmatch(cells[-1]):
        return cells[:-1], cells[-1]
    return cells, ""


def _is_interval(value: float | None) -> bool:
    return value is not None and bool(np.isfinite(value)) and value > 0


def _fault(line: str, path: Path, number: int, values: list[float | None]) -> RecordingError:
    where = f"{path}: line {number}"
    said = line.strip()[:40]
    if len(values) == 1 and values[0] is not None:
        what = f"an interval of {said} makes all later times unknown"
        hint = "give the times too: columns t,rr[ms]"
        zh = f"间期 {said} 使之后的时间无法确定：请同时给出时间，列名 t,rr[ms]"
        return RecordingError(what, where=where, hint=hint, zh=zh)
    if len(values) > 1 and None not in values:
        hint = "one interval a line, or a table whose first line names its columns"
        zh = f"“{said}”不止一个数：请每行写一个间期，或在第一行写明各列的名称"
        return RecordingError(f"{said!r} is more than one number", where=where, hint=hint, zh=zh)
    hint = "remove the line, or begin it with #"
    zh = f"“{said}”不是间期：请删去这一行，或在行首加 #"
    return RecordingError(f"{said!r} is no interval", where=where, hint=hint, zh=zh)


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell.replace(",", "."))
    except ValueError:
        return None
