"""Reads heartbeat intervals kept as plain text: one a line, in milliseconds or seconds.

A second column may come before it: when the beat was (as Kubios and others write).
"""

import re
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.readers.interval_unit import mixed, to_ms
from engine.store.readers.plain import text_of
from engine.store.track import Recording, Track, check_times, raise_faults
from engine.streams import F64, Stream
from engine.units import Kind, Unit

MOST_FAULTS = 10
ALIKE, MOSTLY = 0.02, 0.9
"""A first column is the time of the beats if nearly all its steps are the intervals."""

_UNIT = re.compile(r"^#\s*unit\s*[=:]\s*(ms|s)\s*$", re.IGNORECASE)


def is_rr_text(text: str) -> bool:
    """Tell whether the first line that says anything is one number, or two."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            cells = _cells(line)
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
    width = 0
    bad = 0
    for number, line in enumerate(text_of(path).split("\n"), 1):
        said = _UNIT.match(line.strip())
        if said is not None:
            unit = said[1].lower()
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = _cells(line)
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
        faults.append(RecordingError(f"and {bad - len(faults)} more", where=str(path)))
    raise_faults(faults, path)
    if len(rows) < 2:
        what = "holds one interval only" if rows else "holds no interval"
        raise RecordingError(what, where=str(path), hint="one interval a line, in ms")
    table, numbers = np.array(rows), np.array(lines, np.float64)
    x = table[:, -1]
    factor = (1000.0 if unit == "s" else 1.0) if unit is not None else to_ms(x, path)
    if unit is None:
        raise_faults(mixed(x, factor, numbers, path), path)
    ms = x * factor
    t = np.cumsum(ms) / 1000.0 if width == 1 else _beat_times(table[:, 0], ms, numbers, path)
    stream = Stream("rr", Kind.RRI, Unit.MILLISECOND)
    return Recording(path, (Track(stream, t, ms[:, np.newaxis]),))


def _beat_times(t: F64, ms: F64, lines: F64, path: Path) -> F64:
    """Return the first of two columns as times, s, if its steps are the intervals."""
    raise_faults(check_times(t, lines, path=path), path)
    for factor in (1.0, 1e-3, 60.0):
        step = 1000.0 * factor * np.diff(t)
        if np.mean(np.abs(step - ms[1:]) <= ALIKE * ms[1:] + 2.0) >= MOSTLY:
            return factor * t
    what = "has two columns, and the first is not the time of the beats"
    hint = "one interval a line, or a table whose first line names its columns"
    raise RecordingError(what, where=str(path), hint=hint)


def _cells(line: str) -> list[str]:
    """Return the numbers of a line; a comma between digits alone is a decimal one."""
    text = line.strip()
    if ";" in text or "\t" in text:
        parts = re.split(r"[;\t]", text)
    elif " " in text:
        parts = re.split(r",?\s+", text)
    else:
        parts = text.split(",") if text.count(",") == 1 and "." in text else [text]
    return [part.strip().strip('"') for part in parts]


def _is_interval(value: float | None) -> bool:
    return value is not None and bool(np.isfinite(value)) and value > 0


def _fault(line: str, path: Path, number: int, values: list[float | None]) -> RecordingError:
    where = f"{path}: line {number}"
    said = line.strip()[:40]
    if len(values) == 1 and values[0] is not None:
        what = f"an interval of {said} makes all later times unknown"
        return RecordingError(what, where=where, hint="give the times too: columns t,rr[ms]")
    if len(values) > 1 and None not in values:
        hint = "one interval a line, or a table whose first line names its columns"
        return RecordingError(f"{said!r} is more than one number", where=where, hint=hint)
    hint = "remove the line, or begin it with #"
    return RecordingError(f"{said!r} is no interval", where=where, hint=hint)


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell.replace(",", "."))
    except ValueError:
        return None
