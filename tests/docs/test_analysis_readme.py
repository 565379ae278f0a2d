"""The description of the analysis names every key of its JSON, and its program runs."""

import json
import re
from pathlib import Path

import pytest

from engine.analysis import analyse, facts
from engine.analysis.layout import schema_text
from engine.store.recording import READERS
from tests.analysis_kit import of_intervals, write
from tests.synthetic_heart import intervals

FOLDER = Path(__file__).parents[2] / "engine" / "analysis"
README = (FOLDER / "README.md").read_text("utf-8")


def test_every_key_of_the_json_is_described() -> None:
    made = facts(analyse(of_intervals(intervals(120))))

    missing = {key for key in made if f"`{key}" not in README}

    assert missing == set()


def test_the_published_schema_is_fresh() -> None:
    kept = (FOLDER / "analysis.schema.json").read_text(encoding="utf-8")

    assert kept == schema_text(), "run python tools/make_schema.py"


def test_the_schema_names_every_key_of_the_json() -> None:
    made = facts(analyse(of_intervals(intervals(120))))

    assert list(json.loads(schema_text())["required"]) == list(made)


def test_every_kind_of_file_is_described() -> None:
    assert {ending for ending in READERS if ending not in README} == set()


def test_its_program_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    rows = "\n".join(f"{ms:.1f}" for ms in intervals(120).tolist())
    write(tmp_path / "rest.csv", f"rr[ms]\n{rows}\n")
    monkeypatch.chdir(tmp_path)

    exec(compile(program, "README.md", "exec"), {})  # noqa: S102 - our own documentation

    assert (tmp_path / "rest.json").is_file()
