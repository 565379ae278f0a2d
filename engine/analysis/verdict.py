"""Whether a recording is good enough, in one word and one sentence."""

from enum import StrEnum
from typing import NamedTuple

from engine.analysis.analysing import Analysis
from engine.analysis.remarks import Weight
from engine.show import Caption


class Verdict(StrEnum):
    """How far the numbers can be relied on."""

    GOOD = "good"
    CARE = "with care"
    POOR = "not good enough"


class Judgement(NamedTuple):
    """The verdict, its heading, and what it means for the reader."""

    verdict: Verdict
    heading: Caption
    words: Caption


GOOD = Judgement(
    Verdict.GOOD,
    Caption("这份记录质量良好", "This recording is good"),
    Caption(
        "下面给出的数值都可以使用。", "The numbers below can be used as they are.",
    ),
)  # fmt: skip
CARE = Judgement(
    Verdict.CARE,
    Caption("这份记录可以使用，但请留意", "This recording can be used, with care"),
    Caption(
        "给出的数值是可靠的；请先读下面的说明。",
        "The numbers that are told hold; read the remarks first.",
    ),
)
POOR = Judgement(
    Verdict.POOR,
    Caption("这份记录不够好", "This recording is not good enough"),
    Caption(
        "没有给出的数值无法从中得出，原因如下。",
        "What is left out cannot be told from it, for these reasons.",
    ),
)


def verdict(analysis: Analysis) -> Judgement:
    """Return how far the numbers of ``analysis`` can be relied on."""
    weights = {remark.weight for remark in analysis.remarks}
    if Weight.FAULT in weights:
        return POOR
    return CARE if Weight.CARE in weights else GOOD
