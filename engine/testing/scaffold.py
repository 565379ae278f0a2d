"""Writes a driver package to begin with; it is right from its first moment."""

import json
import keyword
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from engine.errors import ConfigError
from engine.show import Caption

FLAVOURS: Mapping[str, Caption] = {
    "serial": Caption("皮电传感器", "Skin conductance sensor"),
    "ble": Caption("蓝牙皮电传感器", "Bluetooth skin conductance sensor"),
    "chair": Caption("振动躺椅", "Reclining chair with vibration"),
}
"""What the device of each template is called; ``<flavour>.py.txt`` is its driver."""
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def scaffold(name: str, flavour: str, folder: Path, *, zh: str = "", en: str = "") -> Path:
    """Write a package for the device ``name`` into ``folder`` and return it.

    Parameters
    ----------
    flavour
        One of `FLAVOURS`.
    zh, en
        What people call the device; left out, what the template's own device is called.

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
    called = FLAVOURS[flavour]
    words = name.replace("-", " ")
    facts = {
        "name": name,
        "module": module,
        "Class": "".join(w.capitalize() for w in words.split()),
        "Title": words[0].upper() + words[1:],
        "stream": "angle" if flavour == "chair" else "eda",
        "zh": json.dumps(zh or called.zh, ensure_ascii=False),
        "en": json.dumps(en or called.en, ensure_ascii=False),
    }
    for path, template in (
        (".gitignore", "gitignore.txt"),
        ("pyproject.toml", "pyproject.toml.txt"),
        ("README.md", "README.md.txt"),
        (f"{module}/__init__.py", f"{flavour}.py.txt"),
        (f"{module}/transcripts/{name}.toml", f"{flavour}.toml.txt"),
        (f"tests/test_{module}.py", "test.py.txt"),
    ):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_filled(template, facts), "utf-8")
    (folder / module / "py.typed").touch()
    return folder


def is_placeholder(transcript: Path) -> bool:
    """Whether a transcript is still the one `scaffold` wrote: of a device that does not exist."""
    text = transcript.read_text("utf-8", errors="replace")
    return transcript.suffix == ".toml" and any(
        text == _filled(f"{flavour}.toml.txt", {}) for flavour in FLAVOURS
    )


def _filled(template: str, facts: Mapping[str, str]) -> str:
    text = files("engine.testing").joinpath("templates", template).read_text("utf-8")
    for key, value in facts.items():
        text = text.replace("{{" + key + "}}", value)
    return text
