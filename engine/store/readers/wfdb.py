"""Reads records of PhysioNet (WFDB): a header ``.hea`` and the signal files it names."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import RecordingError
from engine.store.columns import LEADS, Column, column_of, kind_of
from engine.store.left_out import unknown
from engine.store.readers.wfdb_samples import MISSING, UNPACK
from engine.store.track import Recording, Track, check_values, finish
from engine.streams import F64, Stream
from engine.units import Kind

DEFAULT_GAIN = 200.0

_SIGNAL = re.compile(
    r"^(?P<file>\S+)\s+(?P<format>\d+)(?:x(?P<frames>\d+))?(?::(?P<skew>-?\d+))?(?:\+(?P<offset>\d+))?"
    r"(?:\s+(?P<gain>[-+.\deE]+)(?:\((?P<baseline>-?\d+)\))?(?:/(?P<unit>\S+))?"
    r"(?:\s+(?P<bits>\d+)(?:\s+(?P<zero>-?\d+)(?:\s+(?P<first>-?\d+)(?:\s+(?P<sum>-?\d+)"
    r"(?:\s+(?P<block>\d+)(?:\s+(?P<name>.*))?)?)?)?)?)?)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal line of a header."""

    file: str
    format: str
    frames: int
    skew: int
    offset: int
    gain: float
    baseline: int
    unit: str
    checksum: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Head:
    """A header: frames a second, samples (None: to the end of the file), signals."""

    rate: float
    length: int | None
    signals: tuple[Signal, ...]


def read_wfdb(path: Path) -> Recording:
    """Return the record whose header or signal file is ``path``.

    Raises
    ------
    RecordingError, FaultyFileError
        When a part is missing, cut short, altered, or in a format we do not read.
    """
    header = path.with_suffix(".hea")
    if not header.is_file():
        what = f"needs its header {header.name} beside it"
        raise RecordingError(
            what,
            where=str(path),
            hint="copy both files",
            zh=f"旁边缺少头文件 {header.name}，请把两个文件放在一起",
        )
    head = _header(header)
    tracks: list[Track] = []
    ignored: list[str] = []
    faults: list[RecordingError] = []
    names: dict[str, int] = {}
    files: dict[str, list[NDArray[np.int64]]] = {}
    for number, signal in enumerate(head.signals):
        if signal.file not in files:
            together = [s for s in head.signals if s.file == signal.file]
            files[signal.file] = _columns(header, together, head.length)
        before = sum(s.file == signal.file for s in head.signals[:number])
        counts = files[signal.file][before]
        try:
            column = _column(signal, where=str(header))
        except RecordingError as fault:
            faults.append(fault)
            continue
        if column is None:
            ignored.append(unknown("signal", "信号", signal.name))
            continue
        rate = head.rate * signal.frames
        x = column.converted(_physical(counts, signal)[:, np.newaxis])
        faults += check_values(x, column, where=str(header))
        names[column.name] = names.get(column.name, 0) + 1
        name = column.name if names[column.name] == 1 else f"{column.name}_{names[column.name]}"
        stream = Stream(name, column.kind, column.unit, rate, 0.0, (column.axis,))
        tracks.append(Track(stream, np.arange(len(x)) / rate, x))
    return finish(header, tracks, ignored, faults)


def _header(path: Path) -> Head:
    lines = [
        line.strip()
        for line in _decoded(path.read_bytes()).splitlines()
        if line.strip() and not line.startswith("#")
    ]
    words = lines[0].split() if lines else []
    try:
        record, count = words[0], int(words[1])
        rate = float(words[2].split("/")[0]) if len(words) > 2 else 250.0
        length = int(words[3]) or None if len(words) > 3 else None
    except (IndexError, ValueError):
        raise RecordingError("is no WFDB header", where=str(path), zh="不是 WFDB 头文件") from None
    if "/" in record:
        what = "is in several segments"
        name = record.partition("/")[0]
        hint = (
            "give the .hea of one segment, or join them with the WFDB tools: "
            f"snip -i {name} -n joined"
        )
        raise RecordingError(
            what,
            where=str(path),
            hint=hint,
            zh="由几段组成：请给出其中一段的 .hea 文件，或先用 WFDB 工具合并",
        )
    if not 0 < count <= len(lines) - 1 or not 0.0 < rate <= 100_000.0:
        what = f"names {count} signals at {rate:g} Hz and describes {len(lines) - 1}"
        raise RecordingError(
            what, where=str(path), hint="the header may be cut short", zh="头文件不完整"
        )
    return Head(rate, length, tuple(_signal(line, path) for line in lines[1 : count + 1]))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace") if _is_double(raw) else raw.decode("latin-1")


def _is_double(raw: bytes) -> bool:
    """Tell whether bytes beyond ASCII stand beside each other, as in Chinese text."""
    return re.search(rb"[\x80-\xff]{2}", raw) is not None


def _signal(line: str, path: Path) -> Signal:
    match = _SIGNAL.match(line)
    if match is None:
        raise RecordingError(
            f"cannot be understood: {line[:60]!r}",
            where=str(path),
            zh=f"头文件中有一行无法理解：{line[:60]}",
        )
    m = match.groupdict()
    if m["format"] not in UNPACK:
        what = f"is in format {m['format']}"
        known = ", ".join(UNPACK)
        raise RecordingError(
            what,
            where=f"{path}: {m['file']}",
            hint=f"we read {known}",
            zh=f"格式 {m['format']} 不能读，能读的有 {known}",
        )
    if Path(m["file"]).name != m["file"]:
        what = f"names a file elsewhere: {m['file']!r}"
        raise RecordingError(
            what,
            where=str(path),
            hint="the signal file lies beside its header",
            zh="信号文件应与头文件放在一起",
        )
    zero = int(m["zero"] or 0)
    return Signal(
        m["file"], m["format"], max(1, int(m["frames"] or 1)), int(m["skew"] or 0),
        int(m["offset"] or 0), float(m["gain"] or 0.0) or DEFAULT_GAIN,
        int(m["baseline"]) if m["baseline"] else zero, m["unit"] or "mV",
        int(m["sum"]) if m["sum"] else None, (m["name"] or "").strip(),
    )  # fmt: skip


def _columns(header: Path, signals: list[Signal], length: int | None) -> list[NDArray[np.int64]]:
    """Return the samples of each of the ``signals`` that share one file."""
    first = signals[0]
    path = header.with_name(first.file)
    if not path.is_file():
        what = f"needs the file {first.file} beside it"
        raise RecordingError(
            what, where=str(header), hint="copy it too", zh=f"旁边缺少文件 {first.file}，请一起复制"
        )
    values = UNPACK[first.format](path.read_bytes()[first.offset :])
    width = sum(s.frames for s in signals)
    if length is not None and len(values) < length * width:
        what = f"is cut short: {len(values) // width} of {length} samples"
        raise RecordingError(
            what,
            where=str(path),
            hint="copy it again",
            zh=f"文件不完整：{length} 个数值中只有 {len(values) // width} 个，请重新复制",
        )
    frames = length if length is not None else len(values) // width
    table = values[: frames * width].reshape(frames, width)
    made: list[NDArray[np.int64]] = []
    at = 0
    for signal in signals:
        own = np.ascontiguousarray(table[:, at : at + signal.frames]).reshape(-1)
        at += signal.frames
        told = signal.checksum
        if told and length is not None and (int(own.sum()) - told) % 65536:
            what = f"signal {signal.name!r} is not what its header's checksum says"
            raise RecordingError(
                what,
                where=str(path),
                hint="copy both files again",
                zh=f"信号“{signal.name}”与头文件的校验和不符，请重新复制两个文件",
            )
        made.append(own)
    return made


def _physical(counts: NDArray[np.int64], signal: Signal) -> F64:
    x = (counts - signal.baseline) / signal.gain
    x[counts == MISSING[signal.format]] = np.nan
    if signal.skew > 0:  # this signal was sampled so many frames late
        late = signal.skew * signal.frames
        x = np.concatenate((x[late:], np.full(min(late, len(x)), np.nan)))
    return x


def _column(signal: Signal, *, where: str) -> Column | None:
    name = signal.name if kind_of(signal.name) is not None else signal.name.partition(" ")[0]
    if LEADS.match(name):
        name = "ecg"
    if name.lower() == "pleth" or kind_of(name) is None:
        return column_of("ppg", "raw", where=where) if name.lower() == "pleth" else None
    known = kind_of(name)
    unit = "raw" if known is not None and known[0] in {Kind.PPG, Kind.RESP} else signal.unit
    return column_of(name, unit, where=where)
