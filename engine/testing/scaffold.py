"""Writes a driver package to begin with; it is right from its first moment."""

import keyword
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from engine.errors import ConfigError

FLAVOURS: Mapping[str, tuple[str, str]] = {
    "serial": ("serial.py.txt", "serial.toml.txt"),
    "ble": ("ble.py.txt", "ble.toml.txt"),
    "chair": ("chair.py.txt", "chair.toml.txt"),
}
"""Driver and transcript of each kind of device."""
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def scaffold(name: str, flavour: tuple[str, str], folder: Path) -> Path:
    """Write a package for the device ``name`` into ``folder`` and return it.

    Raises
    ------
    ConfigError
        If the name is none, or something is in the folder already.
    """
    module = name.replace("-", "_")
    if not NAME.fullmatch(name) or keyword.iskeyword(module):
        raise ConfigError(
            "is no name for a driver",
            where=name,
            hint="small letters, digits and -, beginning with a letter: temperature-band",
        )
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise ConfigError(
            "is there already, and not empty", where=str(folder), hint="name another with --out"
        )
    driver, transcript = flavour
    words = name.replace("-", " ")
    facts = {
        "name": name,
        "module": module,
        "Class": "".join(w.capitalize() for w in words.split()),
        "Title": words[0].upper() + words[1:],
    }
    for path, template in (
        ("pyproject.toml", "pyproject.toml.txt"),
        ("README.md", "README.md.txt"),
        (f"{module}/__init__.py", driver),
        (f"{module}/transcripts/{name}.toml", transcript),
        (f"tests/test_{module}.py", "test.py.txt"),
    ):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_filled(template, facts), "utf-8")
    (folder / module / "py.typed").touch()
    return folder


def _filled(template: str, facts: Mapping[str, str]) -> str:
    text = files("engine.testing").joinpath("templates", template).read_text("utf-8")
    for key, value in facts.items():
        text = text.replace("{{" + key + "}}", value)
    return text
