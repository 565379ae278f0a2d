"""A vendor's mistake is told by name with a remedy, wherever somebody misses the device."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from engine import plugins
from engine.cli import main

DRIVER = """
from engine.devices import Driver, Lines, Output, SerialLink, Unit, hookimpl

{api}

class Chair(Driver):
    model = "vendor-chair"
    zh, en = "躺椅", "Chair"
    link = SerialLink(Lines(), usb=((1, 2),))
    outputs = (Output("recline", Unit.DEGREE, low=0.0, high=50.0, slew=2.0, rest={rest}),)

    def encode(self, levels):
        return b"x"

    def halt(self):
        return b"STOP"

@hookimpl
def register_drivers():
    return (Chair,)
"""
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def vendor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Return what installs a vendor's chair, and runs a command with a rig that names it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    rig = tmp_path / "rig.toml"
    rig.write_text('[[devices]]\nname = "chair"\nmodel = "vendor-chair"\n')

    def run(
        *words: str, module: str, api: str = "ANLAN_API = 1", rest: float = 0.0
    ) -> tuple[int, str]:
        (tmp_path / f"{module}.py").write_text(DRIVER.format(api=api, rest=rest))
        points = [EntryPoint("vendor", module, plugins.GROUP)]
        monkeypatch.setattr(plugins, "entry_points", lambda **_: points)
        status = main([str(rig) if word == "RIG" else word for word in words])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


COMMANDS = [("check", "RIG"), ("devices", "--rig", "RIG"), ("devices", "--watch", "--rig", "RIG")]


@pytest.mark.parametrize("words", COMMANDS)
def test_an_output_that_rests_outside_its_range(words: tuple[str, ...], vendor: Command) -> None:
    status, said = vendor(*words, module="resting_vendor", rest=60.0)

    assert status == 1
    assert "left out Chair: output 'recline' rests at 60, outside 0 to 50" in said
    assert "see drivers/README.md" in said
    assert "no driver is installed for model 'vendor-chair'" in said


@pytest.mark.parametrize("words", COMMANDS)
def test_a_plugin_for_api_0(words: tuple[str, ...], vendor: Command) -> None:
    status, said = vendor(*words, module="old_api_vendor", api="ANLAN_API = 0")

    assert status == 1
    assert "left out vendor: was written for plugin API 0; this anlan has 1.0" in said
    assert "install a newer old_api_vendor, or ask its vendor for one" in said


def test_a_plugin_that_is_right_is_taken(vendor: Command) -> None:
    status, said = vendor("check", "RIG", module="right_vendor")

    assert (status, "left out" in said) == (0, False)
