"""Takes a text table apart: heading, sampling rate, and its cells as numbers."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import RecordingError
from engine.store.left_out import cut_line
from engine.store.readers.plain import text_of
from engine.store.track import raise_faults
from engine.streams import F64

MOST_FAULTS = 10
MANY, MOSTLY, LOOKED_AT = 10, 0.95, 1000
"""Cells that show what a column holds, their share, and rows looked at."""
"""So many faulty lines are told one by one."""
MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", ".", "#n/a"})
CELLS_APART = "\x1f"
"""Separates cells that were quoted: no instrument writes it."""

_RATE = re.compile(
    r"^#\s*(?:rate|fs|sf|(?:sampling|sample)[ _]?(?:rate|frequency)|采样率|采样频率)\s*"
    r"(?:\(hz\)|\[hz\])?\s*[=:：]\s*(?P<rate>\S+?)\s*(?:hz)?[;,\s]*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r'^"?sep=(?P<separator>[,;\t|])"?$', re.IGNORECASE)
_LIST = re.compile(r"(?P<one>[3-9]\d\d|1\d{3}),(?P<two>[3-9]\d\d|1\d{3})")
"""Two heartbeat intervals in one cell; read as a decimal comma they would be one of 876.826."""
_WORD = re.compile(r"[a-zµμΩ℃%°][\w./:µμΩ℃%°]*", re.IGNORECASE)
CLOCKS = frozenset({"hh:mm:ss.mmm", "mm:ss.mmm", "hh:mm:ss", "sec", "seconds"})
"""What a line of units says of times."""
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
    cut: str = ""
    """What was left out because the file ends in the middle of a line; else nothing."""

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
        if self.separator == "," and len(uneven) > MOST_FAULTS and np.all(counts[uneven] >= n):
            raise RecordingError(
                f"has {counts[uneven[0]] + 1} cells in a line and {n} in the heading: decimal "
                "commas cannot be told from the commas between cells", where=str(self.path),
                hint="export it with ; between the cells, or with decimal points",
                zh="小数点写成了逗号，与分隔列的逗号无法区分：请用分号分隔各列，或把小数写成点",
            )  # fmt: skip
        faults = [
            RecordingError(
                f"has {counts[row] + 1} cells, the heading {n}",
                where=f"{self.path}: line {self.lines[row]:.0f}", hint="mend the line",
                zh=f"这一行有 {counts[row] + 1} 格，表头有 {n} 格，请改正这一行",
            )
            for row in uneven[:MOST_FAULTS].tolist()
        ]  # fmt: skip
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
        raise RecordingError(
            "has no heading",
            where=str(path),
            hint="name the columns",
            zh="没有表头：请在第一行写各列的名称",
        )
    heading = lines[first]
    rows = lines[first + 1 :]
    separator = separator or _separator(heading, rows)
    numbers = np.arange(first + 2, first + 2 + len(rows), dtype=np.float64)
    if any(not row or row.isspace() or row.lstrip().startswith("#") for row in rows):
        full = [k for k, row in enumerate(rows) if row.strip() and not row.lstrip().startswith("#")]
        numbers, rows = numbers[full], [rows[k] for k in full]
    if '"' in heading or (rows and '"' in rows[0]):
        heading, *rows = [_unquoted(row, separator) for row in (heading, *rows)]
        separator = CELLS_APART
    headings = heading.split(separator)
    if separator == " ":
        rows = [" ".join(row.split()) for row in rows]
    headings, rows = _without_margin(headings, rows, separator)
    headings, rows, numbers = _with_units(headings, rows, numbers, separator)
    cut: str = ""
    if len(rows) > 2 and rows[-1].count(separator) < rows[-2].count(separator) == len(headings) - 1:
        cut = cut_line(float(numbers[-1]))
        rows, numbers = rows[:-1], numbers[:-1]
    if _has_commas(path, len(headings), rows, separator):
        rows = [row.replace(",", ".") for row in rows]
    return Table(path, tuple(headings), rate, tuple(rows), numbers, separator, cut)


def _separator(heading: str, rows: list[str]) -> str:
    """Return what stands between the cells: what the heading holds most of, else wide spaces."""
    likely = max(",;\t|", key=heading.count)
    if likely in heading or not rows:
        return likely
    words = heading.split()
    spaced = len(words) > 1 and all(len(row.split()) == len(words) for row in rows[:9] if row)
    return " " if spaced and heading.count(" ") == len(words) - 1 else likely


def _with_units(
    headings: list[str], rows: list[str], numbers: F64, separator: str
) -> tuple[list[str], list[str], F64]:
    """Return headings with the units that stand in a line of their own below them."""
    cells = [c.strip().strip("'\"()[]") for c in rows[0].split(separator)] if rows else []
    if len(cells) != len(headings) or not all(c == "" or _WORD.fullmatch(c) for c in cells):
        return headings, rows, numbers
    bare = [heading.strip().strip("'\"") for heading in headings]
    units = ["s" if c.lower() in CLOCKS else c for c in cells]
    if not any(units) or any(c.lower() in MISSING for c in cells if c):
        return headings, rows, numbers
    named = [f"{h}[{u}]" if u and "[" not in h and "(" not in h else h
             for h, u in zip(bare, units, strict=True)]  # fmt: skip
    rest = [row.replace("'", "") for row in rows[1:]] if "'" in rows[0] else rows[1:]
    return named, rest, numbers[1:]


def _rate(text: str, *, where: str) -> float:
    try:
        rate = float(text.rstrip(";,").replace(",", "."))
    except ValueError:
        rate = 0.0
    if not 0.0 < rate <= 100_000.0:
        raise RecordingError(
            f"rate cannot be {text!r}",
            where=where,
            hint="write # rate=250 (Hz)",
            zh=f"采样率不能是“{text}”，请写 # rate=250（Hz）",
        )
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
    for number in range(width):
        few = rows[:LOOKED_AT]
        _refuse_lists(path, [row.split(separator)[number:][:1] for row in few if "," in row])
    cells = {cell.strip() for row in rows if "," in row for cell in row.split(separator)}
    if not any(_COMMA.fullmatch(cell) for cell in cells):
        return False
    edge = re.escape(separator)
    point = re.compile(rf"(?:^|{edge})[ ]*[-+]?\d+\.\d+[ ]*(?:{edge}|$)")
    for row in rows:
        if point.search(row):
            what = f"mixes decimal commas and decimal points: {row[:40]!r}"
            raise RecordingError(
                what,
                where=str(path),
                hint="write all numbers one way",
                zh="小数点有的写成逗号，有的写成点，请统一",
            )
    return True


def _refuse_lists(path: Path, cells: list[list[str]]) -> None:
    """Refuse a column whose cells hold two intervals each, as 876,826."""
    said = [cell[0].strip() for cell in cells if cell]
    pairs = [match for match in map(_LIST.fullmatch, said) if match is not None]
    commas = sum("," in cell for cell in said)
    alike = sum(0.5 < int(m["one"]) / int(m["two"]) < 2.0 for m in pairs)
    if len(pairs) >= MANY and len(pairs) == commas and alike >= MOSTLY * len(pairs):
        raise RecordingError(
            f"holds two numbers in one cell: {pairs[0].group()!r}", where=str(path),
            hint="write one interval a line; a decimal comma would need fewer or other digits",
            zh=f"一个单元格里有两个数：“{pairs[0].group()}”。请每行只写一个间期",
        )  # fmt: skip


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
                    zh = f"{cell!r} 不是数字，请" + ("用点作小数点" if "," in cell else "留空")
                    faults.append(RecordingError(what, where=at, hint=hint, zh=zh))
    if count > len(faults):
        more = count - len(faults)
        zh = f"另有 {more} 处"
        faults.append(RecordingError(f"and {more} more", where=str(table.path), zh=zh))
    raise_faults(faults, table.path)
    return made


def _number(cell: str) -> float:
    if "_" in cell:  # Python reads 1_000 as a number; no instrument writes that
        raise ValueError(cell)
    return float(cell)
