"""Reads what an Empatica E4 wrist band leaves: a folder or zip of small CSV files."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.store.columns import Column
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
SILENT = frozenset({"HR.csv", "tags.csv", "info.txt"})


def is_empatica(path: Path) -> bool:
    """Tell whether ``path`` is a folder or zip that holds the band's files."""
    try:
        names = _names(path)
    except (OSError, zipfile.BadZipFile):
        return False
    return any(name in SHEETS for name in names)


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
        raise RecordingError(what, where=str(path), hint="download it again") from error
    if not any(name in SHEETS for name in texts):
        what = "holds no Empatica files (BVP.csv, EDA.csv, TEMP.csv, ACC.csv)"
        raise RecordingError(what, where=str(path), hint="choose the folder the files lie in")
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
            ignored.append(f"{name} holds nothing")
            continue
        start, track = made
        if name != INTERVALS:
            sheet = SHEETS[name]
            faults += check_values(track.x, Column(sheet.name, sheet.kind, sheet.unit), where=where)
        started.append((start, track))
    zero = min((start for start, _ in started), default=0.0)
    tracks = [Track(k.stream, k.t + (start - zero), k.x) for start, k in started]
    return finish(path, tracks, ignored, faults)


def _names(path: Path) -> dict[str, str]:
    """Return where each file of the band lies: its bare name and its full one."""
    if path.is_dir():
        return {p.name: p.name for p in sorted(path.iterdir()) if p.is_file()}
    with zipfile.ZipFile(path) as packed:
        return {name.rpartition("/")[2]: name for name in packed.namelist()}


def _opener(path: Path, names: Mapping[str, str]) -> Callable[[str], str]:
    def read(name: str) -> str:
        if path.is_dir():
            return (path / name).read_text(encoding="utf-8-sig", errors="replace")
        with zipfile.ZipFile(path) as packed:
            if packed.getinfo(names[name]).file_size > MOST_BYTES:
                raise RecordingError(f"{name} is beyond reason large", where=str(path))
            return packed.read(names[name]).decode("utf-8-sig", errors="replace")

    return read


def _samples(text: str, sheet: Sheet, where: str) -> tuple[float, Track] | None:
    """Return start (Unix s) and samples: two lines of start and rate, then the values."""
    table = _table(text, where)
    if len(table) < 4:
        return None
    start, rate = float(table[0, 0]), float(table[1, 0])
    if table.shape[1] != len(sheet.axes) or not 0.0 < rate <= 1000.0:
        what = "does not begin with a time and a rate"
        raise RecordingError(what, where=where, hint="use the file as the band left it")
    x = table[2:] * sheet.factor
    stream = Stream(sheet.name, sheet.kind, sheet.unit, rate, 0.0, sheet.axes)
    return start, Track(stream, np.arange(len(x)) / rate, np.ascontiguousarray(x))


def _beats(text: str, where: str) -> tuple[float, Track] | None:
    """Return start (Unix s) and intervals: time of the beat since then, length in s."""
    head, _, rest = text.partition("\n")
    if not rest.strip():
        return None
    table = _table(rest, where)
    try:
        start = float(head.split(",")[0])
    except ValueError:
        start = np.nan
    rising = len(table) < 2 or bool(np.all(np.diff(table[:, 0]) > 0))
    if not np.isfinite(start) or table.shape[1] != 2 or not rising or np.any(table[:, 1] <= 0):
        what = "is no list of times and intervals"
        raise RecordingError(what, where=where, hint="use the file as the band left it")
    if len(table) < 2:
        return None
    stream = Stream("ibi", Kind.PPI, Unit.MILLISECOND)
    return start, Track(stream, table[:, 0].copy(), 1000.0 * table[:, 1:])


def _table(text: str, where: str) -> F64:
    if not text.strip():
        return np.empty((0, 1))
    try:
        table: F64 = np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2, comments=None)
    except ValueError as error:
        raise RecordingError(
            f"holds something that is no number: {error}", where=where,
            hint="use the file as the band left it",
        ) from error  # fmt: skip
    return table
