"""What a session says at the terminal: in one language, every word of it."""

import re
from pathlib import Path

import pytest

from engine.cli.session_words import KEYS, WORK, last_words, work
from engine.runtime.outcome import Outcome
from tests.unit.test_room_ends import plan_in

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_last_words_are_all_in_one_language(tmp_path: Path, lang: str) -> None:
    outcome = Outcome(
        "the terminal was closed", 88.0, memory={"room": 2**27, "person": 2**26}, first_frame=1.5
    )
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "report.html").write_text("")

    said = "\n".join(last_words(plan_in(tmp_path / "s"), outcome, lang)).replace(str(tmp_path), "")

    if lang == "zh":
        assert "1:28, 终端窗口已关闭" in said
        assert set(re.findall(r"[A-Za-z]+", said)) <= {"s", "report", "html", "MiB", "person"}
    else:
        assert "1:28, the terminal was closed" in said
        assert not re.search(r"[\u4e00-\u9fff]", said)


def test_whatever_the_room_says_it_does_has_a_chinese_name() -> None:
    told = {
        what
        for file in (ROOT / "engine" / "runtime").glob("*.py")
        for what in re.findall(r'\btell\("([a-z ]+)", ', file.read_text("utf-8"))
    }

    assert {"getting ready", "pictures and sound"} <= told
    assert told <= set(WORK)
    assert work("report", "zh") == "报告"
    assert work("report", "en") == "report"


def test_the_same_keys_are_told_in_both_languages() -> None:
    singles = [re.findall(r"(?<![A-Za-z])[a-z](?= {2,})", text) for text in (KEYS.zh, KEYS.en)]

    assert singles[0] == singles[1]
    assert len(singles[0]) == 7
