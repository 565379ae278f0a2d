"""The session's events as text, one line each, to be read while it runs or years later."""

from pathlib import Path
from typing import IO

from engine.errors import RecordingError
from engine.events import Event
from engine.store import durable


def events_path(session: Path) -> Path:
    """Return where the events of the recording at ``session`` are written."""
    name = "events.jsonl" if session.stem == "session" else f"{session.stem}.events.jsonl"
    return session.with_name(name)


class EventsFile:
    """Appends events; each line is with the operating system before the call returns.

    A line that could not be written is kept and tried again with the next one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] = path.open("xb", buffering=0)
        self._waiting: list[bytes] = []
        self._at = 0
        self._synced = 0

    def append(self, line: str) -> None:
        """Write one event's ``line``; raise OSError if the disk will not take it."""
        self._waiting.append(line.encode() + b"\n")
        try:
            while self._waiting:
                durable.write(self._file, self._waiting[0])
                self._at += len(self._waiting.pop(0))
        except OSError:
            # Half a line must not stay: the next attempt writes the whole of it.
            self._file.seek(self._at)
            self._file.truncate(self._at)
            raise

    def commit(self) -> None:
        """Return once every line is on the disk."""
        if self._synced < self._at:
            durable.sync(self._file)
            self._synced = self._at

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def write_events(path: Path, lines: tuple[str, ...]) -> None:
    """Write a whole events file in the place of what is there, in one step."""
    new = path.with_name(path.name + ".new")
    with new.open("wb", buffering=0) as file:
        durable.write(file, "".join(line + "\n" for line in lines).encode())
        durable.sync(file)
    new.replace(path)
    durable.sync_folder(path.parent)


def read_lines(path: Path) -> tuple[str, ...]:
    """Return the whole lines of an events file; a line cut short at the end is left out."""
    text = path.read_bytes().decode(errors="replace")
    return tuple(line for line in text.split("\n")[:-1] if line)


def read_events(path: Path) -> tuple[Event, ...]:
    """Return every event of an events file.

    Raises
    ------
    RecordingError
        At a line that is no event, naming its number.
    """
    events: list[Event] = []
    for number, line in enumerate(read_lines(path), start=1):
        try:
            events.append(Event.from_line(line))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingError(
                f"line {number} is not an event",
                where=str(path),
                hint="the recording itself holds the events too",
            ) from error
    return tuple(events)
