import re
import sys
import types
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "drivers" / "README.md"


def test_the_driver_in_the_readme_is_a_driver_and_its_test_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver, proof = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    module = types.ModuleType("line_sensor")
    monkeypatch.setitem(sys.modules, "line_sensor", module)
    exec(driver, module.__dict__)  # noqa: S102 - our own text
    test: dict[str, object] = {}
    exec(proof, test)  # noqa: S102
    check = test["test_it_conforms"]
    assert callable(check)

    check()

    assert len(driver.splitlines()) <= 40
