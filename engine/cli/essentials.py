"""The few lines one looks at first after an analysis, in Chinese or English."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.analysis import Analysis
from engine.analysis.facts import rhythm_word
from engine.analysis.naming import BREATH, HEART, SKIN, Name
from engine.analysis.remark import Weight
from engine.analysis.verdict import Verdict, verdict
from engine.analysis.why import reason
from engine.dsp.metric import Metric
from engine.report.phrases import NBSP, give_or_take
from engine.show import Caption
from engine.store.left_out import in_chinese

TOLD = frozenset(
    {"hr_bpm", "rmssd_ms", "sdnn_ms", "lf_ms2", "hf_ms2", "tonic_us", "scr_per_min", "rate_bpm"}
)
GROUPS = {
    "heart": Caption("心跳", "heart"), "eda": Caption("皮电", "skin"),
    "resp": Caption("呼吸", "breath"),
}  # fmt: skip
ENOUGH = {
    Verdict.GOOD: Caption("是", "yes"), Verdict.CARE: Caption("可用，但请留意", "yes, with care"),
    Verdict.POOR: Caption("否", "no"),
}  # fmt: skip
RHYTHM = {
    "regular": Caption("规则", "regular"),
    "too irregular for HRV": Caption("不够规则，不能计算心率变异性", "too irregular for HRV"),
    "unknown": Caption("未知", "unknown"),
}
WEIGHTS = {
    Weight.FAULT: Caption("问题", "fault"), Weight.CARE: Caption("注意", "care"),
    Weight.NOTE: Caption("说明", "note"),
}  # fmt: skip
GAP = 2
"""Columns between a name and what it is."""


def essentials(analysis: Analysis, language: str) -> str:
    """Return what was recorded, whether it is good enough, and the main numbers."""
    return _table((said(name, language), rest) for name, rest in _lines(analysis, language))


def remarks(analysis: Analysis, language: str) -> str:
    """Return what to know before trusting them, and what was left out of the file."""
    told = [(WEIGHTS[r.weight], said(r.words, language)) for r in analysis.remarks]
    told += [
        (Caption("未使用", "left out"), in_chinese(words) if language == "zh" else words)
        for words in analysis.recording.ignored
    ]
    return _table((said(name, language), words) for name, words in told)


def said(words: Caption, language: str) -> str:
    """Return ``words`` in one language."""
    return words.zh if language == "zh" else words.en


def _lines(analysis: Analysis, language: str) -> Iterator[tuple[Caption, str]]:
    heard = analysis.heard
    between = "、" if language == "zh" else ", "
    sources = between.join(
        f"{said(GROUPS[group], language)} ← {track.stream.name}"
        for group, track in heard.sources.items()
    )
    nothing = said(Caption("没有可用的信号", "nothing usable"), language)
    yield Caption("记录", "recording"), f"{_length(heard.lasts)}, {sources or nothing}"
    yield Caption("质量足够", "good enough"), said(ENOUGH[verdict(analysis).verdict], language)
    parts: list[tuple[Sequence[Name], Mapping[str, Metric]]] = []
    if "heart" in heard.sources:
        yield Caption("心律", "rhythm"), said(RHYTHM[rhythm_word(analysis)], language)
        parts.append((HEART, analysis.whole.metrics))
    if analysis.skin is not None:
        parts.append((SKIN, analysis.skin.metrics))
    if analysis.breath is not None:
        parts.append((BREATH, analysis.breath.metrics))
    for names, metrics in parts:
        for name in names:
            if name.metric not in TOLD:
                continue
            metric = metrics[name.metric]
            why = said(reason(name.metric, metric, heard.sources), language)
            value, doubt = give_or_take(metric.value, metric.doubt, name.decimals)
            off = f" {doubt.replace(NBSP, ' ')}" if doubt else ""
            unit = said(name.unit, language)
            yield name.words, f"{value}{off} {unit}" if metric.valid else f"–  ({why})"


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    """Return lines of a name each and what it is, in two columns."""
    lines = list(rows)
    width = GAP + max((_columns(name) for name, _ in lines), default=0)
    return "".join(f"{name}{' ' * (width - _columns(name))}{rest}\n" for name, rest in lines)


def _columns(text: str) -> int:
    """Return how wide a text stands in a terminal: a Chinese letter takes two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
