"""What every transport does, whatever the wire."""

from dataclasses import dataclass
from typing import Protocol

from engine.clock import Clock


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes as they came.

    Attributes
    ----------
    t
        When the last of them arrived, s.
    data
        On a serial link any piece of the stream; on BLE one whole notification.
    source
        Name of the characteristic on BLE.
    """

    t: float
    data: bytes
    source: str = ""


class Transport(Protocol):
    """Bytes to and from one device."""

    def open(self, clock: Clock) -> None:
        """Connect; raise `LinkError` with a reason a person can act on."""
        ...

    def has_come(self) -> bool:
        """Whether what `open` missed seems to be there now; cheap, and False if unknown."""
        ...

    def received(self) -> list[Received]:
        """Return what came since the last call; raise `LinkError` when the link is gone."""
        ...

    def write(self, data: bytes, replaces: bytes = b"") -> None:
        """Send ``data``; raise `LinkError` when the link is gone.

        ``replaces`` is an earlier message that need not be sent any more if it still waits.
        """
        ...

    def forget(self) -> None:
        """Leave unsent what still waits: a stop goes first, and nothing older follows it."""
        ...

    def close(self) -> None:
        """Disconnect; may be called twice."""
        ...
