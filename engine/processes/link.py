"""What a child process holds in its hand: its tie to the room."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from engine.clock import SystemClock

Message: TypeAlias = tuple[str, Mapping[str, Any]]
"""A verb and its facts: ``("snapshot", {"path": ...})``."""


class Link(Protocol):
    """The child's end of the tie: time, heartbeat, messages.

    Samples and levels never travel here; they have rings and blocks of shared memory.
    """

    @property
    def clock(self) -> SystemClock:
        """The session's clock, on the room's origin."""
        ...

    @property
    def stopping(self) -> bool:
        """Whether the room wants this part to end, or is gone."""
        ...

    def beat(self) -> None:
        """Say "I am alive"; call it at every turn of the part's loop."""
        ...

    def allow(self, seconds: float) -> None:
        """Say "I am alive, and the next beat may take this much longer than usual"."""
        ...

    def received(self) -> list[Message]:
        """Return the messages that came since the last call; never blocks."""
        ...

    def send(self, verb: str, /, **facts: Any) -> None:  # noqa: ANN401 - facts of any type
        """Send a message to the room; never blocks for long, never raises."""
        ...
