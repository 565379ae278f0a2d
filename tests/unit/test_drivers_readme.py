import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from drivers import register_drivers
from engine.sound.vibroacoustic import VibroacousticChannel
from engine.testing import Tier
from engine.units import UNITS, Kind, Unit

README = Path(__file__).parents[2] / "drivers" / "README.md"


def code() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def test_the_driver_in_the_readme_is_a_driver_and_its_test_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver, proof, _ = code()
    module = types.ModuleType("line_sensor")
    monkeypatch.setitem(sys.modules, "line_sensor", module)
    exec(driver, module.__dict__)  # noqa: S102 - our own text
    test: dict[str, object] = {}
    exec(proof, test)  # noqa: S102
    check = test["test_it_conforms"]
    assert callable(check)

    check()

    assert len(driver.splitlines()) <= 40


def test_the_vibroacoustic_channel_in_the_readme_is_one() -> None:
    module: dict[str, Any] = {"__name__": "wave_bed"}
    exec(code()[2], module)  # noqa: S102 - our own text
    (bed,) = module["register_drivers"]()

    assert issubclass(bed, VibroacousticChannel)
    assert bed({}).options == {"device": "WaveBed", "channels": [3], "high": 60.0}


def test_every_driver_that_ships_is_in_the_readme() -> None:
    shipped = {d.model for d in register_drivers()}
    named = set(re.findall(r"`([a-z0-9-]+)`", README.read_text("utf-8")))

    assert shipped <= named, shipped - named


def test_the_table_of_kinds_and_units_is_that_of_the_code() -> None:
    text = README.read_text("utf-8")
    table = text[text.index("## Kinds and units") : text.index("## A chair, in short")]
    told = {
        Kind[kind]: {Unit[unit] for unit in re.findall(r"`([A-Z]+)`", units)}
        for kinds, units in re.findall(r"^\| (`Kind.*?) \|.*\| (.*?) \|$", table, re.MULTILINE)
        for kind in re.findall(r"Kind\.([A-Z0-9_]+)", kinds)
    }

    assert told == {kind: set(units) for kind, units in UNITS.items() if units}


def test_the_tiers_in_the_readme_are_those_of_the_kit() -> None:
    text = README.read_text("utf-8")

    assert all(f"| {tier.value} |" in text for tier in Tier if tier is not Tier.NONE)
