"""The description of the analysis names every key of its JSON, and its program runs."""

import re
from pathlib import Path

import pytest

from engine.analysis import analyse, facts
from engine.store.recording import READERS
from tests.analysis_kit import of_intervals, write
from tests.synthetic_heart import intervals

README = (Path(__file__).parents[2] / "engine" / "analysis" / "README.md").read_text("utf-8")


def test_every_key_of_the_json_is_described() -> None:
    made = facts(analyse(of_intervals(intervals(120))))

    missing = {key for key in made if f"`{key}" not in README}

    assert missing == set()


def test_every_kind_of_file_is_described() -> None:
    assert {ending for ending in READERS if ending not in README} == set()


def test_its_program_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    rows = "\n".join(f"{ms:.1f}" for ms in intervals(120).tolist())
    write(tmp_path / "rest.csv", f"rr[ms]\n{rows}\n")
    monkeypatch.chdir(tmp_path)

    exec(compile(program, "README.md", "exec"), {})  # noqa: S102 - our own documentation

    assert (tmp_path / "rest.json").is_file()
