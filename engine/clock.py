"""The one place that reads time."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Seconds on the session's timeline; 0.0 is the start of the session."""

    def now(self) -> float:
        """Return the current time in seconds."""
        ...

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` go by; zero or less returns at once."""
        ...


class SystemClock:
    """Time as the machine's monotonic clock tells it.

    The counter behind it is shared by all processes of one machine, so a child that
    is given ``origin`` is on the room's timeline.

    Parameters
    ----------
    origin
        Reading of the machine's counter at session time 0.0; None takes it now.
    """

    def __init__(self, origin: float | None = None) -> None:
        self.origin = time.perf_counter() if origin is None else origin

    def now(self) -> float:
        """Return seconds since ``origin``."""
        return time.perf_counter() - self.origin

    def wait(self, seconds: float) -> None:
        """Sleep for ``seconds``."""
        if seconds > 0:
            time.sleep(seconds)


class VirtualClock:
    """Time that moves only when told to: tests, replays and simulations."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return the time last advanced to."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Advance at once."""
        if seconds > 0:
            self._now += seconds

    def advance_to(self, t: float) -> None:
        """Move forward to ``t``; time never goes back."""
        if t < self._now:
            raise ValueError("time cannot go back")
        self._now = t


def wait_for(event: threading.Event, seconds: float) -> bool:
    """Wait until ``event`` is set or ``seconds`` of real time passed."""
    return event.wait(seconds)


def processor_time() -> float:
    """Return the seconds the processor has worked for this process: to judge what code costs.

    Unlike any clock it stands still while a busy computer does something else.
    """
    return time.process_time()


def wall_time() -> datetime:
    """Return the date and time in UTC: for a recording's header, nothing else."""
    return datetime.now(UTC)
