"""The table of hazards names tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HAZARDS = ROOT / "engine" / "devices" / "HAZARDS.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> list[list[str]]:
    lines = HAZARDS.read_text(encoding="utf-8").splitlines()
    cells = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    return [[c.strip() for c in row] for row in cells if row[0].strip() != "hazard"]


def test_every_test_the_table_names_exists() -> None:
    named = NAMED.findall(HAZARDS.read_text(encoding="utf-8"))
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file()
        or name
        not in {
            node.name
            for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
    ]

    assert len(named) > 25
    assert missing == []


def test_every_hazard_has_a_severity_a_cause_a_control_and_its_evidence() -> None:
    for hazard, severity, cause, control, shown in rows():
        assert severity in {"A", "B", "C"}, hazard
        assert cause, hazard
        assert control, hazard
        assert NAMED.search(shown) or control.startswith("none in software"), hazard
