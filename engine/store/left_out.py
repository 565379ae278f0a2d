"""What a reader left out of a recording, and why: English words that know their Chinese ones."""

from typing import Self


class LeftOut(str):
    """A sentence in English, which `zh` says in Chinese.

    Attributes
    ----------
    zh
        The same in Chinese.
    damage
        Whether something of the recording is lost, not only unused.
    """

    __slots__ = ("damage", "zh")

    zh: str
    damage: bool

    def __new__(cls, en: str, zh: str, *, damage: bool = False) -> Self:
        """Make the sentence of its two wordings."""
        made = super().__new__(cls, en)
        made.zh, made.damage = zh, damage
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, bool]]:
        """Survive being copied and the way to another process."""
        return (str(self), self.zh), {"damage": self.damage}


def in_chinese(words: str) -> str:
    """Return ``words`` in Chinese, or as they are where nobody wrote that."""
    return words.zh if isinstance(words, LeftOut) else words


def cut_line(number: float) -> LeftOut:
    """Return that the last line of a text file, its ``number``, is not whole."""
    return LeftOut(
        f"line {number:.0f}, the last one, is cut short",
        f"最后一行（第 {number:.0f} 行）不完整，没有使用：文件可能没有写完", damage=True,
    )  # fmt: skip


def unknown(what: str, zh: str, name: str) -> LeftOut:
    """Return that the column, signal or channel called ``name`` is not known."""
    return LeftOut(f"{what} {name!r} is not known", f"{zh}“{name}”不认得")
