"""What a block says: which things reached the loop at which step, in which order.

The journal of a block lists every entry by step, channel and count; the samples and
words themselves lie in the channels, in the same order.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import zstandard

from engine.events import to_json
from engine.show import FIXED, Script
from engine.store import container
from engine.store.container import Block
from engine.store.floats import Packer, pack_times
from engine.store.header import stream_facts
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

JOURNAL_HEAD = struct.Struct("<IIII")
"""Sequence number of the block, first and last step it covers, entries."""
SERIES_HEAD = struct.Struct("<III")
"""Samples, columns, bytes of the packed times."""


class Role(StrEnum):
    """What a channel holds."""

    JOURNAL = "journal"
    HEADER = "header"
    COMMAND = "commands"
    NOTICE = "notices"
    EVENT = "events"
    SHOW = "show"
    CLOSED = "closed"
    RECOVERED = "recovered"
    INPUT = "input"
    DERIVED = "derived"


FIXED_CHANNELS = {role: i for i, role in enumerate(tuple(Role)[:8], start=1)}
FIRST_STREAM = 16

Entry: TypeAlias = tuple[int, Role, Chunk | str]
"""Step, role, and what: samples, or a line of JSON."""


def show_stream(script: Script) -> Stream:
    """Return the description of the rows stage and sound were given, ten a second."""
    return Stream("show", Kind.DERIVED, Unit.LEVEL, 10.0, 0.0, FIXED + script.controls)


@dataclass(slots=True)
class _Channel:
    number: int
    record: bytes
    stream: Stream | None = None
    packer: Packer = field(default_factory=Packer)


class Scribe:
    """Packs entries into blocks; remembers the channels and numbers the blocks.

    Parameters
    ----------
    step_rate
        Steps a second.
    sequence
        Number of the first block.
    """

    def __init__(self, step_rate: int, sequence: int = 0) -> None:
        self.sequence = sequence
        self.malformed: set[str] = set()
        """Streams of which a chunk had to be left out: its shape made no sense."""
        self._nanoseconds = 1_000_000_000 // step_rate
        self._zstd = zstandard.ZstdCompressor(level=container.LEVEL)
        self._channels: dict[tuple[Role, Stream | None], _Channel] = {}
        self._streams = FIRST_STREAM

    def block(self, entries: Iterable[Entry], first: int, last: int) -> Block:
        """Return one block of ``entries``, whose steps lie within ``first..last``."""
        listed: list[tuple[int, int, int]] = []
        series: dict[int, tuple[_Channel, list[Chunk]]] = {}
        messages: list[tuple[int, int, bytes]] = []
        used: dict[int, bytes] = {}
        journal = self._channel(Role.JOURNAL, None)
        used[journal.number] = journal.record
        for step, role, what in entries:
            if isinstance(what, str):
                channel = self._channel(role, None)
                messages.append(self._message(channel.number, step, what.encode()))
                listed.append((step - first, channel.number, 1))
            else:
                if not _sound(what):
                    self.malformed.add(what.stream.name)
                    continue
                channel = self._channel(role, what.stream)
                series.setdefault(channel.number, (channel, []))[1].append(what)
                listed.append((step - first, channel.number, len(what.t)))
            used[channel.number] = channel.record
        start = last if not listed else first + listed[0][0]
        packed = [
            self._message(number, start, _series(channel, chunks))
            for number, (channel, chunks) in series.items()
        ]
        page = self._message(journal.number, start, self._page(listed, first, last))
        messages = [page, *packed, *messages]
        self.sequence += 1
        return container.make_block(used, messages, self._zstd)

    def _page(self, listed: Sequence[tuple[int, int, int]], first: int, last: int) -> bytes:
        table = np.array(listed, dtype=np.int64).reshape(-1, 3)
        return b"".join(
            (
                JOURNAL_HEAD.pack(self.sequence, first, last, len(listed)),
                table[:, 0].astype("<u2").tobytes(),
                table[:, 1].astype("<u2").tobytes(),
                table[:, 2].astype("<u4").tobytes(),
            )
        )

    def _message(self, channel: int, step: int, data: bytes) -> tuple[int, int, bytes]:
        time = step * self._nanoseconds
        return channel, time, container.message_record(channel, self.sequence, time, data)

    def _channel(self, role: Role, stream: Stream | None) -> _Channel:
        found = self._channels.get((role, stream))
        if found is None:
            found = self._new(role, stream)
            self._channels[role, stream] = found
        return found

    def _new(self, role: Role, stream: Stream | None) -> _Channel:
        facts: Mapping[str, str] = {"role": role.value}
        if stream is None:
            number = FIXED_CHANNELS[role]
            encoding = "anlan-journal" if role is Role.JOURNAL else "json"
            return _Channel(number, container.channel_record(number, role.value, encoding, facts))
        facts = {"role": role.value, "stream": to_json(stream_facts(stream))}
        if role is Role.SHOW:
            number, topic = FIXED_CHANNELS[role], "show"
        else:
            number, topic = self._streams, f"{role.value}/{stream.name}"
            self._streams += 1
        record = container.channel_record(number, topic, "anlan-series", facts)
        return _Channel(number, record, stream)


def _sound(chunk: Chunk) -> bool:
    return chunk.t.ndim == 1 and chunk.x.shape == (len(chunk.t), len(chunk.stream.axes))


def _series(channel: _Channel, chunks: Sequence[Chunk]) -> bytes:
    t = np.concatenate([c.t for c in chunks], dtype=np.float64)
    x = np.concatenate([c.x for c in chunks], dtype=np.float64)
    rate = None if channel.stream is None else channel.stream.rate
    times = pack_times(t, rate)
    return SERIES_HEAD.pack(*x.shape, len(times)) + times + channel.packer.pack(x)
