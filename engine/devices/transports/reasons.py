"""A reason why a device cannot be reached: what is wrong, what to do, in both languages."""

from typing import NamedTuple

from engine.errors import LinkError

ENGLISH_ONLY = "原因见英文说明"
"""In place of a detail that a system or a library tells in English alone."""


class UnreachableError(LinkError):
    """A device cannot be reached, or went away, for a known reason.

    Parameters
    ----------
    code
        The reason as a word for programs.
    zh
        What went wrong and what to do, in Chinese.
    """

    def __init__(
        self, what: str, *, where: str = "", hint: str = "", zh: str = "", code: str = ""
    ) -> None:
        super().__init__(what, where=where, hint=hint, zh=zh)
        self.code = code

    @property
    def lines_zh(self) -> list[str]:
        """The reason in Chinese; it says itself where that is."""
        return [self.zh] if self.zh else []


class Reason(NamedTuple):
    """One cause: a word for programs, what is wrong and what to do about it, twice."""

    code: str
    en: str
    remedy: str
    zh: str
    remedy_zh: str

    def error(self, where: str = "", detail: str = "", detail_zh: str = "") -> UnreachableError:
        """Return the error, about device ``where``, with a ``detail`` of this one case."""
        en = f"{self.en}: {detail}" if detail else self.en
        place = f"{where}：" if where else ""
        more = detail_zh or detail
        zh = f"{place}{self.zh}{'：' + more if more else ''}（{self.remedy_zh}）"
        return UnreachableError(en, where=where, hint=self.remedy, zh=zh, code=self.code)
