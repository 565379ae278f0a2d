"""Finds the Chinese for an English sentence in which names and numbers differ."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from engine.chinese.devices import DEVICES
from engine.chinese.files import FILES
from engine.chinese.remedies import REMEDIES
from engine.chinese.terms import TERMS

NUMBER = r"[-+\d.e]+"
FIELDS = {
    "low": NUMBER,
    "high": NUMBER,
    "literal": rf"'.*'|\".*\"|\[.*\]|\{{.*\}}|{NUMBER}|True|False",
}
"""What stands for a name, where nearly anything would fit around it."""

_Table: TypeAlias = tuple[tuple[re.Pattern[str], str], ...]


def in_chinese(english: str) -> str:
    """Return a fault's sentence, or its remedy, in Chinese; empty where nobody wrote it yet."""
    return _found(english, _sentences()) or _found(english, _terms())


def all_in_chinese(sentences: Iterable[str]) -> str:
    """Return several sentences as one in Chinese; empty where one of them is not known."""
    said = [in_chinese(sentence) for sentence in sentences]
    return "；".join(said) if all(said) else ""


def _found(english: str, table: _Table) -> str:
    for pattern, chinese in table:
        found = pattern.fullmatch(english)
        if found is not None:
            words = {name: _word(value) for name, value in found.groupdict().items()}
            return chinese.format_map(words)
    return ""


def _word(value: str) -> str:
    """Return what stands for a name in a sentence: a phrase of ours in Chinese, others as is."""
    return _found(value, _terms()) or value


@cache
def _sentences() -> _Table:
    return _compiled((*FILES, *DEVICES, *REMEDIES))


@cache
def _terms() -> _Table:
    return _compiled(TERMS)


def _compiled(pairs: Iterable[tuple[str, str]]) -> _Table:
    # What is said in more words is looked for first: "is {value}" would fit nearly everything.
    ordered = sorted(pairs, key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    return tuple((_pattern(english), chinese) for english, chinese in ordered)


def _pattern(english: str) -> re.Pattern[str]:
    parts = re.split(r"(?<!\{)\{(\w+)\}", english)
    named = [f"(?P<{name}>{FIELDS.get(name, '.*?')})" for name in parts[1::2]]
    fixed = [re.escape(words.replace("{{", "{").replace("}}", "}")) for words in parts[::2]]
    return re.compile("".join(a + b for a, b in zip(fixed, [*named, ""], strict=True)), re.DOTALL)
