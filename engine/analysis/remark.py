"""One thing a person must know before trusting the numbers of a recording."""

from dataclasses import dataclass
from enum import StrEnum

from engine.show import Caption


class Weight(StrEnum):
    """How much a remark weighs."""

    FAULT = "fault"
    CARE = "care"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know: ``code`` for programs, ``words`` for people."""

    weight: Weight
    code: str
    words: Caption


def remark(weight: str, code: str, zh: str, en: str) -> Remark:
    """Return a remark of a weight, by its two wordings."""
    return Remark(Weight(weight), code, Caption(zh, en))
