"""Whatever a command or a room can tell of a fault has a Chinese text, here or beside it."""

import re

import pytest

from engine.chinese import in_chinese
from engine.chinese.devices import DEVICES
from engine.chinese.files import FILES
from engine.chinese.remedies import REMEDIES
from engine.chinese.terms import TERMS
from engine.errors import ConfigError, FaultyFileError
from tests.fault_texts import told

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_sentence_and_every_remedy_has_a_chinese_text() -> None:
    found = list(told())
    lacking = sorted({f"{t.place}: {t.text}" for t, _ in found if not in_chinese(t.text)})

    assert len(found) > 200, "the scan of the code finds what there is to tell"
    assert lacking == []


@pytest.mark.parametrize("pairs", [FILES, DEVICES, REMEDIES, TERMS])
def test_a_text_says_the_same_things_in_both_languages(pairs: tuple[tuple[str, str], ...]) -> None:
    for english, chinese in pairs:
        names = set(re.findall(r"(?<!\{)\{(\w+)\}", english))
        assert names == set(re.findall(r"(?<!\{)\{(\w+)\}", chinese)), english
        assert HAN.search(chinese), english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("there is no key 'closng' here", "这里没有 'closng' 这一项"),
        (
            "must be a list of 2 values, each a number, not a list of 1",
            "应为含 2 个值的列表，每个值是数字，写成了 1 项的列表",
        ),
        ("cannot be read: Permission denied", "读不了：没有权限"),
        ("is 'round'", "写成了 'round'"),
        ('give it in the phase: set = { "chair.recline" = ... }',
         '请写在这一段里：set = { "chair.recline" = ... }'),
        ("something a vendor says", ""),
    ],
)  # fmt: skip
def test_names_and_numbers_stay_and_what_is_ours_is_translated(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


def test_a_fault_is_told_in_chinese_with_its_place_and_its_remedy() -> None:
    known = ConfigError("is missing", where="calm.toml:3: id", hint="give another file")
    own = ConfigError("is odd", where="rig", zh="不对")
    strange = ConfigError("is odd", where="calm.toml:9: x")

    assert FaultyFileError([known, own, strange], where="calm.toml").lines_zh == [
        "calm.toml:3: id：缺少这一项（请换一个文件）",
        "rig：不对",
        "calm.toml:9: x：有误，详情见英文",
    ]
    assert strange.lines_zh == ["calm.toml:9: x：有误，详情见英文"]
