"""Reads a recorded session back: what it was, what reached it, what came of it."""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from engine.errors import RecordingError
from engine.events import Event
from engine.store import container
from engine.store.header import Header
from engine.store.journal import FIXED_CHANNELS, Role, show_stream
from engine.store.playback import Step, last_step_in, samples_in, steps_in, stream_in
from engine.store.scan import Content, Damage, Found, content, scan, text_facts, unpack_block
from engine.streams import F64, Stream

__all__ = ["SessionFile", "Step"]


@dataclass(slots=True)
class SessionFile:
    """A recorded session.

    Attributes
    ----------
    header
        What the session was.
    streams
        Everything `series` can return: devices' streams first, then derived ones.
    complete
        Whether the recording was closed properly; False if the room was killed.
    recovered
        Whether `engine.store.recovery` has mended the file.
    damage
        What is missing, in order. No damaged value is ever returned.
    reason
        Why the session was closed; empty if it was not.
    last_step
        The last step the room is known to have taken; -1 if none.
    later_events
        After a recovery: events of the last moments, whose inputs are lost. They
        happened, but no replay can come to them.
    """

    path: Path
    header: Header
    streams: tuple[Stream, ...]
    complete: bool
    recovered: bool
    damage: tuple[Damage, ...]
    reason: str
    last_step: int
    later_events: tuple[Event, ...]
    _data: bytes = field(repr=False)
    _found: tuple[Found, ...] = field(repr=False)
    _contents: tuple[Content, ...] = field(repr=False)
    """Of every sound block, unpacked once: a report asks for a dozen series."""

    @classmethod
    def open(cls, path: Path) -> "SessionFile":
        """Open the recording at ``path``, sound, unfinished or damaged.

        Raises
        ------
        RecordingError
            When it is not there, no recording of ours, or nothing of it is readable.
        """
        data = _bytes(path)
        header = _header(data, path)
        found, damage = scan(data, header.step_rate)
        roles: dict[tuple[Role, str], Stream] = {(Role.INPUT, s.name): s for s in header.streams}
        closed: dict[str, str | int] | None = None
        recovered = False
        later: list[str] = []
        last = -1
        contents = tuple(_content(data, block) for block in found)
        for inside in contents:
            for number, facts in inside.channels.items():
                role = inside.role(number)
                if role in {Role.INPUT, Role.DERIVED}:
                    stream = stream_in(facts["stream"])
                    roles.setdefault((role, stream.name), stream)
                elif role is Role.CLOSED:
                    closed = json.loads(bytes(inside.messages[number][-1]))
                elif role is Role.RECOVERED:
                    recovered = True
                    later += json.loads(bytes(inside.messages[number][-1]))["later_events"]
            last = max(last, last_step_in(inside))
        if closed is not None:
            last = int(closed["step"])
        damage += _end(data, found, closed=closed is not None or recovered)
        ordered = sorted(roles.items(), key=lambda item: item[0][0] is Role.DERIVED)
        return cls(
            path=path,
            header=header,
            streams=tuple(stream for _, stream in ordered),
            complete=closed is not None,
            recovered=recovered,
            damage=damage,
            reason="" if closed is None else str(closed["reason"]),
            last_step=last,
            later_events=tuple(Event.from_line(line) for line in later),
            _data=data,
            _found=found,
            _contents=contents,
        )

    @property
    def duration(self) -> float:
        """Session time from the first step to the last one known, s."""
        return max(0, self.last_step) / self.header.step_rate

    def steps(self) -> Iterator[Step]:
        """Yield every step at which something reached the loop, exactly as it did."""
        for inside in self._contents:
            yield from steps_in(inside)

    def events(self) -> tuple[Event, ...]:
        """Return everything that happened."""
        return tuple(Event.from_line(line) for line in self.event_lines())

    def event_lines(self) -> tuple[str, ...]:
        """Return the events as the lines of ``events.jsonl``."""
        number = FIXED_CHANNELS[Role.EVENT]
        return tuple(
            bytes(message).decode()
            for inside in self._contents
            for message in inside.messages.get(number, ())
        )

    def blocks(self) -> Iterator[bytes]:
        """Yield the records of every sound block, as they lie in the file."""
        for block in self._found:
            records = unpack_block(self._data, block.offset)
            if records is not None:
                yield records

    @property
    def next_block(self) -> int:
        """The number a further block would have."""
        return self._found[-1].sequence + 1 if self._found else 0

    def series(self, name: str) -> tuple[F64, F64]:
        """Return all samples of the stream ``name``: times ``(n,)`` s, values ``(n, axes)``.

        Raises
        ------
        RecordingError
            When no stream has that name; the message lists what there is.
        """
        known = {s.name: s for s in reversed(self.streams)}
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "there are " + ", ".join(known)
            raise RecordingError(f"holds no stream {name!r}", where=str(self.path), hint=hint)
        wanted = {Role.INPUT, Role.DERIVED}
        inputs = any(s.name == name for s in self.header.streams)
        return self._collect({Role.INPUT} if inputs else wanted, known[name])

    def shows(self) -> tuple[F64, F64]:
        """Return the rows stage and sound were given: times ``(n,)`` s, rows ``(n, width)``."""
        return self._collect({Role.SHOW}, show_stream(self.header.script))

    def _collect(self, roles: set[Role], stream: Stream) -> tuple[F64, F64]:
        times: list[F64] = [np.empty(0)]
        values: list[F64] = [np.empty((0, len(stream.axes)))]
        for inside in self._contents:
            for number, facts in inside.channels.items():
                if inside.role(number) in roles and stream_in(facts["stream"]).name == stream.name:
                    t, x = samples_in(inside.messages[number][0])
                    times.append(t)
                    values.append(columns(x, stream_in(facts["stream"]), stream))
        return np.concatenate(times), np.concatenate(values)


def columns(x: F64, written: Stream, wanted: Stream) -> F64:
    """Return ``x`` with the axes of ``wanted``; what an older version did not write is NaN."""
    if written.axes == wanted.axes:
        return x
    made = np.full((len(x), len(wanted.axes)), np.nan)
    for i, axis in enumerate(wanted.axes):
        if axis in written.axes:
            made[:, i] = x[:, written.axes.index(axis)]
    return made


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise RecordingError(what, where=str(path), zh="无法读取") from error
    return data


def _header(data: bytes, path: Path) -> Header:
    """Return the header: from the facts in front if their checksum holds, or a block."""
    text = _front(data)
    if text is None:
        found, _ = scan(data, 100)
        number = FIXED_CHANNELS[Role.HEADER]
        pages = (_content(data, block).messages.get(number) for block in found)
        text = next((bytes(page[0]) for page in pages if page), None)
    if text is None:
        raise RecordingError(
            "holds no readable session",
            where=str(path),
            hint="is it a recording of anlan?",
            zh="里面没有可以读出的会话：这是安澜的记录吗？",
        )
    try:
        return Header.from_json(text, where=str(path))
    except (ValueError, KeyError, TypeError) as error:
        what = f"has a header that makes no sense: {error!r}"
        raise RecordingError(what, where=str(path), zh="会话的开头已损坏，无法读取") from error


def _front(data: bytes) -> bytes | None:
    """Return the header's text from the first metadata record, if it is whole."""
    try:
        at = len(container.MAGIC)
        opcode, length = struct.unpack_from("<BQ", data, at)
        if opcode != container.HEADER:
            return None
        at += 9 + length
        opcode, length = struct.unpack_from("<BQ", data, at)
        facts = text_facts(data[: at + 9 + length], at + 9)
        text = facts["header"].encode()
        whole = f"{zlib.crc32(text):08x}" == facts["crc32"]
    except (struct.error, ValueError, KeyError, OverflowError):
        return None
    return text if whole else None


def _end(data: bytes, found: tuple[Found, ...], *, closed: bool) -> tuple[Damage, ...]:
    """Return what the end of the file tells is missing there."""
    after = found[-1].end if found else 0
    tail = data[after:]
    if closed or not tail.strip(b"\0"):
        return ()
    if data.endswith(container.MAGIC):
        return (Damage(after, len(tail), -1, -1, "the last block is unreadable"),)
    # A file that was never closed ends with its last block's message indexes.
    if _only_indexes(tail):
        return ()
    return (Damage(after, len(tail), -1, -1, "a block that was not finished"),)


def _only_indexes(tail: bytes) -> bool:
    at = 0
    while at + 9 <= len(tail):
        opcode, length = struct.unpack_from("<BQ", tail, at)
        if opcode != container.MESSAGE_INDEX:
            return False
        at += 9 + length
    return at == len(tail)


def _content(data: bytes, block: Found) -> Content:
    records = unpack_block(data, block.offset)
    if records is None:  # pragma: no cover - the same bytes were sound a moment ago
        raise RecordingError("changed while it was read")
    return content(records)
