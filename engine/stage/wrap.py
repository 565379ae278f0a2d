"""Breaking a caption into lines of about the same length, in Chinese and in English."""

import math
import unicodedata

LINE = 26.0  # em: the longest line
_NOT_FIRST = set("，。！？；：、）》」』”’…—,.!?;:)")
_NOT_LAST = set("（《「『“‘(")


def balanced(text: str, longest: float = LINE) -> str:
    """Return ``text`` with line breaks, no line longer than ``longest`` em.

    Lines come out about equally long. Chinese breaks between any two characters, but no
    line begins with a stop or ends with an opening bracket; English breaks at spaces.
    """
    lines = [_paragraph(part.strip(), longest) for part in text.splitlines() if part.strip()]
    return "\n".join(lines)


def width(text: str) -> float:
    """Return how wide ``text`` is, in em."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.52 for c in text)


def _paragraph(text: str, longest: float) -> str:
    total = width(text)
    if total <= longest:
        return text
    aim = total / math.ceil(total / longest)
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        grown = width((line + piece).strip())
        too_long = grown > longest
        # Break where it leaves the line nearest to the length aimed at.
        enough = grown > aim and grown - aim > aim - width(line.strip())
        if line.strip() and (too_long or enough) and width(text) > 0:
            lines.append(line.strip())
            line = piece
        else:
            line += piece
    return "\n".join([*lines, line.strip()])


def _pieces(text: str) -> list[str]:
    """Cut ``text`` wherever a line may end."""
    pieces = [""]
    for before, c in zip(" " + text, text, strict=False):
        wide = (
            unicodedata.east_asian_width(c) in "WFA"
            or unicodedata.east_asian_width(before) in "WFA"
        )
        may_end = before == " " or (wide and c not in _NOT_FIRST and before not in _NOT_LAST)
        if may_end and c != " ":
            pieces.append(c)
        else:
            pieces[-1] += c
    return [p for p in pieces if p]
