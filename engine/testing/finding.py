"""Finds the drivers of a module, or of a package that is not even installed.

A package is taken as the engine takes it: by its entry point, as a plugin, by what its hook
returns. What keeps it out of a room keeps it out of the kit.
"""

import importlib
import inspect
import sys
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from engine.devices.driver import Driver
from engine.devices.source import Source
from engine.errors import AnlanError, ConfigError
from engine.hooks import HookSpecs
from engine.plugins import GROUP, load
from engine.processes.failure import describe
from engine.testing.names import REGISTERED
from engine.testing.raised import place_of
from engine.testing.verdict import Check, Tier

Kind = type[Driver] | type[Source]


@dataclass(frozen=True, slots=True)
class Found:
    """What a target holds.

    Attributes
    ----------
    registration
        Whether a room would find it, too.
    """

    devices: tuple[Kind, ...]
    registration: Check


def drivers_in(target: str) -> list[type[Driver]]:
    """Return the drivers among the devices of ``target``, as `find` finds them."""
    return [kind for kind in find(target).devices if issubclass(kind, Driver)]


def find(target: str) -> Found:
    """Return the drivers and sources of ``target``, a module's name or a package's folder.

    The folder of a package is put on the path, so that its modules can be imported here and
    in the processes of its devices.

    Raises
    ------
    AnlanError
        If there is no such module or folder, it cannot be imported, or no room would take it.
    """
    if Path(target, "pyproject.toml").is_file():
        points = _points_of(Path(target))
        devices = _registered(points)
        _refuse_taken(devices)
        return Found(devices, Check(Tier.BRONZE, REGISTERED))
    module = _imported(target)
    if not hasattr(module, "register_drivers"):
        why = "a module without register_drivers(); give the package that registers it"
        return Found(_defined(module), Check(Tier.BRONZE, REGISTERED, unexamined=why))
    return Found(_registered([EntryPoint(target, target, GROUP)]), Check(Tier.BRONZE, REGISTERED))


def _points_of(folder: Path) -> list[EntryPoint]:
    """Return the entry points of a package's folder, with its sources on the path."""
    file = folder / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(error), where=str(file), hint="mend the file") from error
    groups = table.get("project", {}).get("entry-points", {})
    points = groups.get(GROUP, {})
    if not points:
        close = get_close_matches(GROUP, groups, 1)
        raise ConfigError(
            f"names no plugin of {GROUP!r}" + (f", but one of {close[0]!r}" if close else ""),
            where=str(file),
            hint=f'add [project.entry-points."{GROUP}"] with  name = "module"',
        )
    sources = folder / "src" if (folder / "src").is_dir() else folder
    if str(sources.resolve()) not in sys.path:
        sys.path.insert(0, str(sources.resolve()))
    importlib.invalidate_caches()
    return [EntryPoint(str(name), str(value), GROUP) for name, value in points.items()]


def _registered(points: list[EntryPoint]) -> tuple[Kind, ...]:
    """Return what the plugins ``points`` register, as a room would get it."""
    modules = [_imported(point.module) for point in points]
    plugins = load(points)
    found = plugins.drivers()
    for fault in plugins.broken.values():
        raise fault
    odd = [made for made in found.values() if not issubclass(made, Driver | Source)]
    if odd:
        raise ConfigError(
            f"register_drivers() gives {odd[0]!r}, which is neither a Driver nor a Source",
            where=points[0].value,
        )
    if not found:
        raise ConfigError(
            "registers no driver", where=", ".join(p.value for p in points), hint=_hint(modules)
        )
    return tuple(found.values())


def _refuse_taken(devices: tuple[Kind, ...]) -> None:
    """Raise if a model is that of another plugin that is installed here."""
    others = load().drivers()
    for made in devices:
        other = others.get(made.model)
        if other is not None and other.__module__ != made.__module__:
            raise ConfigError(
                f"model {made.model!r} is already that of {other.__module__}.{other.__name__}",
                where=f"{made.__module__}.{made.__name__}",
                hint="a room would take only one of the two; choose another model",
            )


def _hint(modules: list[ModuleType]) -> str:
    """Return what a package that registers nothing may have meant."""
    hooks = [name for name, _ in inspect.getmembers(HookSpecs, inspect.isfunction)]
    for module in modules:
        for name, made in inspect.getmembers(module, inspect.isfunction):
            close = get_close_matches(name, hooks, 1, 0.8)
            if made.__module__ == module.__name__ and name not in hooks and close:
                return f"it defines {name}(): did you mean {close[0]}()?"
    return "write register_drivers() with @hookimpl above it; it returns (YourDriver,)"


def _imported(name: str) -> ModuleType:
    if "/" in name or name.startswith("."):
        folder = Path(name)
        raise ConfigError(
            "has no pyproject.toml" if folder.is_dir() else "there is no such folder",
            where=name,
            hint=_like(folder.name, f"{folder.parent}/")
            or "give a module's name, or the folder of a package",
        )
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name != missing and not name.startswith(f"{missing}."):
            raise ConfigError(
                f"cannot be imported: it needs {missing!r}, which is not here{place_of(error)}",
                where=name,
                hint=f"install {missing}, and name it in the dependencies of pyproject.toml",
            ) from error
        raise ConfigError(
            "there is no such module, and no such folder with a pyproject.toml",
            where=name,
            hint=_like(name) or "give a module's name, or the folder of a package",
        ) from error
    except Exception as error:
        hint = error.hint if isinstance(error, AnlanError) else ""
        words = describe(error).removesuffix(f" ({hint})")
        raise ConfigError(
            f"cannot be imported: {words}{place_of(error)}", where=name, hint=hint
        ) from error


def _like(name: str, before: str = "") -> str:
    """Return "did you mean ...?" for a name that is like a package here or a plugin."""
    folders = [p.parent.name for p in Path(before or ".").glob("*/pyproject.toml")]
    modules = [] if before else [point.module for point in entry_points(group=GROUP)]
    plain = {n.replace("_", "-"): n for n in (*modules, *folders)}
    close = get_close_matches(name.replace("_", "-"), plain, 1)
    return f"did you mean {before}{plain[close[0]]}?" if close else ""


def _defined(module: ModuleType) -> tuple[Kind, ...]:
    """Return every finished driver and source a module defines."""
    return tuple(
        m
        for m in vars(module).values()
        if isinstance(m, type)
        and issubclass(m, Driver | Source)
        and hasattr(m, "model")
        and m.__module__ == module.__name__
    )
