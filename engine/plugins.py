"""What plugins may implement, and how they are found."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from engine.errors import AnlanError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from engine.streams import Stream

PROJECT = "anlan"
GROUP = "anlan.plugins"
API_VERSION = 1

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """The hooks, all of them.

    A plugin module may set ``ANLAN_API = 1`` to say which version of this page it was
    written for; one written for another version is reported and left out.
    """

    @hookspec
    def register_drivers(self) -> Iterable[type[Any]]:
        """Return `engine.devices.Driver` subclasses or `Source` classes."""
        return ()

    @hookspec
    def register_scenes(self) -> Iterable[type[Any]]:
        """Return `engine.scene.Scene` subclasses."""
        return ()

    @hookspec
    def register_protocols(self) -> Iterable[Path]:
        """Return the paths of protocol files (TOML)."""
        return ()

    @hookspec
    def register_voices(self) -> Iterable[Any]:
        """Return `engine.sound.Voice` objects."""
        return ()

    @hookspec
    def register_nodes(self, graph: Any, streams: tuple[Stream, ...]) -> None:  # noqa: ANN401
        """Add nodes to the room's graph, wired to ``streams``, before it starts."""

    @hookspec
    def session_started(self, protocol: str) -> None:
        """Learn that a session with ``protocol`` has begun."""

    @hookspec
    def session_ended(self, protocol: str, reason: str) -> None:
        """Learn that it is over, and why."""


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

    def _named(self, hook: str, name_of: Callable[[Any], str]) -> dict[str, Any]:
        found: dict[str, tuple[str, Any]] = {}
        for impl in getattr(self.manager.hook, hook).get_hookimpls():
            plugin = str(impl.plugin_name)
            if plugin in self.broken:
                continue
            try:
                for made in impl.function():
                    name = name_of(made)
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
            _check(module, point.name)
            manager.register(module, name=point.name)
        except Exception as error:  # noqa: BLE001 - third-party code
            plugins.broken[point.name] = _fault(point.name, error)
            continue
        dist = point.dist
        plugins.origin[point.name] = f"{dist.name} {dist.version}" if dist else "-"
    return plugins


def _check(module: object, name: str) -> None:
    """Refuse a plugin for another API, or with a hook no one calls."""
    wanted = getattr(module, "ANLAN_API", API_VERSION)
    if wanted != API_VERSION:
        raise ConfigError(
            f"was written for plugin API {wanted}, this is {API_VERSION}",
            where=name,
            hint="install a version of the plugin for this anlan",
        )
    known = {n for n, _ in inspect.getmembers(HookSpecs, inspect.isfunction)}
    for attribute, member in inspect.getmembers(module, inspect.isroutine):
        marked = getattr(member, f"{PROJECT}_impl", None)
        if marked is not None and attribute not in known:
            raise ConfigError(
                f"implements {attribute!r}, which is not a hook",
                where=name,
                hint="the hooks are " + ", ".join(sorted(known)),
            )


def _fault(name: str, error: Exception) -> AnlanError:
    if isinstance(error, AnlanError):
        return error
    return ConfigError(
        f"cannot be loaded: {type(error).__name__}: {error}",
        where=name,
        hint="mend or uninstall the plugin",
    )
