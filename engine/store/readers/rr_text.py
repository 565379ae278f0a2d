"""Reads heartbeat intervals kept as plain text: one a line, in milliseconds or seconds."""

import re
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.track import Recording, Track, raise_faults
from engine.streams import Stream
from engine.units import Kind, Unit

MOST_FAULTS = 10
MS = (200.0, 3000.0)
"""The usual interval lies between these, ms; a thousandth of them, s."""

_UNIT = re.compile(r"^#\s*unit\s*[=:]\s*(ms|s)\s*$", re.IGNORECASE)


def is_rr_text(text: str) -> bool:
    """Tell whether the first line that says anything is one number."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            return _number(line) is not None
    return False


def read_rr_text(path: Path) -> Recording:
    """Return the intervals in the text file at ``path``; they add up to time.

    The unit is read from their size, or from a line ``# unit=ms`` (or ``s``).

    Raises
    ------
    RecordingError, FaultyFileError
        Naming every line that is no interval.
    """
    values: list[float] = []
    faults: list[RecordingError] = []
    unit: str | None = None
    bad = 0
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        said = _UNIT.match(line.strip())
        if said is not None:
            unit = said[1].lower()
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        value = _number(line)
        if value is not None and np.isfinite(value) and value > 0:
            values.append(value)
            continue
        bad += 1
        if len(faults) < MOST_FAULTS:
            faults.append(_fault(line, path, number, value))
    if bad > len(faults):
        faults.append(RecordingError(f"and {bad - len(faults)} more", where=str(path)))
    raise_faults(faults, path)
    if len(values) < 2:
        what = "holds one interval only" if values else "is empty"
        raise RecordingError(what, where=str(path), hint="one interval a line, in ms")
    x = np.array(values)
    ms = x * (1000.0 if _in_seconds(x, unit, path) else 1.0)
    stream = Stream("rr", Kind.RRI, Unit.MILLISECOND)
    return Recording(path, (Track(stream, np.cumsum(ms) / 1000.0, ms[:, np.newaxis]),))


def _in_seconds(x: np.ndarray, unit: str | None, path: Path) -> bool:
    if unit is not None:
        return unit == "s"
    usual = float(np.median(x))
    for factor in (1.0, 1000.0):
        if MS[0] <= usual * factor <= MS[1]:
            return factor != 1.0
    what = f"the usual interval is {usual:g}, a heartbeat neither in ms nor in s"
    raise RecordingError(what, where=str(path), hint="one R-R interval a line, in ms or s")


def _fault(line: str, path: Path, number: int, value: float | None) -> RecordingError:
    where = f"{path}: line {number}"
    said = line.strip()[:40]
    if value is not None:
        what = f"an interval of {said} makes all later times unknown"
        return RecordingError(what, where=where, hint="give the times too: columns t,rr[ms]")
    if len(line.replace(",", " ").split()) > 1 and _number(line.replace(",", ".")) is None:
        hint = "one interval a line, or a table whose first line names its columns"
        return RecordingError(f"{said!r} is more than one number", where=where, hint=hint)
    hint = "write a decimal point" if "," in said else "remove the line, or begin it with #"
    return RecordingError(f"{said!r} is no interval", where=where, hint=hint)


def _number(line: str) -> float | None:
    try:
        return None if "_" in line else float(line)
    except ValueError:
        return None
