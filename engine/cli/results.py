"""Where results go: whole or not at all, and never over a recording."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from engine.cli.private import private
from engine.errors import AnlanError
from engine.store.recording import READERS

PACKED = ".gz"


def spare(read: Iterable[Path | None], place: Path | None, option: str) -> None:
    """Refuse to write to ``place`` if a recording lies there, or might by its name.

    There is no other copy of a recording, and a file given in the wrong order is easily done.

    Raises
    ------
    UsageError
        Naming the ``option``.
    """
    if place is None or _is_special(place):
        return
    same = any(path is not None and _is_same(path, place) for path in read)
    suffix = place.suffix.lower()
    if same:
        what = "the recording itself"
    elif suffix in READERS or suffix == PACKED:
        what = f"the name of a recording ({suffix})"
    else:
        return
    raise click.UsageError(
        f"{option} {place.name} is {what}, and results never take its place\n"
        f"{option} {place.name} 是记录文件：分析结果不会覆盖记录，请换一个文件名"
    )


def write(path: Path | None, text: str) -> None:
    """Write ``text`` to ``path``, at once or not at all; None prints it.

    Raises
    ------
    AnlanError
        When there is no room or no right to.
    """
    waiting: Path | None = None
    try:
        if path is None:
            click.echo(text, nl=False)
        elif _is_special(path):
            # A pipe or /dev/null is written to; a file must not take its place.
            path.write_text(text, encoding="utf-8", newline="\n")
        else:
            path = path.resolve()
            waiting = path.with_name(path.name + ".part")
            with private():
                waiting.write_text(text, encoding="utf-8", newline="\n")
            waiting.replace(path)
    except BrokenPipeError:
        raise
    except OSError as error:
        if waiting is not None:
            with suppress(OSError):
                waiting.unlink(missing_ok=True)
        raise AnlanError(
            f"cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(path or "standard output"), hint="choose another place",
            zh="无法写入（没有权限、没有这个文件夹或磁盘已满），请换一个位置",
        ) from error  # fmt: skip


def _is_special(path: Path) -> bool:
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
