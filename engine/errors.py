"""Every error this package raises on purpose."""

import re
from collections.abc import Sequence

LINE = re.compile(r": line (\d+)")
"""How a line of a file is told in English."""


class AnlanError(Exception):
    """What went wrong, where, and what the reader can do about it.

    Parameters
    ----------
    what
        One sentence, no trailing period.
    where
        The device, file or key it happened at.
    hint
        What the reader can do about it.
    zh
        What went wrong and what to do about it, in Chinese; left out where `engine.chinese` knows
        the sentence.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "", zh: str = "") -> None:
        super().__init__(what, where, hint)
        self.what, self.where, self.hint, self.zh = what, where, hint, zh

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.what}{advice}"

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way from a child process to the room."""
        return (_rebuild, (type(self), self.what, self.where, self.hint, self.zh))

    @property
    def in_chinese(self) -> str:
        """What went wrong and what to do about it, in Chinese; empty where nobody wrote it yet."""
        if self.zh:
            return self.zh
        from engine.chinese import in_chinese  # noqa: PLC0415 - only who tells a fault needs it

        what, hint = in_chinese(self.what), in_chinese(self.hint)
        return f"{what}（{hint}）" if what and hint else what

    @property
    def lines_zh(self) -> list[str]:
        """It in Chinese, a fault a line."""
        said = self.in_chinese or "有误，详情见英文"
        where = LINE.sub(r"：第 \1 行", self.where)
        return [f"{where}：{said}" if where else said]


def _rebuild(kind: type[AnlanError], what: str, where: str, hint: str, zh: str) -> AnlanError:
    return kind(what, where=where, hint=hint, zh=zh)


class ConfigError(AnlanError):
    """A rig or protocol file says something impossible."""


class FaultyFileError(ConfigError):
    """A file has several faults; all of them are told at once."""

    def __init__(self, faults: Sequence[AnlanError], *, where: str) -> None:
        n = len(faults)
        super().__init__(f"{n} fault{'s' if n != 1 else ''}", where=where)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        return f"{self.where}: {self.what}\n{lines}"

    @property
    def lines_zh(self) -> list[str]:
        """It in Chinese, a fault a line."""
        return [line for fault in self.faults for line in fault.lines_zh]

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_faulty, (self.faults, self.where))


def _rebuild_faulty(faults: Sequence[AnlanError], where: str) -> FaultyFileError:
    return FaultyFileError(faults, where=where)


class RecordingError(AnlanError):
    """A recording cannot be read, or holds nothing usable."""


class DriverError(AnlanError):
    """A driver is declared or installed wrongly."""

    exit_code = 3


class LinkError(AnlanError):
    """A device cannot be reached, or went away."""

    exit_code = 3


class WireError(AnlanError):
    """A device sent bytes that make no sense."""

    exit_code = 3


class GraphError(AnlanError):
    """Nodes are wired to streams they cannot take."""

    def at(self, where: str) -> "GraphError":
        """Return the same fault, told of the stream ``where``."""
        return GraphError(self.what, where=where, hint=self.hint, zh=self.zh)


class StageError(AnlanError):
    """A scene or the renderer cannot do what was asked."""


class SoundError(AnlanError):
    """A voice or the sound output cannot do what was asked."""
