"""The envelope around the blocks: an MCAP file that any MCAP tool can open.

Record layouts: https://mcap.dev/spec. A block is one MCAP chunk which names its own
channels, so it can be understood alone, whatever happened to the rest of the file.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import zstandard

from engine.store import durable
from engine.store.header import Header

MAGIC = b"\x89MCAP0\r\n"
PROFILE = "anlan"
FACTS = "session"
LEVEL = 3
LARGEST_BLOCK = 1 << 27
"""A block that claims to be larger than this, in bytes, is damaged."""
CHUNK_HEAD = struct.Struct("<BQQQQII4sQ")
"""Opcode, length, start, end, size, crc, 4, ``zstd``, compressed size."""
END_SIZE = 9 + 20 + len(MAGIC)

HEADER, FOOTER, CHANNEL, MESSAGE, CHUNK, MESSAGE_INDEX, CHUNK_INDEX = 1, 2, 4, 5, 6, 7, 8
STATISTICS, METADATA, METADATA_INDEX, SUMMARY_OFFSET, DATA_END = 11, 12, 13, 14, 15

_MESSAGE = struct.Struct("<BQHIQQ")


@dataclass(frozen=True, slots=True)
class Block:
    """One chunk, ready to be written.

    Attributes
    ----------
    data
        The chunk record and its message indexes.
    chunk_size
        How many bytes of ``data`` are the chunk record.
    offsets
        Where in ``data`` each channel's message index begins, by channel id.
    counts
        Messages by channel id.
    """

    data: bytes
    chunk_size: int
    size: int
    start: int
    end: int
    offsets: Mapping[int, int]
    counts: Mapping[int, int]
    channels: Mapping[int, bytes]


def channel_record(number: int, topic: str, encoding: str, facts: Mapping[str, str]) -> bytes:
    """Return the record that names a channel."""
    body = struct.pack("<HH", number, 0) + _text(topic) + _text(encoding) + _table(facts)
    return _record(CHANNEL, body)


def message_record(channel: int, number: int, time: int, data: bytes) -> bytes:
    """Return the record of one message; ``time`` in nanoseconds of session time."""
    return _MESSAGE.pack(MESSAGE, 22 + len(data), channel, number, time, time) + data


def make_block(
    channels: Mapping[int, bytes],
    messages: Iterable[tuple[int, int, bytes]],
    zstd: zstandard.ZstdCompressor,
) -> Block:
    """Return a block of ``messages``: (channel id, time in ns, message record)."""
    parts = list(channels.values())
    at = sum(map(len, parts))
    indexes: dict[int, list[int]] = {}
    for channel, time, record in messages:
        indexes.setdefault(channel, []).extend((time, at))
        parts.append(record)
        at += len(record)
    return _wrap(b"".join(parts), channels, indexes, zstd)


def remake_block(plain: bytes, zstd: zstandard.ZstdCompressor) -> Block:
    """Return the block whose records are ``plain``, to be written to another file."""
    channels: dict[int, bytes] = {}
    indexes: dict[int, list[int]] = {}
    at = 0
    while at < len(plain):
        opcode, length, number = struct.unpack_from("<BQH", plain, at)
        if opcode == CHANNEL:
            channels[number] = plain[at : at + 9 + length]
        elif opcode == MESSAGE:
            _, _, _, _, time, _ = _MESSAGE.unpack_from(plain, at)
            indexes.setdefault(number, []).extend((time, at))
        at += 9 + length
    return _wrap(plain, channels, indexes, zstd)


def _wrap(
    plain: bytes,
    channels: Mapping[int, bytes],
    indexes: Mapping[int, list[int]],
    zstd: zstandard.ZstdCompressor,
) -> Block:
    times = [time for index in indexes.values() for time in index[::2]]
    start, end = min(times), max(times)
    packed = zstd.compress(plain)
    length = CHUNK_HEAD.size - 9 + len(packed)
    head = CHUNK_HEAD.pack(
        CHUNK, length, start, end, len(plain), zlib.crc32(plain), 4, b"zstd", len(packed)
    )
    data = [head, packed]
    offset = chunk_size = len(head) + len(packed)
    offsets: dict[int, int] = {}
    for channel, index in indexes.items():
        offsets[channel] = offset
        body = struct.pack(f"<HI{len(index)}Q", channel, 8 * len(index), *index)
        data.append(_record(MESSAGE_INDEX, body))
        offset += len(data[-1])
    counts = {channel: len(index) // 2 for channel, index in indexes.items()}
    whole = b"".join(data)
    return Block(whole, chunk_size, len(plain), start, end, offsets, counts, dict(channels))


@dataclass(slots=True)
class Container:
    """An MCAP file being written: begin, append, commit, finish.

    What was appended after the last `commit` may be taken back with `roll_back`.
    """

    file: IO[bytes]
    _at: int = 0
    _safe: int = 0
    _written: list[tuple[int, Block]] = field(default_factory=list[tuple[int, Block]])
    _waiting: list[tuple[int, Block]] = field(default_factory=list[tuple[int, Block]])
    _facts: tuple[int, int] = (0, 0)

    def begin(self, header: Header) -> None:
        """Write the magic, the MCAP header and ``header`` as a table of facts."""
        library = f"anlan {header.versions.get('anlan', '')}".strip()
        start = MAGIC + _record(HEADER, _text(PROFILE) + _text(library))
        record = _record(METADATA, _text(FACTS) + _table(header.front()))
        self._facts = (len(start), len(record))
        self._put(start + record)

    def append(self, block: Block) -> None:
        """Write ``block``; safe only after `commit`."""
        at = self._at
        self._put(block.data)
        self._waiting.append((at, block))

    def commit(self) -> None:
        """Return once everything written is on the disk."""
        durable.sync(self.file)
        self._safe = self._at
        self._written += [(at, _without_data(block)) for at, block in self._waiting]
        self._waiting.clear()

    def roll_back(self) -> None:
        """Forget everything written since the last `commit`."""
        self._waiting.clear()
        self._at = self._safe
        self.file.seek(self._safe)
        self.file.truncate(self._safe)

    def finish(self) -> None:
        """Write the index at the end, by which MCAP tools find things fast."""
        self._put(_record(DATA_END, struct.pack("<I", 0)))
        start = self._at
        channels = {n: r for _, block in self._written for n, r in block.channels.items()}
        groups = (
            (CHANNEL, b"".join(channels[n] for n in sorted(channels))),
            (STATISTICS, self._statistics(len(channels))),
            (CHUNK_INDEX, b"".join(_chunk_index(at, block) for at, block in self._written)),
            (METADATA_INDEX, self._metadata_index()),
        )
        summary, offsets = b"", b""
        for opcode, records in groups:
            where = start + len(summary)
            if records:
                body = struct.pack("<BQQ", opcode, where, len(records))
                offsets += _record(SUMMARY_OFFSET, body)
            summary += records
        foot = struct.pack("<BQQQ", FOOTER, 20, start, start + len(summary))
        crc = zlib.crc32(summary + offsets + foot)
        self._put(summary + offsets + foot + struct.pack("<I", crc) + MAGIC)
        self.commit()

    def _put(self, data: bytes) -> None:
        durable.write(self.file, data)
        self._at += len(data)

    def _metadata_index(self) -> bytes:
        return _record(METADATA_INDEX, struct.pack("<QQ", *self._facts) + _text(FACTS))

    def _statistics(self, channels: int) -> bytes:
        counts: dict[int, int] = {}
        for _, block in self._written:
            for channel, n in block.counts.items():
                counts[channel] = counts.get(channel, 0) + n
        blocks = [block for _, block in self._written]
        body = struct.pack(
            "<QHIIIIQQI",
            sum(counts.values()), 0, channels, 0, 1, len(blocks),
            min((b.start for b in blocks), default=0),
            max((b.end for b in blocks), default=0),
            10 * len(counts),
        )  # fmt: skip
        body += b"".join(struct.pack("<HQ", *pair) for pair in sorted(counts.items()))
        return _record(STATISTICS, body)


def is_closed(path: Path) -> bool:
    """Tell, by a look at its end, whether a file was finished and its index is sound."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < END_SIZE + len(MAGIC):
            return False
        file.seek(size - END_SIZE)
        end = file.read()
        opcode, length, start, _, crc = struct.unpack_from("<BQQQI", end)
        if (opcode, length, end[29:]) != (FOOTER, 20, MAGIC) or start > size - END_SIZE:
            return False
        file.seek(start)
        return zlib.crc32(file.read()[: -len(MAGIC) - 4]) == int(crc)


def _chunk_index(at: int, block: Block) -> bytes:
    offsets = b"".join(struct.pack("<HQ", c, at + o) for c, o in block.offsets.items())
    total = block.chunk_size
    last = max(block.offsets, key=lambda c: block.offsets[c])
    # The last index ends where the block does; each is 15 bytes and 16 a message.
    index_size = block.offsets[last] + 15 + 16 * block.counts[last] - total
    body = struct.pack("<QQQQI", block.start, block.end, at, total, len(offsets)) + offsets
    body += struct.pack("<Q", index_size) + _text("zstd")
    body += struct.pack("<QQ", total - CHUNK_HEAD.size, block.size)
    return _record(CHUNK_INDEX, body)


def _without_data(block: Block) -> Block:
    return Block(
        b"", block.chunk_size, block.size, block.start, block.end,
        block.offsets, block.counts, block.channels,
    )  # fmt: skip


def _record(opcode: int, body: bytes) -> bytes:
    return struct.pack("<BQ", opcode, len(body)) + body


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw


def _table(facts: Mapping[str, str]) -> bytes:
    body = b"".join(_text(k) + _text(v) for k, v in facts.items())
    return struct.pack("<I", len(body)) + body
