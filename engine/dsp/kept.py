"""Where machine code is kept from one start to the next: a folder that is this user's alone."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

MADE = "XDG_CACHE_HOME"
"""Names the user's folder for what can be made again; child processes are told by it, too."""


@cache
def code_folder() -> Path:
    """Return the folder for machine code, made if it was not there.

    In the user's own cache; where a service or a kiosk has no home it could write to, below the
    folder for temporary files, so that at least the next start compiles nothing.
    """
    own = Path(tempfile.gettempdir()) / f"anlan-{_user()}"
    for folder in (*_homes(), own):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder != own or _is_nobody_elses(folder):
                tempfile.TemporaryFile(dir=folder).close()
                return folder
    os.environ[MADE] = tempfile.mkdtemp(prefix="anlan-")
    folder = next(_homes())
    folder.mkdir(parents=True)
    return folder


def _homes() -> Iterator[Path]:
    with suppress(RuntimeError):  # nobody knows a home of this user
        if sys.platform == "win32":
            home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        else:
            home = Path(os.environ.get(MADE) or Path.home() / ".cache")
        yield home / "anlan" / "kernels"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "")


def _is_nobody_elses(folder: Path) -> bool:
    """Whether nobody else can put code there, where everybody may make folders."""
    found = folder.lstat()
    others = stat.S_IWGRP | stat.S_IWOTH
    whose = os.getuid() if hasattr(os, "getuid") else found.st_uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == whose and not found.st_mode & others
