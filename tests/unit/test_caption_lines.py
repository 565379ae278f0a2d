"""Captions break where a reader would break them."""

import pytest

from engine.stage.wrap import LINE, balanced, width

ZH = "吸气时光慢慢亮起，呼气时随它沉下；跟不上也没关系，按自己的节奏来。"
EN = "Breathe in as the light rises, and out as it sinks. If you fall behind, find your own pace."


def test_a_short_caption_stays_on_one_line() -> None:
    assert balanced("慢慢呼吸") == "慢慢呼吸"


@pytest.mark.parametrize("text", [ZH, EN, ZH * 3, EN * 3])
def test_no_line_is_too_long_and_nothing_is_lost(text: str) -> None:
    lines = balanced(text).split("\n")

    assert max(width(line) for line in lines) <= LINE
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", [ZH, EN])
def test_lines_are_about_equally_long(text: str) -> None:
    widths = [width(line) for line in balanced(text).split("\n")]

    assert min(widths) > 0.6 * max(widths)


def test_no_chinese_line_begins_with_a_stop() -> None:
    for n in range(1, 30):
        for line in balanced("静" * n + "，" + "静" * 30 + "。").split("\n"):
            assert line[0] not in "，。"


def test_english_breaks_only_between_words() -> None:
    words = set(EN.split())

    assert set(balanced(EN).split()) == words


def test_a_line_break_in_the_text_is_kept() -> None:
    assert balanced("一\n二") == "一\n二"
