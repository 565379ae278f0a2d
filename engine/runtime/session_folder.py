"""One session's folder: what lies in it, and what to do when its room was cut off."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from engine.errors import AnlanError, RecordingError
from engine.store import durable
from engine.store.recovery import RecoveryReport, recover


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """Paths of a session's files, and the claim of the room that writes them."""

    path: Path
    _claim: IO[bytes] | None = field(default=None, repr=False, compare=False)

    @property
    def recording(self) -> Path:
        """Everything that happened: samples, events, levels."""
        return self.path / "session.mcap"

    @property
    def events(self) -> Path:
        """The events again, one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def report(self) -> Path:
        """The report people read."""
        return self.path / "report.html"

    @property
    def sound(self) -> Path:
        """The sound, where no device played it."""
        return self.path / "sound.wav"

    @property
    def log(self) -> Path:
        """What the room's keepers read."""
        return self.path / "room.log"

    @property
    def unfinished(self) -> Path:
        """Lies there, claimed, while a room is at work; unclaimed, its room was cut off."""
        return self.path / "unfinished"

    @classmethod
    def find(cls, given: Path) -> "SessionFolder":
        """Return the folder of an existing session; ``given`` may be its recording."""
        folder = given.parent if given.name == "session.mcap" else given
        made = cls(folder)
        if not folder.exists():
            raise RecordingError(
                "there is no such session", where=str(given),
                hint="give the folder that `anlan run --out` wrote",
            )  # fmt: skip
        if not made.recording.is_file():
            raise RecordingError(
                "holds no session.mcap", where=str(folder),
                hint="give the folder that `anlan run --out` wrote",
            )  # fmt: skip
        return made

    @classmethod
    def create(cls, path: Path) -> "SessionFolder":
        """Make a folder for a new session; refuse one that holds or begins a session already."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            cut_off = cls(path).unfinished.exists()
            claim = cls(path).unfinished.open("ab")
        except OSError as error:
            raise AnlanError(
                f"cannot be written to: {error.strerror or error}", where=str(path),
                hint="choose another folder with --out, or change its permissions",
            ) from error  # fmt: skip
        made = cls(path, claim)
        if not durable.lock(claim):
            claim.close()
            raise AnlanError(
                "another session is running in it at this moment", where=str(path),
                hint="choose another folder with --out",
                zh="另有流程正在这个文件夹里运行；请用 --out 另选文件夹",
            )  # fmt: skip
        if made.recording.exists():
            claim.close()
            if not cut_off:
                made.unfinished.unlink(missing_ok=True)
            raise AnlanError(
                "holds a session already, and nothing is ever written over", where=str(path),
                hint="choose another folder with --out",
                zh="文件夹里已有一次记录，不会覆盖；请用 --out 另选文件夹",
            )  # fmt: skip
        return made

    def release(self) -> None:
        """Say that no one writes here any more; leave nothing where no session began."""
        if self._claim is not None:
            self._claim.close()
        self.unfinished.unlink(missing_ok=True)
        if not self.recording.exists():
            self.log.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self.path.rmdir()

    def recover(self) -> RecoveryReport | None:
        """Mend the recording of a room that was cut off; None where no room was.

        A recording that was closed is never rewritten: damage in it has to stay visible.

        Raises
        ------
        RecordingError
            When it is being recorded at this moment, or cannot be read.
        """
        if not self.unfinished.is_file():
            return None
        report = recover(self.recording)
        self.release()
        return report


def _is_left_open(seat: Path) -> bool:
    """Whether a room was cut off in ``seat``; a session of another user is not ours to see."""
    try:
        return (seat / "unfinished").is_file()
    except PermissionError:
        return False


def recover_beside(path: Path) -> list[tuple[Path, RecoveryReport]]:
    """Recover every session left open in ``path`` or beside it, as at start-up."""
    mended: list[tuple[Path, RecoveryReport]] = []
    seats = {path}
    with contextlib.suppress(OSError):  # not there yet, or not ours to look through
        seats.update(path.parent.iterdir())
    for seat in sorted(filter(_is_left_open, seats)):
        folder = SessionFolder(seat)
        if not folder.recording.is_file():
            continue
        with contextlib.suppress(RecordingError):  # another room is at work there
            report = folder.recover()
            if report is not None:
                mended.append((seat, report))
    return mended
