"""Finds every sound block of a recording, however damaged the file around it is.

Nothing is trusted but checksums: a block counts only if its lengths agree with each
other, it unpacks to the size it claims and the bytes have the checksum it carries.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import zstandard

from engine.store.container import CHANNEL, CHUNK, CHUNK_HEAD, LARGEST_BLOCK, MAGIC, MESSAGE
from engine.store.journal import JOURNAL_HEAD, Role

MARK = b"\x04\x00\x00\x00zstd"
"""What every block has a fixed way after its beginning."""
MARK_AT = CHUNK_HEAD.size - 8 - len(MARK)


@dataclass(frozen=True, slots=True)
class Found:
    """A sound block: where it lies, its number, and the steps it covers."""

    offset: int
    end: int
    sequence: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not there any more.

    Attributes
    ----------
    offset, size
        Where in the file, bytes.
    first, last
        The steps that are lost; both -1 where no one can say.
    """

    offset: int
    size: int
    first: int
    last: int
    what: str

    def __str__(self) -> str:
        return f"{self.what} (bytes {self.offset} to {self.offset + self.size})"


@dataclass(frozen=True, slots=True)
class Content:
    """The channels and messages of one block."""

    channels: dict[int, dict[str, str]]
    messages: dict[int, list[memoryview]]

    def role(self, channel: int) -> Role:
        """Return what ``channel`` holds."""
        return Role(self.channels[channel]["role"])


def scan(data: bytes, step_rate: int) -> tuple[tuple[Found, ...], tuple[Damage, ...]]:
    """Return the sound blocks of a file, in order, and what is missing between them."""
    found: list[Found] = []
    damage: list[Damage] = []
    for block in _blocks(data):
        previous = found[-1] if found else None
        expected = previous.sequence + 1 if previous else 0
        if previous is not None and block.sequence < expected:
            size = block.end - block.offset
            damage.append(Damage(block.offset, size, -1, -1, "a block out of its order"))
            continue
        if block.sequence > expected:
            damage.append(_gap(previous, block, block.sequence - expected, step_rate))
        found.append(block)
    return tuple(found), tuple(damage)


def unpack_block(data: bytes, offset: int) -> bytes | None:
    """Return the records of the block at ``offset``; None unless it is sound."""
    if offset < 0 or offset + CHUNK_HEAD.size > len(data):
        return None
    opcode, length, _, _, size, crc, n, name, packed = CHUNK_HEAD.unpack_from(data, offset)
    if (opcode, n, name) != (CHUNK, 4, b"zstd") or length != CHUNK_HEAD.size - 9 + packed:
        return None
    start = offset + CHUNK_HEAD.size
    if start + packed > len(data) or size > LARGEST_BLOCK:
        return None
    body = memoryview(data)[start : start + packed]
    try:
        # Compare before unpacking: a flipped size must not make us reserve it.
        if zstandard.get_frame_parameters(body).content_size != size:
            return None
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=size)
    except (zstandard.ZstdError, MemoryError):
        return None
    return plain if len(plain) == size and zlib.crc32(plain) == crc else None


def content(records: bytes) -> Content:
    """Return the channels and messages written in a sound block's ``records``."""
    channels: dict[int, dict[str, str]] = {}
    messages: dict[int, list[memoryview]] = {}
    view = memoryview(records)
    at = 0
    while at < len(records):
        opcode, length = struct.unpack_from("<BQ", records, at)
        body = view[at + 9 : at + 9 + length]
        if opcode == MESSAGE:
            channel = int.from_bytes(body[:2], "little")
            messages.setdefault(channel, []).append(body[22:])
        elif opcode == CHANNEL:
            number, facts = _channel(bytes(body))
            channels[number] = facts
        at += 9 + length
    return Content(channels, messages)


def text_facts(data: bytes, offset: int) -> dict[str, str]:
    """Return the table of a metadata record whose body begins at ``offset``."""
    _, at = _text(data, offset)
    return _table(data, at)


def _blocks(data: bytes) -> Iterator[Found]:
    at = len(MAGIC)
    while True:
        mark = data.find(MARK, at)
        if mark < 0:
            return
        offset = mark - MARK_AT
        records = unpack_block(data, offset)
        pages = content(records).messages.get(1) if records is not None else None
        if not pages or len(pages[0]) < JOURNAL_HEAD.size:
            at = mark + 1
            continue
        sequence, first, last, _ = JOURNAL_HEAD.unpack_from(pages[0])
        at = offset + CHUNK_HEAD.size + _packed_size(data, offset)
        yield Found(offset, at, sequence, first, last)


def _packed_size(data: bytes, offset: int) -> int:
    return int(CHUNK_HEAD.unpack_from(data, offset)[-1])


def _gap(previous: Found | None, block: Found, blocks: int, step_rate: int) -> Damage:
    first = previous.last + 1 if previous else 0
    start = previous.end if previous else 0
    last = max(first, block.first) - 1
    what = (
        f"{blocks} block{'s' if blocks != 1 else ''} unreadable, "
        f"{first / step_rate:g} s to {(last + 1) / step_rate:g} s are missing"
    )
    return Damage(start, block.offset - start, first, last, what)


def _channel(body: bytes) -> tuple[int, dict[str, str]]:
    (number,) = struct.unpack_from("<H", body)
    _, at = _text(body, 4)
    _, at = _text(body, at)
    return number, _table(body, at)


def _text(data: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<I", data, at)
    end = at + 4 + size
    if end > len(data):
        raise ValueError("a text ends after the file")
    return data[at + 4 : end].decode(), end


def _table(data: bytes, at: int) -> dict[str, str]:
    (size,) = struct.unpack_from("<I", data, at)
    at += 4
    end = at + size
    facts: dict[str, str] = {}
    while at < end:
        key, at = _text(data, at)
        facts[key], at = _text(data, at)
    return facts
