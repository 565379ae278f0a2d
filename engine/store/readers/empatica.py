"""Reads what an Empatica E4 wrist band leaves: a folder or zip of small CSV files."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import Column
from engine.store.left_out import LeftOut
from engine.store.track import Recording, Track, check_values, finish
from engine.streams import F64, Stream
from engine.units import Kind, Unit

MOST_BYTES = 512 * 2**20
"""Of one file in a zip, unpacked."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How one of the files becomes a stream; ``factor`` brings it into ``unit``."""

    name: str
    kind: Kind
    unit: Unit
    factor: float = 1.0
    axes: tuple[str, ...] = ("value",)


SHEETS: Mapping[str, Sheet] = {
    "BVP.csv": Sheet("bvp", Kind.PPG, Unit.RAW),
    "EDA.csv": Sheet("eda", Kind.EDA, Unit.MICROSIEMENS),
    "TEMP.csv": Sheet("temp", Kind.SKIN_TEMP, Unit.CELSIUS),
    "ACC.csv": Sheet("acc", Kind.ACC, Unit.G, 1.0 / 64.0, ("x", "y", "z")),
}
INTERVALS = "IBI.csv"
EPOCH = 1e9
"""s since 1970: the band's files begin with such a time."""
SILENT = frozenset({"HR.csv", "tags.csv", "info.txt"})


def is_empatica(path: Path) -> bool:
    """Tell whether ``path`` is a folder or zip that holds the band's files."""
    try:
        names = _names(path)
    except (OSError, zipfile.BadZipFile):
        return False
    return any(name in SHEETS for name in names)


def is_sheet(path: Path, text: str) -> bool:
    """Tell whether ``path`` is a single one of the band's files, by its name and first line."""
    head = text.lstrip().partition("\n")[0].split(",")[0]
    try:
        since = float(head)
    except ValueError:
        return False
    return (path.name in SHEETS or path.name == INTERVALS) and since > EPOCH


def read_sheet(path: Path, text: str) -> Recording:
    """Return what a single one of the band's files holds; time counts from its start.

    Raises
    ------
    RecordingError, FaultyFileError
        When it is damaged or holds nothing.
    """
    interval = path.name == INTERVALS
    made = _beats(text, str(path)) if interval else _samples(text, SHEETS[path.name], str(path))
    if made is None:
        return finish(path, [], [_nothing(path.name)], [])
    return finish(path, [made[1]], [], _impossible(path.name, made[1], str(path)))


def read_empatica(path: Path) -> Recording:
    """Return everything in the folder or zip at ``path``; time counts from its first sample.

    Raises
    ------
    RecordingError, FaultyFileError
        When a file is damaged or none is there.
    """
    try:
        names = _names(path)
        read = _opener(path, names)
        texts = {name: read(name) for name in names if name in SHEETS or name == INTERVALS}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        what = f"is a damaged zip: {error}"
        raise RecordingError(
            what, where=str(path), hint="download it again", zh="压缩文件已损坏，请重新下载"
        ) from error
    if not any(name in SHEETS for name in texts):
        what = "holds no Empatica files (BVP.csv, EDA.csv, TEMP.csv, ACC.csv)"
        raise RecordingError(
            what,
            where=str(path),
            hint="choose the folder the files lie in",
            zh="没有 Empatica 的文件（BVP.csv、EDA.csv、TEMP.csv、ACC.csv）："
            "请选择这些文件所在的文件夹",
        )
    started: list[tuple[float, Track]] = []
    ignored: list[str] = []
    faults: list[RecordingError] = []
    for name, text in texts.items():
        where = f"{path}/{name}"
        try:
            made = _beats(text, where) if name == INTERVALS else _samples(text, SHEETS[name], where)
        except RecordingError as fault:
            faults.append(fault)
            continue
        if made is None:
            ignored.append(_nothing(name))
            continue
        start, track = made
        faults += _impossible(name, track, where)
        started.append((start, track))
    zero = min((start for start, _ in started), default=0.0)
    tracks = [Track(k.stream, k.t + (start - zero), k.x) for start, k in started]
    return finish(path, tracks, ignored, faults)


def _nothing(name: str) -> LeftOut:
    return LeftOut(f"{name} holds nothing", f"{name} 里没有数据")


def _impossible(name: str, track: Track, where: str) -> list[RecordingError]:
    if name == INTERVALS:
        return []
    sheet = SHEETS[name]
    return check_values(track.x, Column(sheet.name, sheet.kind, sheet.unit), where=where)


def _names(path: Path) -> dict[str, str]:
    """Return where each file of the band lies: its bare name and its full one."""
    if path.is_dir():
        return {p.name: p.name for p in sorted(path.iterdir()) if p.is_file()}
    with zipfile.ZipFile(path) as packed:
        made: dict[str, str] = {}
        for name in packed.namelist():
            bare = name.rpartition("/")[2]
            if bare in made and (bare in SHEETS or bare == INTERVALS):
                one, other = (n.rpartition("/")[0] or "the top" for n in (made[bare], name))
                raise RecordingError(
                    f"holds several recordings: {one} and {other}", where=str(path),
                    hint="unpack it and give the folder of one of them",
                    zh="里面有几段记录：请解压后选择其中一段所在的文件夹",
                )  # fmt: skip
            made[bare] = name
        return made


def _opener(path: Path, names: Mapping[str, str]) -> Callable[[str], str]:
    def read(name: str) -> str:
        if path.is_dir():
            return (path / name).read_text(encoding="utf-8-sig", errors="replace")
        with zipfile.ZipFile(path) as packed:
            if packed.getinfo(names[name]).file_size > MOST_BYTES:
                raise RecordingError(
                    f"{name} is beyond reason large", where=str(path), zh=f"{name} 大得不合理"
                )
            return packed.read(names[name]).decode("utf-8-sig", errors="replace")

    return read


def _samples(text: str, sheet: Sheet, where: str) -> tuple[float, Track] | None:
    """Return start (Unix s) and samples: two lines of start and rate, then the values."""
    table = _table(text, where, len(sheet.axes))
    if len(table) < 4:
        return None
    start, rate = float(table[0, 0]), float(table[1, 0])
    if table.shape[1] != len(sheet.axes) or not 0.0 < rate <= 1000.0:
        what = "does not begin with a time and a rate"
        raise RecordingError(
            what,
            where=where,
            hint="use the file as the band left it",
            zh="开头不是时间和采样率，请使用手环原来导出的文件",
        )
    x = table[2:] * sheet.factor
    stream = Stream(sheet.name, sheet.kind, sheet.unit, rate, 0.0, sheet.axes)
    return start, Track(stream, np.arange(len(x)) / rate, np.ascontiguousarray(x))


def _beats(text: str, where: str) -> tuple[float, Track] | None:
    """Return start (Unix s) and intervals: time of the beat since then, length in s."""
    head, _, rest = text.partition("\n")
    if not rest.strip():
        return None
    table = _table(rest, where, 2)
    try:
        start = float(head.split(",")[0])
    except ValueError:
        start = np.nan
    rising = len(table) < 2 or bool(np.all(np.diff(table[:, 0]) > 0))
    if not np.isfinite(start) or table.shape[1] != 2 or not rising or np.any(table[:, 1] <= 0):
        what = "is no list of times and intervals"
        raise RecordingError(
            what,
            where=where,
            hint="use the file as the band left it",
            zh="不是时间与间期的列表，请使用手环原来导出的文件",
        )
    if len(table) < 2:
        return None
    stream = Stream("ibi", Kind.PPI, Unit.MILLISECOND)
    return start, Track(stream, table[:, 0].copy(), 1000.0 * table[:, 1:])


def _table(text: str, where: str, width: int) -> F64:
    rows = text.split("\n")
    while rows and not rows[-1].strip():
        rows.pop()
    if len(rows) > 1 and rows[-1].count(",") < width - 1:
        rows.pop()  # copied before the band had written all of it
    if not rows:
        return np.empty((0, 1))
    try:
        table: F64 = np.loadtxt(rows, delimiter=",", ndmin=2, comments=None)
    except ValueError:
        bad = next((n for n, row in enumerate(rows, 1) if not _is_row(row, rows[-1])), 1)
        raise RecordingError(
            f"line {bad} of it is no row of numbers: {rows[bad - 1][:40]!r}", where=where,
            hint="use the file as the band left it",
            zh=f"第 {bad} 行不是数字，请使用手环原来导出的文件",
        ) from None  # fmt: skip
    return table


def _is_row(row: str, like: str) -> bool:
    try:
        return len([float(cell) for cell in row.split(",")]) == like.count(",") + 1
    except ValueError:
        return False
