"""A session's folder: one room at a time, nothing written over, nobody else's looked into."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.cli import planning
from engine.cli.planning import session_folder
from engine.errors import AnlanError
from engine.runtime.session_folder import SessionFolder, recover_beside


def test_two_rooms_never_write_in_one_folder(tmp_path: Path) -> None:
    first = SessionFolder.create(tmp_path / "s")

    with pytest.raises(AnlanError, match="another session is running") as refused:
        SessionFolder.create(tmp_path / "s")

    assert "另有流程" in refused.value.zh
    assert (tmp_path / "s" / "unfinished").is_file(), "the mark of the first stays"
    first.release()
    SessionFolder.create(tmp_path / "s").release()
    assert not (tmp_path / "s").exists(), "no session began in it"


@pytest.mark.parametrize("cut_off", [True, False])
def test_nothing_is_written_over_and_what_was_cut_off_stays_marked(
    tmp_path: Path, *, cut_off: bool
) -> None:
    (tmp_path / "session.mcap").write_bytes(b"somebody's")
    if cut_off:
        (tmp_path / "unfinished").write_bytes(b"")

    with pytest.raises(AnlanError, match="holds a session already"):
        SessionFolder.create(tmp_path)

    assert (tmp_path / "session.mcap").read_bytes() == b"somebody's"
    assert (tmp_path / "unfinished").exists() is cut_off


def test_sessions_of_other_users_beside_it_keep_nobody_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir()
    really = Path.is_file

    def is_file(path: Path) -> bool:
        if path.parent.name == "theirs":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really(path)

    monkeypatch.setattr(Path, "is_file", is_file)

    assert recover_beside(tmp_path / "mine") == []


def test_a_folder_that_cannot_be_looked_through_keeps_nobody_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def iterdir(path: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "iterdir", iterdir)

    assert recover_beside(tmp_path / "mine") == []


def test_two_sessions_of_one_second_have_a_folder_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 10, 25, 2, 30, 0, tzinfo=UTC)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(planning, "wall_time", lambda: at)
    folders = []
    for _ in range(3):
        folders.append(session_folder(None, "demo"))
        folders[-1].mkdir(parents=True)

    first, *others = (folder.name for folder in folders)
    assert others == [f"{first}-2", f"{first}-3"]
    assert session_folder(tmp_path / "mine", "demo") == tmp_path / "mine"
