"""Says what is wrong with a disk, and what to do about it, in a sentence."""

import errno
from pathlib import Path

from engine.errors import RecordingError

HINTS = {
    errno.ENOSPC: "make room on the disk; the recording goes on by itself",
    errno.EDQUOT: "make room on the disk; the recording goes on by itself",
    errno.EROFS: "the disk is read-only; check it, or choose another folder",
    errno.EACCES: "give this user the right to write there, or choose another folder",
    errno.EEXIST: "give the session another id; recordings are never overwritten",
    errno.EIO: "the disk fails; exchange it",
    errno.ENOTDIR: "a file stands where a folder is needed; choose another folder",
}


def disk_fault(path: Path, error: OSError) -> RecordingError:
    """Say in a sentence what the disk said."""
    reason = (error.strerror or str(error)).lower()
    number = error.errno or 0
    if number == errno.EEXIST and not path.exists():
        number, reason = errno.ENOTDIR, "not a folder"
    hint = HINTS.get(number, "check the disk and the folder")
    return RecordingError(f"cannot be written: {reason}", where=str(path), hint=hint)
