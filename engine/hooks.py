"""Everything a plugin may do, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.streams import Stream

PROJECT = "anlan"
API = (1, 0)
"""Version of this page: the first number changes when a plugin written for the page before
would no longer work, the second when the page only grew."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """The hooks, all of them.

    A plugin module may set ``ANLAN_API = 1``, or ``"1.0"``, to say which version of this
    page it was written for. One written for another first number, or for a later second
    one, is reported and left out.
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
