"""Mends recordings whose room was killed or whose file was damaged, at the next start.

A sound file is left alone. Otherwise everything that is provably sound is copied into a
new file, which takes the old one's place in one step; the old one stays beside it as
``.damaged`` if anything had to be dropped. Mending twice changes nothing.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import zstandard

from engine.errors import AnlanError, RecordingError
from engine.events import Event, to_json
from engine.store import container, durable
from engine.store.container import Container
from engine.store.events_file import events_path, read_lines, write_events
from engine.store.journal import Entry, Role, Scribe
from engine.store.scan import Damage, scan
from engine.store.session_file import SessionFile


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What was found and saved in one recording.

    Attributes
    ----------
    duration
        Session time that is safe, s.
    later_events
        How many events of the last moments only ``events.jsonl`` still had. Their inputs
        are lost, so they are kept apart: `SessionFile.later_events`.
    damage
        What is missing. A killed room alone costs at most the last second and
        leaves no damage behind.
    kept
        Where the file with the damage is kept.
    fault
        Why nothing could be done; None if the recording can be read now.
    """

    path: Path
    duration: float = 0.0
    later_events: int = 0
    damage: tuple[Damage, ...] = ()
    kept: Path | None = None
    fault: AnlanError | None = None

    def __str__(self) -> str:
        if self.fault is not None:
            return str(self.fault)
        lost = "; ".join(str(d) for d in self.damage) or "nothing else is missing"
        return f"{self.path}: recovered {self.duration:.2f} s; {lost}"


def recover(path: Path) -> RecoveryReport | None:
    """Mend the recording at ``path`` if it was left open or its end is damaged.

    Returns
    -------
    RecoveryReport or None
        None if there was nothing to do.

    Raises
    ------
    RecordingError
        When it is being recorded at this moment, is no recording, or the disk fails.
    """
    try:
        if container.is_closed(path):
            return None
        if _in_use(path):
            raise RecordingError(
                "is being recorded right now", where=str(path), zh="正在记录中，请等它结束"
            )
        return _mend(path)
    except OSError as error:
        what = f"cannot be recovered: {(error.strerror or str(error)).lower()}"
        raise RecordingError(
            what, where=str(path), hint="check the disk", zh="无法恢复，请检查磁盘"
        ) from error


def recover_all(folder: Path) -> tuple[RecoveryReport, ...]:
    """Mend every ``session.mcap`` below ``folder``; one that cannot be is reported too."""
    reports: list[RecoveryReport] = []
    for path in sorted(folder.rglob("session.mcap")):
        try:
            report = recover(path)
        except RecordingError as error:
            report = RecoveryReport(path, fault=error)
        if report is not None:
            reports.append(report)
    return tuple(reports)


def _in_use(path: Path) -> bool:
    with path.open("r+b") as file:
        return not durable.lock(file)


def _mend(path: Path) -> RecoveryReport:
    try:
        session = SessionFile.open(path)
    except RecordingError as error:
        if scan(path.read_bytes(), 100)[0]:
            raise
        # Killed before the first page was on disk: kept, but never tried again.
        aside = path.replace(_beside(path))
        durable.sync_folder(path.parent)
        return RecoveryReport(path, kept=aside, fault=error)
    old = session.event_lines()
    later = _later_events(path, old)
    new = path.with_name(path.name + ".recovering")
    with new.open("wb", buffering=0) as file:
        _rewrite(Container(file), session, later)
    kept = _keep(path) if session.damage else None
    new.replace(path)
    durable.sync_folder(path.parent)
    write_events(events_path(path), old)
    duration = (session.last_step + 1) / session.header.step_rate
    return RecoveryReport(path, duration, len(later), session.damage, kept)


def _rewrite(target: Container, session: SessionFile, later: tuple[str, ...]) -> None:
    """Write all sound blocks of ``session`` and a last one about the recovery."""
    header = session.header
    zstd = zstandard.ZstdCompressor(level=container.LEVEL)
    target.begin(header)
    for records in session.blocks():
        target.append(container.remake_block(records, zstd))
    step = max(0, session.last_step)
    facts = {"lost": [str(d) for d in session.damage], "later_events": list(later)}
    entries: list[Entry] = [
        (step, Role.HEADER, header.to_json()),
        (step, Role.RECOVERED, to_json(facts)),
    ]
    target.append(Scribe(header.step_rate, session.next_block).block(entries, step, step))
    target.finish()


def _later_events(path: Path, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the events that reached ``events.jsonl`` but no block.

    They count only if everything before them agrees with the recording to the letter.
    """
    try:
        lines = read_lines(events_path(path))
    except OSError:
        return ()
    if lines[: len(known)] != known:
        return ()
    later: list[str] = []
    for line in lines[len(known) :]:
        try:
            if Event.from_line(line).line() != line:
                break
        except (ValueError, KeyError, TypeError):
            break
        later.append(line)
    return tuple(later)


def _keep(path: Path) -> Path:
    """Give the damaged file a second name, so it survives its replacement."""
    kept = _beside(path)
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)
    return kept


def _beside(path: Path) -> Path:
    """Return a free name for the damaged file."""
    kept, n = path.with_name(path.name + ".damaged"), 2
    while kept.exists():
        kept, n = path.with_name(f"{path.name}.damaged{n}"), n + 1
    return kept
