"""No reason the engine gives reaches a Chinese reader in English."""

import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from engine.report.reasons import REASONS, reason
from engine.session import (
    actuators,
    conductor,
    feedback,
    ladder,
    ratings,
    steering,
    stop_rules,
    wishes,
)

NOT_REASONS = {
    "stop rule", "no consent", "recording ended", "set by 7",
    "simulated officer", "paused by 7", "held by 7", "dizzy said by 7", "emergency stop by 7",
    "resumed by 7", "device lost", "part ended", "stage and sound", "pictures and sound", "anlan 7",
}  # fmt: skip
"""Names of rules (an event gives a reason beside them) and words of progress."""


def sentences(module: ModuleType) -> Iterator[str]:
    """Yield every text of more than one word a module holds, with 7 for what is filled in.

    Docstrings, and what only goes into an exception of ours or a process's name, are left out.
    """
    tree = ast.parse(inspect.getsource(module))
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(inner) for inner in ast.walk(node) if inner is not node}
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
            node.left.value = f"{node.left.value!s}7"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error"):
            left_out |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(
                str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values
            )
        else:
            continue
        if " " in text.strip():
            yield text


def known(text: str) -> bool:
    """Tell whether ``text`` has a Chinese wording, whatever its 7s stand for."""
    tries = [
        text,
        *(text.replace("7", name, 1) for name in ("officer", "SUDS", "heart.rate", "heart")),
    ]
    return any(re.search(r"[\u4e00-\u9fff]", reason(one).zh) for one in tries)


@pytest.mark.parametrize(
    "module",
    [stop_rules, wishes, conductor, feedback, actuators, ladder, ratings, steering],
    ids=lambda m: m.__name__,
)
def test_every_reason_has_a_chinese_wording(module: ModuleType) -> None:
    found = [text for text in sentences(module) if text not in NOT_REASONS]

    assert [text for text in found if not known(text)] == []


def test_the_search_for_reasons_finds_them() -> None:
    assert set(sentences(stop_rules)) == {
        "7 at or above 7", "7 rose by 7 or more", "heart rate above 7 /min for 30 s",
        "heart rate below 40 /min for 15 s",
    }  # fmt: skip
    assert len(list(sentences(wishes))) >= 18


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("skipped by counselor", "咨询师跳过了上一段", "skipped by the counselor"),
        ("officer went on", "本人选择继续", "the officer went on"),
        ("SUDS at or above 80", "SUDS 自评达到或超过 80", "SUDS at or above 80"),
        (
            "heart rate above 153 /min for 30 s",
            "心率连续 30 秒高于每分钟 153 次",
            "heart rate above 153 /min for 30 s",
        ),
        ("arousal: no signal", "唤醒度：暂无数值", "Arousal: no signal"),
        (
            "heart.rate: 31% of beats corrected",
            "心率：31% 的心跳经过修正",
            "Heart rate: 31% of beats corrected",
        ),
    ],
)
def test_what_differs_is_kept_and_named(text: str, zh: str, en: str) -> None:
    found = reason(text)

    assert (found.zh, found.en) == (zh, en)


def test_a_reason_nobody_foresaw_is_told_as_it_is() -> None:
    assert reason("the cat sat on it").zh == "the cat sat on it"


def test_the_wordings_of_a_reason_speak_of_the_same_things() -> None:
    for en, zh in REASONS:
        assert set(re.findall(r"\{\w+\}", zh)) == set(re.findall(r"\{\w+\}", en))
