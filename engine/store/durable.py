"""The few calls that make what was written survive a power cut; the only guarded place.

Everything here differs between operating systems. The rest of the store only uses these
functions, so a disk that fails can be put in their place by a test.
"""

import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":  # pragma: no cover - checked by the type checker only
    import msvcrt
else:
    import fcntl

LOCK_AT = 1 << 62
"""Windows locks byte ranges; this one lies beyond any recording, so readers are free."""


def write(file: IO[bytes], data: bytes) -> None:
    """Hand all of ``data`` to the operating system; a short write is continued."""
    rest = memoryview(data)
    while rest:
        done = file.write(rest)
        rest = rest[done:]


def sync(file: IO[bytes]) -> None:
    """Return once the contents of ``file`` are on the disk."""
    if sys.platform == "linux":
        os.fdatasync(file.fileno())
    else:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return once the names in ``folder`` are on the disk; Windows does so by itself."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def lock(file: IO[bytes]) -> bool:
    """Claim ``file`` until it is closed; False if another process has it.

    The operating system lets go of the claim when a process dies, however it dies.
    """
    try:
        if sys.platform == "win32":
            file.seek(LOCK_AT)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            file.seek(0)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
