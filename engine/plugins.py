"""How plugins are found, and how a broken one is told. What they may do: `engine.hooks`."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, cast

import pluggy

from engine.errors import AnlanError, ConfigError
from engine.hooks import API, PROJECT, HookSpecs, hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from engine.streams import Stream


__all__ = ["GROUP", "HookSpecs", "Plugins", "hookimpl", "load"]

GROUP = "anlan.plugins"


@dataclass(slots=True)
class Plugins:
    """Every plugin that could be loaded, and what was wrong with the others.

    Attributes
    ----------
    manager
        Calls the hooks.
    broken
        Why a plugin was left out, by its name: one vendor's mistake must not keep
        the room closed.
    origin
        Distribution and version each loaded plugin came from.
    """

    manager: pluggy.PluginManager
    broken: dict[str, AnlanError] = field(default_factory=dict[str, AnlanError])
    origin: dict[str, str] = field(default_factory=dict[str, str])

    def drivers(self) -> Mapping[str, type[Any]]:
        """Return every device class by its model."""
        return self._named("register_drivers", lambda made: str(made.model))

    def scenes(self) -> Mapping[str, type[Any]]:
        """Return every scene class by its id."""
        return self._named("register_scenes", lambda made: str(made.id))

    def protocols(self) -> Mapping[str, Path]:
        """Return every protocol file by its id (its file name)."""
        return self._named("register_protocols", lambda made: str(made.stem))

    def voices(self) -> Mapping[str, Any]:
        """Return every voice by its id."""
        return self._named("register_voices", lambda made: str(made.id))

    def add_nodes(self, graph: object, streams: tuple[Stream, ...]) -> None:
        """Let every plugin add its nodes to the room's graph.

        Raises
        ------
        ConfigError
            Naming the plugin that could not: nobody is sitting down yet.
        """
        for plugin, error in self._tell("register_nodes", graph=graph, streams=streams):
            raise ConfigError(
                f"its nodes cannot be added: {type(error).__name__}: {error}",
                where=plugin,
                hint="mend or uninstall the plugin",
            ) from error

    def tell(self, hook: str, **facts: object) -> None:
        """Tell every plugin of something; one that raises is logged, and no session ends of it."""
        from engine.log import logger  # noqa: PLC0415 - brings rich, which most commands never need

        for plugin, error in self._tell(hook, **facts):
            what = f"{type(error).__name__}: {error}"
            logger("plugins").warning("plugin_failed", plugin=plugin, hook=hook, error=what)

    def _tell(self, hook: str, **facts: object) -> Iterator[tuple[str, Exception]]:
        """Call ``hook`` of every plugin; yield those that raised, and what."""
        for impl in getattr(self.manager.hook, hook).get_hookimpls():
            plugin = str(impl.plugin_name)
            if plugin in self.broken:
                continue
            try:
                impl.function(*(facts[name] for name in impl.argnames))
            except Exception as error:  # noqa: BLE001 - third-party code
                yield plugin, error

    def _named(self, hook: str, name_of: Callable[[Any], str]) -> dict[str, Any]:
        found: dict[str, tuple[str, Any]] = {}
        for impl in getattr(self.manager.hook, hook).get_hookimpls():
            plugin = str(impl.plugin_name)
            if plugin in self.broken:
                continue
            try:
                for made in _listed(hook, impl.function()):
                    name = _name(hook, made, name_of)
                    if name in found:
                        raise ConfigError(  # noqa: TRY301 - reported like any fault
                            f"{name!r} is already registered by {found[name][0]!r}",
                            where=plugin,
                            hint="rename one of the two",
                        )
                    found[name] = (plugin, made)
            except Exception as error:  # noqa: BLE001 - third-party code
                self.broken[plugin] = _fault(plugin, error)
        return {name: made for name, (_, made) in sorted(found.items())}


def load(points: Iterable[EntryPoint] | None = None) -> Plugins:
    """Load every installed plugin; a broken one is reported and the rest load.

    Parameters
    ----------
    points
        Entry points to load instead of the installed ones.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    plugins = Plugins(manager)
    for point in entry_points(group=GROUP) if points is None else points:
        try:
            module = point.load()
            _check_api(module, point)
            _check(module, point.name)
            manager.register(module, name=point.name)
        except Exception as error:  # noqa: BLE001 - third-party code
            plugins.broken[point.name] = _fault(point.name, error)
            continue
        dist = point.dist
        plugins.origin[point.name] = f"{dist.name} {dist.version}" if dist else "-"
    return plugins


def _check_api(module: object, point: EntryPoint) -> None:
    """Refuse a plugin that was written for another version of the hooks."""
    said = getattr(module, "ANLAN_API", API[0])
    here = ".".join(map(str, API))
    package = point.dist.name if point.dist else point.value
    found = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\.\d+)?", str(said))
    if found is None or isinstance(said, bool):
        raise ConfigError(
            f"ANLAN_API is {said!r}, which is no version",
            where=point.name,
            hint=f'write ANLAN_API = "{here}" in {point.module}',
        )
    wanted = int(found[1]), int(found[2] or 0)
    if wanted[0] < API[0]:
        raise ConfigError(
            f"was written for plugin API {said}; this anlan has {here}",
            where=point.name,
            hint=f"install a newer {package}, or ask its vendor for one",
            zh=f"是为插件接口 {said} 写的，本机 anlan 的接口是 {here}；请安装新版 {package}",
        )
    if wanted > API:
        raise ConfigError(
            f"needs plugin API {said}; this anlan has {here}",
            where=point.name,
            hint=f"update anlan, or install an older {package}",
            zh=f"需要插件接口 {said}，本机 anlan 的接口是 {here}；请升级 anlan，"
            f"或安装旧版 {package}",
        )


def _check(module: object, name: str) -> None:
    """Refuse a plugin with a hook no one calls."""
    known = {n for n, _ in inspect.getmembers(HookSpecs, inspect.isfunction)}
    for attribute, member in inspect.getmembers(module, inspect.isroutine):
        marked = getattr(member, f"{PROJECT}_impl", None)
        own = getattr(member, "__module__", None) == getattr(module, "__name__", "")
        if marked is None and own and attribute in known:
            raise ConfigError(
                f"defines {attribute}() without @hookimpl, so nobody ever calls it",
                where=name,
                hint="write @hookimpl above it: from engine.devices import hookimpl",
            )
        if marked is not None and attribute not in known:
            raise ConfigError(
                f"implements {attribute!r}, which is not a hook",
                where=name,
                hint="the hooks are " + ", ".join(sorted(known)),
            )


def _listed(hook: str, made: object) -> Iterable[Any]:
    if isinstance(made, type) or not hasattr(made, "__iter__"):
        said = made.__name__ if isinstance(made, type) else repr(made)
        raise ConfigError(
            f"{hook}() returns {said}, not a tuple",
            hint=f"write  return ({said},)" if isinstance(made, type) else "return (...,)",
        )
    return cast("Iterable[Any]", made)


def _name(hook: str, made: object, name_of: Callable[[Any], str]) -> str:
    try:
        return name_of(made)
    except AttributeError as error:
        raise ConfigError(f"{hook}() gives {made!r}, which has no {error.name}") from error


def _fault(name: str, error: Exception) -> AnlanError:
    if isinstance(error, AnlanError):
        return (
            error
            if error.where
            else type(error)(error.what, where=name, hint=error.hint, zh=error.zh)
        )
    return ConfigError(
        f"cannot be loaded: {type(error).__name__}: {error}",
        where=name,
        hint="mend or uninstall the plugin",
    )
