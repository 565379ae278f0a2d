import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from engine import plugins


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on the import path where a vendor's modules can be written."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def points(*modules: str) -> list[EntryPoint]:
    for module in modules:
        sys.modules.pop(module, None)
    own = EntryPoint("own-scenes", "scenes", plugins.GROUP)
    return [own, *(EntryPoint(m.replace("_", "-"), m, plugins.GROUP) for m in modules)]


def test_a_plugin_that_raises_on_import_is_named_and_the_rest_load(vendor: Path) -> None:
    (vendor / "broken_vendor.py").write_text("raise RuntimeError('no licence file')\n")

    found = plugins.load(points("broken_vendor"))

    assert "no licence file" in str(found.broken["broken-vendor"])
    assert "uninstall" in str(found.broken["broken-vendor"])
    assert "dusk-ocean" in found.scenes()


@pytest.mark.parametrize(
    ("said", "told", "remedy"),
    [
        ("0", "written for plugin API 0; this anlan has 1.0", "install a newer api_vendor"),
        ("'0.9'", "written for plugin API 0.9; this anlan has 1.0", "install a newer api_vendor"),
        ("2", "needs plugin API 2; this anlan has 1.0", "update anlan"),
        ("'1.7'", "needs plugin API 1.7; this anlan has 1.0", "update anlan"),
        ("'2.0.1'", "needs plugin API 2.0.1; this anlan has 1.0", "update anlan"),
        ("'one'", "'one', which is no version", 'write ANLAN_API = "1.0"'),
        ("None", "None, which is no version", 'write ANLAN_API = "1.0"'),
    ],
)
def test_a_plugin_for_another_api_is_refused_with_a_remedy(
    vendor: Path, said: str, told: str, remedy: str
) -> None:
    (vendor / "api_vendor.py").write_text(f"ANLAN_API = {said}\n")

    found = plugins.load(points("api_vendor"))

    fault = str(found.broken["api-vendor"])
    assert fault.startswith("api-vendor: ")
    assert told in fault
    assert remedy in fault
    assert "dusk-ocean" in found.scenes()


@pytest.mark.parametrize("said", ["1", "'1'", "'1.0'", "'1.0.3'"])
def test_a_plugin_for_this_api_is_taken(vendor: Path, said: str) -> None:
    (vendor / "api_vendor.py").write_text(f"ANLAN_API = {said}\n")

    assert plugins.load(points("api_vendor")).broken == {}


def test_a_misspelled_hook_is_found_before_anyone_misses_it(vendor: Path) -> None:
    (vendor / "typing_vendor.py").write_text(
        "from engine.plugins import hookimpl\n\n@hookimpl\ndef register_driver():\n    return []\n"
    )

    found = plugins.load(points("typing_vendor"))

    assert "register_driver" in str(found.broken["typing-vendor"])
    assert "register_drivers" in str(found.broken["typing-vendor"])


def test_a_hook_that_raises_leaves_the_others_alone(vendor: Path) -> None:
    (vendor / "late_vendor.py").write_text(
        "from engine.plugins import hookimpl\n\n"
        "@hookimpl\ndef register_scenes():\n    raise OSError('scene data is missing')\n"
    )

    found = plugins.load(points("late_vendor"))

    assert "dusk-ocean" in found.scenes()
    assert "scene data is missing" in str(found.broken["late-vendor"])


def test_a_name_that_is_taken_is_refused_by_name(vendor: Path) -> None:
    (vendor / "twin_vendor.py").write_text(
        "from engine.plugins import hookimpl\n"
        "class Other:\n    id = 'dusk-ocean'\n\n"
        "@hookimpl\ndef register_scenes():\n    return [Other]\n"
    )

    found = plugins.load(points("twin_vendor"))

    scenes = found.scenes()
    assert "dusk-ocean" in scenes
    assert "already registered" in str(next(iter(found.broken.values())))


def test_our_own_content_comes_in_by_the_same_door() -> None:
    found = plugins.load()

    assert found.broken == {}
    assert "dusk-ocean" in found.scenes()
    assert "demo" in found.protocols()
    assert "sea" in found.voices()
    assert "simulated-person" in found.drivers()
