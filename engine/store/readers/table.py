"""Takes a text table apart: heading, sampling rate, and its cells as numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import RecordingError
from engine.store.track import raise_faults
from engine.streams import F64

MOST_FAULTS = 10
"""So many faulty lines are told one by one."""
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "."})

_RATE = re.compile(r"^#\s*rate\s*[=:]\s*(?P<rate>\S+)\s*(?:hz)?\s*$", re.IGNORECASE)
_EMPTY = r"(?<=[\n{0}])[ ]*(?=[\n{0}])"


@dataclass(frozen=True, slots=True)
class Table:
    """A file taken apart: headings, rate, rows of text and the line each stands on."""

    path: Path
    headings: tuple[str, ...]
    rate: float | None
    rows: tuple[str, ...]
    lines: F64
    separator: str

    def numbers(self, wanted: Sequence[int]) -> F64:
        """Return the cells of the ``wanted`` columns, ``(rows, wanted)``; missing is NaN.

        Raises
        ------
        RecordingError, FaultyFileError
            Naming line and column of every cell that is neither a number nor empty.
        """
        n = len(self.headings)
        if not self.rows:
            return np.empty((0, len(wanted)))
        counts = np.array([row.count(self.separator) for row in self.rows], dtype=np.int64)
        uneven = np.flatnonzero(counts != n - 1)
        if not len(uneven):
            try:
                return _fast(self, wanted)
            except ValueError:
                pass  # Some cell is no number; find out which, or that it means "missing".
        faults = [
            RecordingError(
                f"cells: {counts[row] + 1}, the heading has {n}",
                where=f"{self.path}: line {self.lines[row]:.0f}",
                hint="the file may be cut short" if row == len(counts) - 1 else "mend the line",
            )
            for row in uneven[:MOST_FAULTS].tolist()
        ]
        even = np.flatnonzero(counts == n - 1)
        return _slow(self, wanted, even, faults, len(uneven))


def read_table(path: Path) -> Table:
    """Take the text table at ``path`` apart.

    Raises
    ------
    RecordingError
        When it is empty, has no heading or an impossible rate.
    """
    raw = path.read_bytes()
    if not raw.strip():
        raise RecordingError("is empty", where=str(path), hint="the first line names the columns")
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = raw.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    rate: float | None = None
    first = 0
    while first < len(lines) and (not lines[first].strip() or lines[first].startswith("#")):
        match = _RATE.match(lines[first].strip())
        if match is not None:
            rate = _rate(match["rate"], where=f"{path}: line {first + 1}")
        first += 1
    if first == len(lines):
        raise RecordingError("has no heading", where=str(path), hint="name the columns")
    heading = lines[first]
    separator = max(",;\t", key=heading.count)
    rows = lines[first + 1 :]
    numbers = np.arange(first + 2, first + 2 + len(rows), dtype=np.float64)
    if any(not row or row.isspace() for row in rows):
        full = [k for k, row in enumerate(rows) if row and not row.isspace()]
        numbers, rows = numbers[full], [rows[k] for k in full]
    return Table(path, tuple(heading.split(separator)), rate, tuple(rows), numbers, separator)


def _rate(text: str, *, where: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= 100_000.0:
        raise RecordingError(f"rate cannot be {text!r}", where=where, hint="write # rate=250 (Hz)")
    return rate


def _fast(table: Table, wanted: Sequence[int]) -> F64:
    separator = table.separator
    text = "\n" + "\n".join(table.rows) + "\n"
    if separator * 2 in text or f"\n{separator}" in text or f"{separator}\n" in text:
        text = re.sub(_EMPTY.replace("{0}", separator), "nan", text)
    rows = text.strip("\n").split("\n")
    return np.loadtxt(rows, delimiter=separator, usecols=wanted, ndmin=2, comments=None)


def _slow(
    table: Table, wanted: Sequence[int], even: NDArray[np.intp],
    faults: list[RecordingError], count: int,
) -> F64:  # fmt: skip
    made = np.full((len(table.rows), len(wanted)), np.nan)
    for row in even.tolist():
        cells = table.rows[row].split(table.separator)
        for place, column in enumerate(wanted):
            cell = cells[column].strip().strip('"').strip()
            if cell.lower() in MISSING:
                continue
            try:
                made[row, place] = _number(cell)
            except ValueError:
                count += 1
                if len(faults) < MOST_FAULTS:
                    what = f"{cell!r} in column {table.headings[column].strip()!r} is no number"
                    hint = "write a decimal point" if "," in cell else "leave the cell empty"
                    at = f"{table.path}: line {table.lines[row]:.0f}"
                    faults.append(RecordingError(what, where=at, hint=hint))
    if count > len(faults):
        faults.append(RecordingError(f"and {count - len(faults)} more", where=str(table.path)))
    raise_faults(faults, table.path)
    return made


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 1_000 as a number; no instrument writes that
        raise ValueError(cell)
    return float(cell)
