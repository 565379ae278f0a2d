"""Takes a text table apart: heading, sampling rate, and its cells as numbers."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import RecordingError
from engine.store.readers.plain import text_of
from engine.store.track import raise_faults
from engine.streams import F64

MOST_FAULTS = 10
"""So many faulty lines are told one by one."""
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", ".", "#n/a"})
CELLS_APART = "\x1f"
"""Separates cells that were quoted: no instrument writes it."""

_RATE = re.compile(r"^#\s*rate\s*[=:]\s*(?P<rate>\S+)\s*(?:hz)?[;,\s]*$", re.IGNORECASE)
_SEPARATOR = re.compile(r'^"?sep=(?P<separator>[,;\t])"?$', re.IGNORECASE)
_EMPTY = r"(?<=[\n{0}])[ ]*(?=[\n{0}])"
_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """A file taken apart: headings, rate, rows of text and the line each stands on."""

    path: Path
    headings: tuple[str, ...]
    rate: float | None
    rows: tuple[str, ...]
    lines: F64
    separator: str

    def column(self, number: int) -> list[str]:
        """Return the cells of one column as they were written; '' where a row is too short."""
        cells = (row.split(self.separator) for row in self.rows)
        return [c[number].strip().strip('"') if number < len(c) else "" for c in cells]

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
    lines = text_of(path).split("\n")
    rate: float | None = None
    separator = ""
    first = 0
    for line in lines:
        said = line.strip()
        if (told := _SEPARATOR.match(said)) is not None:
            separator = told["separator"]
        elif said.startswith("#"):
            match = _RATE.match(said)
            if match is not None:
                rate = _rate(match["rate"], where=f"{path}: line {first + 1}")
        elif said.strip(",;"):
            break
        first += 1
    if first == len(lines):
        raise RecordingError("has no heading", where=str(path), hint="name the columns")
    heading = lines[first]
    separator = separator or max(",;\t", key=heading.count)
    rows = lines[first + 1 :]
    numbers = np.arange(first + 2, first + 2 + len(rows), dtype=np.float64)
    if any(not row or row.isspace() or row.lstrip().startswith("#") for row in rows):
        full = [k for k, row in enumerate(rows) if row.strip() and not row.lstrip().startswith("#")]
        numbers, rows = numbers[full], [rows[k] for k in full]
    if '"' in heading or (rows and '"' in rows[0]):
        heading, *rows = [_unquoted(row, separator) for row in (heading, *rows)]
        separator = CELLS_APART
    headings = heading.split(separator)
    headings, rows = _without_margin(headings, rows, separator)
    if _has_commas(path, len(headings), rows, separator):
        rows = [row.replace(",", ".") for row in rows]
    return Table(path, tuple(headings), rate, tuple(rows), numbers, separator)


def _rate(text: str, *, where: str) -> float:
    try:
        rate = float(text.rstrip(";,").replace(",", "."))
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= 100_000.0:
        raise RecordingError(f"rate cannot be {text!r}", where=where, hint="write # rate=250 (Hz)")
    return rate


def _unquoted(line: str, separator: str) -> str:
    """Return ``line`` with its quoted cells bare; a quote that never ends is left as it is."""
    cells = next(csv.reader([line], delimiter=separator), [])
    return CELLS_APART.join(cells)


def _without_margin(
    headings: list[str], rows: list[str], separator: str
) -> tuple[list[str], list[str]]:
    """Return the table without the empty last columns that spreadsheets add."""
    while len(headings) > 1 and not headings[-1].strip():
        if not all(row.endswith(separator) or row.count(separator) < len(headings) - 1
                   for row in rows):  # fmt: skip
            break
        rows = [row[:-1] if row.count(separator) == len(headings) - 1 else row for row in rows]
        headings = headings[:-1]
    n = len(headings)
    if rows and all(row.count(separator) == n and row.endswith(separator) for row in rows):
        rows = [row[:-1] for row in rows]
    return headings, rows


def _has_commas(path: Path, width: int, rows: list[str], separator: str) -> bool:
    """Tell whether the numbers of a table are written with a decimal comma.

    Raises
    ------
    RecordingError
        When some have commas and some have points: a thousand and a thousandth look alike.
    """
    if separator == ",":
        # One column needs no separator, so a comma in it is a decimal one.
        return width == 1 and any(_COMMA.fullmatch(row.strip()) for row in rows)
    cells = {cell.strip() for row in rows if "," in row for cell in row.split(separator)}
    if not any(_COMMA.fullmatch(cell) for cell in cells):
        return False
    edge = re.escape(separator)
    point = re.compile(rf"(?:^|{edge})[ ]*[-+]?\d+\.\d+[ ]*(?:{edge}|$)")
    for row in rows:
        if point.search(row):
            what = f"mixes decimal commas and decimal points: {row[:40]!r}"
            raise RecordingError(what, where=str(path), hint="write all numbers one way")
    return True


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
