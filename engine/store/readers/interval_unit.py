"""Tells whether heartbeat intervals are in milliseconds or seconds, by their size."""

from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.streams import F64

MS = (200.0, 3000.0)
"""The usual interval lies between these, ms; a thousandth of them, s."""
MOST_TOLD = 5


def to_ms(x: F64, path: Path) -> float:
    """Return what the intervals ``x``, ``(n,)``, are multiplied with to be in ms.

    Raises
    ------
    RecordingError
        When the usual one is no heartbeat in either unit.
    """
    there = x[np.isfinite(x)]
    usual = float(np.median(there)) if len(there) else 0.0
    for factor in (1.0, 1000.0):
        if MS[0] <= usual * factor <= MS[1]:
            return factor
    what = f"the usual interval is {usual:g}, a heartbeat neither in ms nor in s"
    zh = f"间期的中位数是 {usual:g}，无论毫秒还是秒都不像心跳：请每行写一个 RR 间期（毫秒或秒）"
    hint = "one R-R interval a line, in ms or s"
    raise RecordingError(what, where=str(path), hint=hint, zh=zh)


def mixed(x: F64, factor: float, lines: F64, path: Path) -> list[RecordingError]:
    """Return which of the intervals ``x``, ``(n,)``, stand in the other unit than the rest.

    ``factor`` brings the rest into ms; ``lines`` are the numbers of their lines.
    """
    with np.errstate(invalid="ignore"):
        said, found = (
            np.flatnonzero((x * f >= MS[0]) & (x * f <= MS[1])) for f in (factor, 1000.0 / factor)
        )
    if not (len(found) and len(said)):
        return []  # where all do, it is the heading that is wrong
    if len(found) > len(said):
        found = said
    told = ", ".join(f"{line:.0f}" for line in lines[found[:MOST_TOLD]].tolist())
    more = f" and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    what = f"mixes seconds and milliseconds: the other unit stands in line {told}{more}"
    zh = f"秒与毫秒混用：第 {told} 行{'等' if more else ''}用了另一种单位，请统一"
    return [RecordingError(what, where=str(path), hint="write all intervals in one unit", zh=zh)]
