"""What never ends is ended: a driver that loops or waits must not hang the kit."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

LONGEST = 20.0
"""Seconds a check that touches no process may take; ours take one at most."""


class NeverEndsError(BaseException):
    """The driver's code has not come back; no ``except Exception`` on the way may hide it."""


@contextmanager
def patience(seconds: float) -> Generator[None]:
    """Raise `NeverEndsError` inside the block where it is after ``seconds`` s.

    Only in a main thread that can be signalled; elsewhere nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise NeverEndsError(f"nothing came back for {seconds:g} s: it loops, or waits")

    before = signal.signal(signal.SIGALRM, end)
    was = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *was)
        signal.signal(signal.SIGALRM, before)
