"""Whether a recording is good enough, in one word and one sentence."""

from enum import StrEnum
from typing import NamedTuple

from engine.analysis.analysing import Analysis
from engine.analysis.remark import Weight
from engine.analysis.variability import Withheld
from engine.report.phrases import duration, share
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
        "没有给出的数值无法从中得出，原因如下。请检查传感器和文件，重新记录安静的五分钟。",
        "What is left out cannot be told from it, for these reasons. Check the sensor and the "
        "file, and record five quiet minutes again.",
    ),
)

IRREGULAR = POOR._replace(
    words=Caption(
        "没有给出的数值无法从中得出，原因如下。",
        "What is left out cannot be told from it, for these reasons.",
    )
)
"""The same where only the rhythm stands in the way: another recording would not change that."""
ONLY_RHYTHM = frozenset({Withheld.IRREGULAR.name.lower()})

LITTLE = 0.01
"""Share below which it is not worth a number."""


def because(analysis: Analysis) -> Caption:
    """Return what the verdict rests on, in one sentence; nothing without a heart signal."""
    if "heart" not in analysis.heard.sources:
        return Caption("", "")
    whole, lasts = analysis.whole, duration(analysis.heard.lasts)
    zh = f"记录长 {lasts.zh}，其中 {share(whole.covered)} 的时间有可用的心跳"
    en = f"Of {lasts.en}, {share(whole.covered)} was usable heartbeat"
    # In an irregular rhythm nothing is repaired, so there is no share to tell.
    if whole.covered > 0.0 and Withheld.IRREGULAR not in whole.withheld:
        some = share(whole.corrected)
        if 0.0 < whole.corrected < LITTLE:
            some = f"< {share(LITTLE)}"
        zh += f"；{some} 的心跳间期经过修正" if whole.corrected else "；没有间期需要修正"
        said = f"{some} of the intervals were" if whole.corrected else "no interval had to be"
        en += f"; {said} corrected"
    return Caption(f"{zh}。", f"{en}.")


def verdict(analysis: Analysis) -> Judgement:
    """Return how far the numbers of ``analysis`` can be relied on."""
    weights = {remark.weight for remark in analysis.remarks}
    if Weight.FAULT in weights:
        faults = frozenset(r.code for r in analysis.remarks if r.weight is Weight.FAULT)
        return IRREGULAR if faults == ONLY_RHYTHM else POOR
    return CARE if Weight.CARE in weights else GOOD
