"""Reads R-R intervals as Polar Flow exports them (CSV), and older Polar watches (HRM)."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.left_out import LeftOut
from engine.store.readers.plain import text_of
from engine.store.readers.table import read_table
from engine.store.track import Recording, Track, finish, raise_faults
from engine.streams import F64, Stream
from engine.units import Kind, Unit

LISTED = 238
"""What an HRM file says its interval is when it lists beats instead of averages."""


def is_polar_flow(text: str) -> bool:
    """Tell whether ``text`` begins as Polar Flow writes it."""
    return re.match(r'\s*"?duration"?\s*[,;]\s*"?offline"?\s*\n', text, re.IGNORECASE) is not None


def read_polar_flow(path: Path) -> Recording:
    """Return the intervals in the export at ``path``; those without contact leave a hole.

    Raises
    ------
    RecordingError, FaultyFileError
        When a line is no interval.
    """
    table = read_table(path)
    rows = table.numbers([0, 1])
    if len(rows) < 2:
        raise RecordingError("holds one interval only", where=str(path), zh="只有一个间期")
    ms = rows[:, 0]
    bad = np.flatnonzero(~(ms > 0.0) | ~np.isfinite(ms))
    raise_faults([
        RecordingError(f"an interval of {ms[k]:g} ms", where=f"{path}: line {table.lines[k]:.0f}",
                       hint="export it again", zh=f"间期不能是 {ms[k]:g} 毫秒，请重新导出")
        for k in bad[:10].tolist()
    ], path)  # fmt: skip
    worn = ~(rows[:, 1] > 0.0)
    off = np.count_nonzero(~worn)
    told = LeftOut(f"{off} intervals without contact", f"{off} 个间期没有佩戴接触")
    ignored = [told] if off else []
    if np.count_nonzero(worn) < 2:
        raise RecordingError(
            "has no interval with contact",
            where=str(path),
            hint="wear the strap",
            zh="没有佩戴接触时的间期：请戴好胸带",
        )
    return _made(path, np.cumsum(ms)[worn] / 1000.0, ms[worn], ignored)


def read_hrm(path: Path) -> Recording:
    """Return the intervals in the HRM file at ``path``.

    Raises
    ------
    RecordingError, FaultyFileError
        When it holds averages, not beats, or a line that is no interval.
    """
    section = ""
    ms: list[float] = []
    faults: list[RecordingError] = []
    for number, line in enumerate(text_of(path).split("\n"), 1):
        said = line.strip()
        if said.startswith("["):
            section = said.lower()
        elif section == "[params]" and said.lower().startswith("interval="):
            if said.partition("=")[2].strip() != str(LISTED):
                what = "holds averages of heart rate, not beats"
                hint = "record in R-R mode"
                raise RecordingError(
                    what,
                    where=f"{path}: line {number}",
                    hint=hint,
                    zh="只有平均心率，没有逐次心跳：请用 R-R 模式记录",
                )
        elif section == "[hrdata]" and said:
            value = float(said) if re.fullmatch(r"\d+(?:\.\d+)?", said) else 0.0
            if not 0.0 < value < 1e6:
                at = f"{path}: line {number}"
                faults.append(
                    RecordingError(
                        f"{said[:40]!r} is no interval", where=at, zh=f"“{said[:40]}”不是间期"
                    )
                )
            ms.append(value)
    raise_faults(faults[:10], path)
    if len(ms) < 2:
        hint = "it has a part [HRData]"
        raise RecordingError(
            "is no HRM file with beats",
            where=str(path),
            hint=hint,
            zh="不是含有逐次心跳的 HRM 文件：应有 [HRData] 部分",
        )
    x = np.array(ms)
    return _made(path, np.cumsum(x) / 1000.0, x, [])


def _made(path: Path, t: F64, ms: F64, ignored: Sequence[str]) -> Recording:
    stream = Stream("rr", Kind.RRI, Unit.MILLISECOND)
    return finish(path, [Track(stream, t, ms[:, np.newaxis])], ignored, ())
