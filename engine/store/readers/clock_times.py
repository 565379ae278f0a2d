"""Reads a column of times as spreadsheets write it: of the clock, with a date, or counted."""

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from engine.errors import RecordingError
from engine.streams import F64

HALF_A_DAY = 43_200.0
EPOCHS = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))
"""Counts since 1970 beyond each of these are in ns, us, ms: in seconds that is no year of ours."""

_CLOCK = re.compile(r"^(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2}(?:[.,]\d+)?)$")
_MINUTES = re.compile(r"^(?P<m>\d{1,4}):(?P<s>\d{2}[.,]\d+)$")
_DOTTED = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})[ T](.*)$")


def is_clock(cell: str) -> bool:
    """Tell whether ``cell`` is a time of the clock, with or without a date."""
    return ":" in cell and _seconds(cell) is not None


def clock_times(cells: Sequence[str], lines: F64, where: str) -> F64:
    """Return the times in ``cells``, ``(n,)`` s; midnight is passed, not gone back to.

    Raises
    ------
    RecordingError
        Naming the first line that is none.
    """
    t = np.empty(len(cells))
    for i, cell in enumerate(cells):
        seconds = _seconds(cell)
        if seconds is None:
            at = f"{where}: line {lines[i]:.0f}"
            hint = "write times as 09:00:00.000 or in seconds"
            raise RecordingError(
                f"{cell[:40]!r} is no time",
                where=at,
                hint=hint,
                zh=f"“{cell[:40]}”不是时间：请写成 09:00:00.000 或秒",
            )
        t[i] = seconds
    back = np.diff(t, prepend=t[:1]) < -HALF_A_DAY
    return t + 86_400.0 * np.cumsum(back)


def since_epoch(t: F64) -> float:
    """Return the factor that brings counts since 1970 into s; 1 for any other times."""
    usual = float(np.nanmedian(t)) if np.isfinite(t).any() else 0.0
    return next((factor for least, factor in EPOCHS if usual > least), 1.0)


def _seconds(cell: str) -> float | None:
    text = cell.strip()
    match = _CLOCK.match(text)
    if match is not None:
        whole = 3600 * int(match["h"]) + 60 * int(match["m"])
        return whole + float(match["s"].replace(",", "."))
    match = _MINUTES.match(text)
    if match is not None:
        return 60 * int(match["m"]) + float(match["s"].replace(",", "."))
    dotted = _DOTTED.match(text)
    if dotted is not None:
        text = f"{dotted[3]}-{int(dotted[2]):02d}-{int(dotted[1]):02d} {dotted[4]}"
    text = re.sub(r"^(\d{4})/(\d{1,2})/(\d{1,2})", _dashed, text)
    try:
        return datetime.fromisoformat(re.sub(r"\s+([+-]\d{4})$", r"\1", text)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _dashed(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
