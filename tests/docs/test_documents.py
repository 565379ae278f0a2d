"""What is there is told: commands, hooks, folders, events; and what is told is there."""

import inspect
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import plugins
from engine.cli.entry import COMMANDS, anlan
from engine.events import EVENT_KINDS
from engine.signals import SIGNALS

ROOT = Path(__file__).parents[2]
FOLDERS = ("engine", "drivers", "scenes", "protocols", "tests", "tools")
OURS = [p for f in FOLDERS for p in (ROOT / f).rglob("*") if p.suffix in {".py", ".md", ".toml"}]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_text_with_an_example_or_a_reason(command: str) -> None:
    result = CliRunner().invoke(anlan, [command, "--help"])

    assert result.exit_code == 0, result.output
    assert len(result.output.split()) > 15


def test_every_hook_says_what_it_is_for() -> None:
    for name, hook in inspect.getmembers(plugins.HookSpecs, inspect.isfunction):
        assert hook.__doc__, name


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_top_folder_has_a_readme(folder: str) -> None:
    assert len((ROOT / folder / "README.md").read_text(encoding="utf-8")) > 200


def test_every_folder_of_the_engine_is_in_its_readme() -> None:
    told = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")

    folders = {p.parent.name for p in (ROOT / "engine").glob("*/__init__.py")}
    missing = {f for f in folders if f"`{f}`" not in told}

    assert missing == set()


def test_commands_named_in_the_readme_exist() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")

    named = set(re.findall(r"^anlan (\w+)", told, flags=re.MULTILINE))

    assert named
    assert named <= set(COMMANDS)


def test_every_kind_of_event_the_engine_says_is_declared() -> None:
    said: set[str] = set()
    for path in (ROOT / "engine").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        said |= set(re.findall(r"\b(?:say|Notice|Event)\(\s*\"([a-z_]+)\"", text))

    assert said
    assert said <= EVENT_KINDS


def test_every_signal_has_a_name_in_both_languages() -> None:
    for signal in SIGNALS.values():
        assert signal.zh
        assert signal.en


def test_no_text_makes_a_medical_claim() -> None:
    """The words may only stand where they are forbidden or disclaimed."""
    the_list_itself = ROOT / "engine" / "session" / "faults.py"
    claim = re.compile(r"\b(treats?|treatment|cures?|diagnos\w+)\b|治疗|治愈|诊断", re.IGNORECASE)
    denied = re.compile(r"forbid|never|no medical|\bnot?\b|without", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:90]}"
        for path in OURS
        if path.parts[len(ROOT.parts)] != "tests" and path != the_list_itself
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if claim.search(line) and not denied.search(line)
    ]

    assert found == []


def test_no_path_of_someones_machine_is_in_the_project() -> None:
    private = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in OURS
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if private.search(line)
    ]

    assert found == []


def test_plugins_can_be_listed_for_programs() -> None:
    result = CliRunner().invoke(anlan, ["plugins", "--json"], standalone_mode=False)

    listed = json.loads(result.output)
    assert listed["broken"] == {}
    assert {"demo", "capsule-20", "slow-paced-breathing"} <= set(listed["protocols"])
    assert "dusk-ocean" in listed["scenes"]
    assert {"sea", "wind"} <= set(listed["voices"])
    assert {"simulated-person", "replayed-recording"} <= set(listed["drivers"])
