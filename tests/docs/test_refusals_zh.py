"""Whatever keeps a recording from being read is said in Chinese too."""

import ast
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "engine"
FILES = sorted(
    [*(ENGINE / "store" / "readers").glob("*.py"), *(ENGINE / "analysis").glob("*.py")]
    + [ENGINE / "store" / f"{name}.py" for name in ("recording", "track", "sampling", "columns")]
)
NEVER_SEEN = frozenset({"is not readable"})
"""Told before it can happen."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_refusal_has_chinese_words(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"RecordingError", "AnlanError"}
    ]

    lacking = [
        f"{path.name}:{call.lineno}"
        for call in calls
        if not any(word.arg == "zh" for word in call.keywords)
        and not (isinstance(call.args[0], ast.Constant) and call.args[0].value in NEVER_SEEN)
    ]

    assert lacking == []
