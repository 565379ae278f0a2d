"""Whatever fails, the counselor reads why in Chinese, and a program reads a code."""

import re
from string import Formatter

import pytest

from engine.devices import state
from engine.errors import LinkError
from engine.processes.failure import PHRASES, Failure, failure_of
from engine.processes.restarts import FAILURES, STORM, is_hopeless, wait_before_restart

FACTS = {
    "kind": "KeyError", "message": "KeyError: 'x'", "seconds": 0.4, "number": 3, "scene": "sea",
    "signal": "SIGSEGV", "mib": 900.0, "most": 768.0, "voice": "wind",
}  # fmt: skip


@pytest.mark.parametrize("code", PHRASES)
def test_every_failure_has_words_in_both_languages(code: str) -> None:
    told = Failure(code, FACTS).told()
    filled = [name for _, name, _, _ in Formatter().parse(PHRASES[code].zh) if name]
    plain = re.sub(r"\{\w+(:[^}]*)?\}|MiB", "", PHRASES[code].zh)

    assert told["code"] == code
    assert told["reason"]
    assert "message" not in filled, "what a program says is English"
    assert not re.search("[A-Za-z]", plain)
    assert re.search(r"[\u4e00-\u9fff]", told["reason_zh"])


def test_an_exception_of_a_driver_is_named_by_its_kind() -> None:
    failure = failure_of(ValueError("a mistake"))

    assert failure.en == "ValueError: a mistake"
    assert failure.zh == "程序出错（ValueError）"


@pytest.mark.parametrize("make", [state.lost, state.unreachable, state.failed, state.faulty])
def test_a_link_without_chinese_words_puts_no_english_into_the_chinese(make: object) -> None:
    assert callable(make)
    standing = make(str(LinkError("cannot be opened", hint="plug it in")))

    assert "cannot be opened" in standing.en
    assert not re.search("[A-Za-z：]", standing.zh)


def test_quick_failures_and_slow_storms_are_both_given_up() -> None:
    quick = [float(n) for n in range(FAILURES)]
    slow = [100.0 * n for n in range(STORM)]

    assert not is_hopeless(quick[:-1], quick[-2])
    assert is_hopeless(quick, quick[-1])
    assert not is_hopeless(slow[:-1], slow[-2])
    assert is_hopeless(slow, slow[-1])
    assert not is_hopeless([600.0 * n for n in range(STORM)], 600.0 * STORM)
    assert wait_before_restart(quick, quick[-1]) > wait_before_restart(quick[:1], 0.0)
