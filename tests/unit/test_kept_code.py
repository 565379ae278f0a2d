"""Where machine code is kept: also for a service without a home, and never where others write."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.dsp.kept import MADE, code_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="users and rights of POSIX")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv(MADE, str(tmp_path / "home"))
    code_folder.cache_clear()
    yield
    code_folder.cache_clear()


def test_machine_code_lies_in_the_users_own_cache(tmp_path: Path) -> None:
    assert code_folder() == tmp_path / "home" / "anlan" / "kernels"


def test_without_a_home_it_is_kept_for_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file stands where the folder should be")

    kept = code_folder()
    code_folder.cache_clear()

    assert kept == code_folder() == tmp_path / "tmp" / f"anlan-{os.getuid()}"
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("trap", ["open to all", "a link"])
def test_code_is_never_taken_from_where_others_may_put_it(tmp_path: Path, trap: str) -> None:
    (tmp_path / "home").write_text("a file stands where the folder should be")
    open_to_all = tmp_path / "tmp" / f"anlan-{os.getuid()}"
    if trap == "a link":
        (tmp_path / "theirs").mkdir()
        open_to_all.symlink_to(tmp_path / "theirs")
    else:
        open_to_all.mkdir()
        open_to_all.chmod(0o777)

    kept = code_folder()

    assert kept != open_to_all
    assert kept == Path(os.environ[MADE]) / "anlan" / "kernels", "children look there, too"
    assert kept.parents[2] == tmp_path / "tmp"
