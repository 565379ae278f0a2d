"""What the system refused to do with a file, as a sentence with a remedy."""

import errno
from typing import NamedTuple

from engine.errors import AnlanError


class Said(NamedTuple):
    """One thing in Chinese and in English; `engine.show` has captions, and brings numpy."""

    zh: str
    en: str


REFUSED = {
    errno.EACCES: Said("没有权限", "permission denied"),
    errno.EPERM: Said("没有权限", "not permitted"),
    errno.ENOSPC: Said("磁盘已满", "the disk is full"),
    errno.EDQUOT: Said("磁盘配额已用完", "the disk quota is used up"),
    errno.EROFS: Said("磁盘是只读的", "the disk is read-only"),
    errno.EIO: Said("磁盘出错", "the disk fails"),
    errno.ENOTDIR: Said("路径中有一段不是文件夹", "a part of the path is no folder"),
    errno.ENAMETOOLONG: Said("名称太长", "the name is too long"),
    errno.ELOOP: Said("链接循环", "links lead round in a circle"),
    errno.EISDIR: Said("是文件夹，不是文件", "is a folder and no file"),
    errno.ENOENT: Said("没有这个文件或文件夹", "there is no such file or folder"),
    errno.EEXIST: Said("已经存在", "is there already"),
}
CHECK = Said("请检查路径、权限和磁盘", "check the path, its permissions and the disk")


def as_fault(error: OSError) -> AnlanError | None:
    """Return what befell a file in words; None for an error that is not about a file."""
    said = REFUSED.get(error.errno or 0)
    if said is None or error.filename is None:
        return None
    where = error.filename
    return AnlanError(
        said.en,
        where=where.decode(errors="replace") if isinstance(where, bytes) else str(where),
        hint=CHECK.en,
        zh=f"{said.zh}（{CHECK.zh}）",
    )
