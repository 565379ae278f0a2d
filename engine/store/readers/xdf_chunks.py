"""Takes an XDF file apart, chunk by chunk."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from engine.errors import RecordingError
from engine.store.left_out import LeftOut
from engine.store.readers.xdf_times import aligned
from engine.streams import F64

MAGIC = b"XDF:"
LATEST = 1e12
"""s; no clock of a computer is beyond it."""
SIZES = frozenset({1, 4, 8})
"""Bytes a length may be written with."""
CUT = LeftOut(
    "the file is cut short: what came after the cut is lost",
    "文件不完整：断开处之后的内容已丢失", damage=True,
)  # fmt: skip
STREAM_HEADER, SAMPLES, CLOCK_OFFSET = 2, 3, 4
TYPES = {
    "float32": "<f4", "double64": "<f8", "int8": "<i1", "int16": "<i2", "int32": "<i4",
    "int64": "<i8",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """One stream of the file: ``t`` ``(n,)`` s, ``x`` ``(n, channels)``; ``text`` has no ``x``."""

    name: str
    kind: str
    rate: float | None
    labels: tuple[str, ...]
    units: tuple[str, ...]
    text: bool
    t: F64
    x: F64


@dataclass(slots=True)
class _Making:
    """A stream while it is read."""

    head: ET.Element
    width: int
    rate: float
    format: str
    t: list[float] = field(default_factory=list[float])
    x: list[bytes] = field(default_factory=list[bytes])
    measured: list[float] = field(default_factory=list[float])
    offsets: list[float] = field(default_factory=list[float])


def feeds(path: Path, ignored: list[str]) -> list[Feed]:
    """Return every stream in the file at ``path``.

    A file cut short gives what came before the cut, and says so in ``ignored``.

    Raises
    ------
    RecordingError
        When it is no XDF file, or damaged.
    """
    raw = path.read_bytes()
    if raw[: len(MAGIC)] != MAGIC:
        raise RecordingError(
            "is no XDF file", where=str(path), hint="it begins with XDF:", zh="不是 XDF 文件"
        )
    making: dict[int, _Making] = {}
    try:
        for tag, content in _chunks(raw, ignored):
            if tag not in {STREAM_HEADER, SAMPLES, CLOCK_OFFSET}:
                continue
            (number,) = struct.unpack_from("<I", content)
            if tag == STREAM_HEADER:
                making[number] = _begun(bytes(content[4:]))
            elif tag == SAMPLES:
                _take(making[number], content)
            else:
                when, offset = struct.unpack_from("<dd", content, 4)
                making[number].measured.append(_time(when))
                making[number].offsets.append(_time(offset))
        return [_done(stream) for stream in making.values()]
    except (struct.error, KeyError, IndexError, ValueError, ET.ParseError) as error:
        what = f"is damaged: {error}"
        raise RecordingError(
            what, where=str(path), hint="copy it again", zh="文件已损坏，请重新复制"
        ) from error


def _chunks(raw: bytes, ignored: list[str]) -> Iterator[tuple[int, memoryview]]:
    view, at = memoryview(raw), len(MAGIC)
    while at < len(raw):
        whole = view[at] not in SIZES or at + 1 + view[at] <= len(raw)
        length, begin = _count(view, at) if whole else (0, at)
        if length < 2 or begin + length > len(raw):
            ignored.append(CUT)
            return
        (tag,) = struct.unpack_from("<H", view, begin)
        yield tag, view[begin + 2 : begin + length]
        at = begin + length


def _count(view: memoryview, at: int) -> tuple[int, int]:
    """Return a number of 1, 4 or 8 bytes and where it ends."""
    size = view[at]
    if size not in SIZES or at + 1 + size > len(view):
        raise ValueError(f"a length of {size} bytes at byte {at}")
    return int.from_bytes(view[at + 1 : at + 1 + size], "little"), at + 1 + size


def _begun(text: bytes) -> _Making:
    # The file is the user's own; expat itself refuses entities that explode.
    head = ET.fromstring(text.rstrip(b"\0"))  # noqa: S314
    width = int(head.findtext("channel_count") or 0)
    form = head.findtext("channel_format") or ""
    rate = float(head.findtext("nominal_srate") or 0.0)
    if not 0 < width <= 4096 or form not in {*TYPES, "string"} or not 0.0 <= rate <= 1e6:
        raise ValueError(f"a stream of {width} channels of {form!r} at {rate:g} Hz")
    return _Making(head, width, rate, form)


def _take(stream: _Making, content: memoryview) -> None:
    count, at = _count(content, 4)
    size = (
        0 if stream.format == "string" else stream.width * np.dtype(TYPES[stream.format]).itemsize
    )
    for _ in range(count):
        stamped = content[at]
        at += 1
        if stamped == 8:
            (t,) = struct.unpack_from("<d", content, at)
            at += 8
        elif stamped == 0 and stream.rate > 0.0 and stream.t:
            t = stream.t[-1] + 1.0 / stream.rate
        elif stamped == 0:
            t = 0.0
        else:
            raise ValueError(f"a stamp of {stamped} bytes")
        if size:
            if at + size > len(content):
                raise ValueError("a sample is cut short")
            stream.x.append(bytes(content[at : at + size]))
            at += size
        else:
            for _ in range(stream.width):
                length, begin = _count(content, at)
                at = begin + length
        stream.t.append(_time(t))


def _time(t: float) -> float:
    if not abs(t) < LATEST:
        raise ValueError(f"a time of {t:g} s")
    return t


def _done(stream: _Making) -> Feed:
    head = stream.head
    channels = head.findall("desc/channels/channel")
    labels = [(c.findtext("label") or c.findtext("name") or "").strip() for c in channels]
    units = [(c.findtext("unit") or "").strip() for c in channels]
    width, text = stream.width, stream.format == "string"
    x = np.empty((len(stream.t), 0))
    if not text:
        form = np.dtype(TYPES[stream.format])
        x = np.frombuffer(b"".join(stream.x), form).reshape(-1, width).astype(np.float64)
    t = aligned(np.array(stream.t), np.array(stream.measured), np.array(stream.offsets))
    return Feed(
        (head.findtext("name") or "").strip(), (head.findtext("type") or "").strip(),
        stream.rate or None, tuple((labels + [""] * width)[:width]),
        tuple((units + [""] * width)[:width]), text, t, x,
    )  # fmt: skip
