"""The second form of a device: a `Source` that owns its transport.

Bridges (BrainFlow, LSL, Modbus), recordings and the simulated person are sources. The
host handles them like any driver: a process of its own, states, heartbeat, restart.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from engine.clock import Clock
from engine.show import Show
from engine.streams import Chunk, Output, Stream


@dataclass(frozen=True, slots=True)
class Context:
    """What the host tells a source when it is opened.

    Attributes
    ----------
    name
        The device's name in the rig.
    clock
        The session's clock; a source stamps its samples on it.
    seed
        Where all its randomness comes from.
    show
        Returns what the person sees and hears now, to a source that `follows_show`.
    """

    name: str
    clock: Clock
    seed: int = 0
    show: Callable[[], Show] = field(default=Show)


class StandIn(Protocol):
    """A device's other side on the bench: the kit plugs it in, silences it and pulls its cable."""

    options: Mapping[str, Any]
    """What a rig says to reach it."""

    def turn(self, now: float) -> None:
        """Send what is due by ``now``, s; called about a hundred times a second."""
        ...

    def silence(self, *, silent: bool) -> None:
        """Stop sending, but stay; or go on."""
        ...

    def pull(self, *, out: bool) -> None:
        """Go away as a device does whose cable is pulled; or come back."""
        ...

    # One of a device with outputs also has ``acts() -> float``: how strongly it acts now, 0 at
    # rest. Without it the kit cannot see that it stops.

    def close(self) -> None:
        """Be gone for good."""
        ...


class Source(ABC):
    """A device that brings its own transport.

    Parameters
    ----------
    options
        The device's table in the rig file, without ``name`` and ``model``. Raise
        `ConfigError` here for a wrong option: nobody is sitting down yet.
    """

    model: ClassVar[str]
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""
    simulated: ClassVar[bool] = False
    """Whether no real device is behind it; shown wherever its values are."""
    real_time: ClassVar[bool] = False
    """Whether it cannot follow a session faster than time."""
    follows_show: ClassVar[bool] = False
    """Whether it looks at what is shown (`Context.show`); simulated devices always may."""
    needs: ClassVar[Mapping[str, str]] = {}
    """Modules that are not part of every installation, and what to install for each."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @classmethod
    def look_up(cls, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return ``options`` with what the rig leaves open, such as the channels of a board.

        Called once before anyone sits down, for a session in real time, in a process of its
        own, so that a library that fails there fails alone. The source is then made of what
        is returned, here and wherever it is hosted. It may take some seconds.
        """
        return options

    @classmethod
    def stand_in(cls) -> StandIn:
        """Return a device for the bench (`anlan driver check`), made without the real one."""
        raise NotImplementedError

    @property
    @abstractmethod
    def streams(self) -> tuple[Stream, ...]:
        """What it measures; known once constructed."""

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What it can do; known once constructed."""
        return ()

    @property
    def ended(self) -> bool:
        """Whether nothing will ever come again (the end of a recording)."""
        return False

    @abstractmethod
    def open(self, context: Context) -> None:
        """Connect; raise `LinkError` with a reason a person can act on."""

    def has_come(self) -> bool:
        """Whether what the last `open` missed seems to be there now.

        Asked ten times a second while there is no connection, to try again at once; so it
        has to be cheap.
        """
        return False

    @abstractmethod
    def read(self, until: float) -> Iterable[Chunk]:
        """Return what the body produced up to session time ``until``, s.

        Called every few milliseconds (live) or a few times a second (virtual time) with
        growing ``until``; must not block for more than 50 ms. Stream names are the
        bare ones of `streams`; the host qualifies them.
        """

    def nonsense(self) -> tuple[str, str] | None:
        """Return what to check (zh, en) when bytes come and none of them makes sense."""
        return None

    def write(self, levels: Mapping[str, float]) -> None:  # noqa: B027 - sensors have none
        """Set the outputs; the values are already governed."""

    def halt(self) -> None:  # noqa: B027 - most devices stop by being written where they are
        """Stop all motion at once: a person pressed the emergency stop."""

    def reset(self) -> None:  # noqa: B027 - few devices latch their stop themselves
        """Release the device's own latch: a person has looked."""

    def close(self) -> None:  # noqa: B027 - nothing to close is fine
        """Bring outputs to rest and let go of everything; may be called twice."""
