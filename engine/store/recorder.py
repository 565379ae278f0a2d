"""Writes everything the session is made of to disk, while it runs, so nothing is lost.

The room's thread only appends to a list. A thread of its own packs a block every half
second of session time, writes it and waits until the disk has it; when the room runs
faster than the disk (virtual time), several blocks share one wait.
"""

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import structlog

from engine.errors import AnlanError, RecordingError
from engine.events import Command, Event, Notice, to_json
from engine.log import logger
from engine.store import durable
from engine.store.container import Block, Container
from engine.store.disk_fault import disk_fault
from engine.store.events_file import EventsFile, events_path
from engine.store.header import Header
from engine.store.journal import Entry, Role, Scribe, show_stream
from engine.streams import F64, Chunk

BLOCK = 0.5
"""Session time in one block, s: what a power cut can take."""
MOST_WAITING = 1 << 26
"""While the disk takes nothing, so many bytes of blocks are kept for when it does."""
MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class _Cut:
    """A block's worth of entries, handed to the writer."""

    entries: list[Entry]
    first: int
    last: int


class Recorder:
    """A session's recording, being written.

    All methods are cheap and meant for one thread; none fails because of the disk. When
    the disk does, `fault` says so, the session goes on, blocks are kept in memory and
    written as soon as the disk takes them again.

    Parameters
    ----------
    path
        The file to make, ``<folder>/session.mcap``; its folder is made if need be.
    header
        The first page.

    Raises
    ------
    RecordingError
        When the file cannot be made: nobody is sitting down yet.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self._rate = header.step_rate
        self._span = max(1, round(BLOCK * header.step_rate))
        self._show = show_stream(header.script)
        self._file, self._events = _make(path)
        self._container = Container(self._file)
        self._scribe = Scribe(header.step_rate)
        self._pending: list[tuple[Block, int]] = []
        self._pending_size = 0
        self._lost = 0
        self._fault: AnlanError | None = None
        self._acknowledged = -1
        self._log: structlog.stdlib.BoundLogger = logger("store")
        self._start(header)
        self._entries: list[Entry] = []
        self._number = 0
        """Number of the half second the entries belong to."""
        self._last = 0
        self._closed = False
        self._door: queue.SimpleQueue[_Cut | str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> AnlanError | None:
        """What keeps the recording from the disk at present; None when all is well."""
        return self._fault

    @property
    def acknowledged(self) -> int:
        """The last step that is safely on disk with everything before it; -1 at first."""
        return self._acknowledged

    def chunk(self, step: int, chunk: Chunk) -> None:
        """Record samples of a device, drained at ``step``."""
        self._add(step, Role.INPUT, _copy(chunk))

    def derived(self, step: int, chunk: Chunk) -> None:
        """Record samples a node made at ``step``."""
        self._add(step, Role.DERIVED, _copy(chunk))

    def command(self, step: int, command: Command) -> None:
        """Record a wish that reached the loop at ``step``."""
        facts = {"name": command.name, "by": command.by, "args": command.args}
        self._add(step, Role.COMMAND, to_json(facts))

    def notice(self, step: int, notice: Notice) -> None:
        """Record a fact about the machinery that reached the loop at ``step``."""
        self._add(step, Role.NOTICE, to_json({"kind": notice.kind, "facts": notice.facts}))

    def event(self, step: int, event: Event) -> None:
        """Record what happened at ``step``, here and as a line of ``events.jsonl``."""
        line = event.line()
        self._add(step, Role.EVENT, line)
        self._door.put(line)

    def show(self, step: int, row: F64) -> None:
        """Record the row stage and sound were given at ``step``, ``(script.width,)``."""
        t = np.array([step / self._rate])
        self._add(step, Role.SHOW, Chunk(self._show, t, np.array(row[np.newaxis])))

    def close(self, reason: str, *, step: int | None = None) -> None:
        """Write what is left and finish the file; may be called twice.

        Parameters
        ----------
        reason
            Why the session ended, as in its ``session_closed`` event.
        step
            The last step the room took; None takes the last one recorded.
        """
        if self._closed:
            return
        last = self._last if step is None else step
        self._add(last, Role.CLOSED, to_json({"reason": reason, "step": last}))
        self._closed = True
        self._cut()
        self._door.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close("finished" if kind is None else "fault")

    # The room's thread, continued.

    def _add(self, step: int, role: Role, what: Chunk | str) -> None:
        if self._closed:
            raise ValueError("the recording is closed")
        if step < self._last:
            raise ValueError(f"step {step} comes after step {self._last}")
        self._last = step
        number = step // self._span
        if number != self._number:
            if self._entries:
                self._cut()
            self._number = number
        self._entries.append((step, role, what))

    def _cut(self) -> None:
        first = self._number * self._span
        self._door.put(_Cut(self._entries, first, first + self._span - 1))
        self._entries = []

    # The writer's thread.

    def _start(self, header: Header) -> None:
        first: Entry = (0, Role.HEADER, header.to_json())
        try:
            self._container.begin(header)
            self._container.append(self._scribe.block([first], 0, 0))
            self._container.commit()
            durable.sync_folder(self.path.parent)
        except OSError as error:
            self._file.close()
            self._events.close()
            for made in (self.path, events_path(self.path)):  # no session began
                with suppress(OSError):
                    made.unlink()
            raise disk_fault(self.path, error) from error

    def _work(self) -> None:
        finishing = False
        while not finishing:
            todo: list[_Cut | str | None] = [self._door.get()]
            while len(todo) < MOST_AT_ONCE and not self._door.empty():
                todo.append(self._door.get())
            finishing = None in todo
            lines = [item for item in todo if isinstance(item, str)]
            cuts = [item for item in todo if isinstance(item, _Cut)]
            try:
                self._write(lines, cuts)
            except OSError as error:
                self._complain(disk_fault(self.path, error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the session goes on
                self._log.exception("recording_failed")
                what = f"cannot be packed: {type(error).__name__}: {error}"
                self._complain(RecordingError(what, where=str(self.path)))
        self._finish()

    def _write(self, lines: list[str], cuts: list[_Cut]) -> None:
        for cut in _merged(cuts):
            self._pack(cut)
        self._make_room()
        trouble: OSError | None = None
        for line in lines:
            try:
                self._events.append(line)
            except OSError as error:
                trouble = error
        if self._pending:
            self._commit()
            self._fault = self._left_out()
        if trouble is not None:
            raise trouble

    def _pack(self, cut: _Cut) -> None:
        try:
            block = self._scribe.block(cut.entries, cut.first, cut.last)
        except Exception:
            # The gap in the numbers tells every reader that a block is missing.
            self._scribe.sequence += 1
            self._lost += 1
            raise
        self._pending.append((block, cut.last))
        self._pending_size += len(block.data)

    def _commit(self) -> None:
        try:
            for block, _ in self._pending:
                self._container.append(block)
            self._container.commit()
            self._events.commit()
        except OSError:
            self._container.roll_back()
            raise
        self._acknowledged = self._pending[-1][1]
        self._pending.clear()
        self._pending_size = 0

    def _make_room(self) -> None:
        while self._pending_size > MOST_WAITING:
            block, _ = self._pending.pop(0)
            self._pending_size -= len(block.data)
            self._lost += 1

    def _left_out(self) -> AnlanError | None:
        """Say what is missing although the disk is well again."""
        if self._scribe.malformed:
            names = ", ".join(sorted(self._scribe.malformed))
            return RecordingError(
                "chunks whose shape makes no sense were left out of the recording",
                where=names,
                hint="mend the driver or node that makes them",
            )
        if self._lost:
            return RecordingError(
                f"{self._lost * BLOCK:g} s of the recording could not be kept",
                where=str(self.path),
                hint="the file says where",
            )
        return None

    def _complain(self, fault: AnlanError) -> None:
        if self._fault is None:
            self._log.warning("recording_fault", what=fault.what)
        self._fault = fault

    def _finish(self) -> None:
        try:
            if not self._pending:
                self._container.finish()
        except OSError as error:
            self._complain(disk_fault(self.path, error))
        finally:
            self._file.close()
            self._events.close()


def _merged(cuts: list[_Cut]) -> list[_Cut]:
    """Join waiting blocks two by two: a disk that lags behind is asked half as often."""
    merged: list[_Cut] = []
    for cut in cuts:
        last = merged[-1] if merged else None
        if last is not None and cut.last - last.first < 2 * (cut.last - cut.first + 1):
            merged[-1] = _Cut(last.entries + cut.entries, last.first, cut.last)
        else:
            merged.append(cut)
    return merged


def _make(path: Path) -> tuple[IO[bytes], EventsFile]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb", buffering=0)
    except OSError as error:
        raise disk_fault(path, error) from error
    durable.lock(file)
    try:
        return file, EventsFile(events_path(path))
    except OSError as error:
        file.close()
        raise disk_fault(events_path(path), error) from error


def _copy(chunk: Chunk) -> Chunk:
    """Return the chunk as it is now: a node may use its arrays again."""
    return Chunk(chunk.stream, chunk.t.copy(), chunk.x.copy())
