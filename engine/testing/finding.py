"""Finds the drivers of a module, or of a package that is not even installed."""

import importlib
import sys
import tomllib
from pathlib import Path
from types import ModuleType

from engine.devices.driver import Driver
from engine.devices.source import Source
from engine.errors import ConfigError
from engine.plugins import GROUP

Kind = type[Driver] | type[Source]


def drivers_in(target: str) -> list[type[Driver]]:
    """Return the drivers among `devices_in` ``target``."""
    return [kind for kind in devices_in(target) if issubclass(kind, Driver)]


def devices_in(target: str) -> list[Kind]:
    """Return the drivers and sources of ``target``, a module's name or a package's folder.

    The folder of a package is put on the path, so that its modules can be imported here and
    in the processes of its devices.

    Raises
    ------
    ConfigError
        If there is no such module or folder, or it cannot be imported.
    """
    names = _modules_of(Path(target)) if Path(target, "pyproject.toml").is_file() else [target]
    found: dict[str, Kind] = {}
    for name in names:
        for driver in _registered(_imported(name)):
            found[driver.model] = driver
    return list(found.values())


def _modules_of(folder: Path) -> list[str]:
    """Return the entry points of a package's folder, with its sources on the path."""
    file = folder / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(error), where=str(file), hint="mend the file") from error
    points = table.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if not points:
        raise ConfigError(
            f"names no plugin of {GROUP!r}",
            where=str(file),
            hint=f'add [project.entry-points."{GROUP}"] with  name = "module"',
        )
    sources = folder / "src" if (folder / "src").is_dir() else folder
    if str(sources.resolve()) not in sys.path:
        sys.path.insert(0, str(sources.resolve()))
    importlib.invalidate_caches()
    return [str(point).partition(":")[0] for point in points.values()]


def _imported(name: str) -> ModuleType:
    if "/" in name or name.startswith("."):
        raise ConfigError(
            "has no pyproject.toml",
            where=name,
            hint="give a module's name, or the folder of a package",
        )
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise ConfigError(
            f"cannot be imported: {type(error).__name__}: {error}",
            where=name,
            hint="give a module's name, or the folder of a package with its pyproject.toml",
        ) from error


def _registered(module: ModuleType) -> list[Kind]:
    """Return what a module registers, or else every finished driver and source it defines."""
    register = getattr(module, "register_drivers", None)
    members = vars(module).values() if register is None else register()
    return [
        m
        for m in members
        if isinstance(m, type)
        and issubclass(m, Driver | Source)
        and hasattr(m, "model")
        and (register is not None or m.__module__ == module.__name__)
    ]
