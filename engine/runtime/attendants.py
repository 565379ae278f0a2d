"""Who gives the commands: a person at the keyboard, or a stand-in that says so."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from engine.events import Command
from engine.session.conductor import Conductor

NO_ANSWER = 6.0
"""s after which an unattended session goes on without an answer."""


class Attendant(Protocol):
    """Someone, or something, whose wishes the room takes at each step."""

    def commands(self, conductor: Conductor) -> list[Command]:
        """Return what is wished now; never blocks."""
        ...


@dataclass(slots=True)
class Unattended:
    """Stands in where no person is: gives the operator's consent, once.

    Self-ratings stay unanswered, which the report says, unless a device answers them.

    Attributes
    ----------
    by
        Whose consent it is. Only a simulated officer's lets a chair move: where every device
        is simulated there is nobody who could be moved.
    """

    by: str = "command line"
    _passed: int = -1

    def commands(self, conductor: Conductor) -> list[Command]:
        """Consent at the start; go on where nobody answers a question."""
        index, elapsed = conductor.progress
        part = conductor.section.part
        if part == "check" and not conductor.consented and elapsed >= 1.0:
            return [Command("consent", self.by, {"purpose": "session"})]
        if part in {"rating", "closing"} and index != self._passed and elapsed >= NO_ANSWER:
            self._passed = index
            return [Command("continue", "command line")]
        return []


@dataclass(slots=True)
class Keyboard:
    """Reads single keys from the terminal the session was started in."""

    _waiting: deque[str] = field(default_factory=deque[str])
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _restore: Callable[[], None] | None = None
    _held: bool = False

    @staticmethod
    def present() -> bool:
        """Tell whether there is a terminal with a person at it."""
        return sys.stdin is not None and sys.stdin.isatty() and os.name == "posix"

    def __enter__(self) -> Self:
        """Switch the terminal to single keys."""
        import select  # noqa: PLC0415 - POSIX only
        import termios  # noqa: PLC0415
        import tty  # noqa: PLC0415

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)

        def restore() -> None:
            with suppress(termios.error):  # nobody is left to give it back to
                termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

        self._restore = restore

        def listen() -> None:
            while not self._stop.is_set():
                ready, _, _ = select.select([descriptor], [], [], 0.2)
                if not ready:
                    continue
                with suppress(OSError):
                    if said := os.read(descriptor, 32):
                        self._waiting.extend(said.decode("utf-8", "ignore"))
                        continue
                return  # the terminal is gone; asked again it would answer at once, for ever

        self._thread = threading.Thread(target=listen, name="keyboard", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Give the terminal back as it was."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
        if self._restore is not None:
            self._restore()

    def commands(self, conductor: Conductor) -> list[Command]:
        """Return the commands of the keys pressed since the last call."""
        wishes: list[Command] = []
        while self._waiting:
            wishes += self._meant(self._waiting.popleft(), conductor)
        return wishes

    def _meant(self, key: str, conductor: Conductor) -> list[Command]:
        part = conductor.section.part
        if key in "\r\n":
            if part == "check":
                return [Command("consent", "officer", {"purpose": "session"})]
            return [Command("continue", "officer")]
        if key == " ":
            return [Command("resume" if conductor.paused else "pause", "officer")]
        if key.isdigit() and part in {"rating", "closing"}:
            return [
                Command("rate", "officer", {"scale": "SUDS", "value": 10 * int(key)}),
                Command("continue", "officer"),
            ]
        if key == "h":
            self._held = not self._held
            return [Command("hold", "counselor", {"on": self._held})]
        plain = {
            "u": "undo", "n": "skip", "d": "dizzy", "q": "stop", "e": "halt", "r": "reset",
        }  # fmt: skip
        if key in plain:
            by = "officer" if key in "dqe" else "counselor"
            return [Command(plain[key], by)]
        return []
