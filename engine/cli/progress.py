"""Progress a person can read: a live line in a terminal, a line a part elsewhere."""

import os
import select
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import click


def say(text: str = "", *, nl: bool = True, err: bool = True) -> None:
    """Write for whoever watches; one who left, or closed the terminal, ends nothing thereby."""
    with suppress(OSError):
        click.echo(text, nl=nl, err=err)


def takes_words() -> bool:
    """Whether stderr takes words now; a terminal held with Ctrl-S would keep us waiting."""
    try:
        return bool(select.select([], [sys.stderr], [], 0.0)[1])
    except (OSError, ValueError):  # no file that can be asked: on Windows, in tests
        return True


def say_no_more() -> None:
    """Let Python not complain at its end of words that nobody took."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@dataclass(slots=True)
class Bar:
    """One line that says what is going on and how far it is.

    Parameters
    ----------
    what
        What is being done.
    length
        Expected seconds of session time, if known; shows a bar then.
    """

    what: str
    length: float | None = None
    _live: bool = field(init=False)
    _said: str = ""

    def __post_init__(self) -> None:
        """See whether someone watches."""
        self._live = sys.stderr.isatty()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Leave a clean line behind."""
        if self._live and self._said and takes_words():
            say("\r\x1b[2K", nl=False)

    def at(self, seconds: float, part: str, more: str = "") -> None:
        """Tell where the work is: session time, the part, and a few values."""
        if not takes_words():
            return  # a session does not wait for who watches it
        clock = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
        if not self._live:
            if part != self._said:
                say(f"{clock}  {part}")
                self._said = part
            return
        bar = ""
        if self.length:
            done = min(20, round(20 * seconds / self.length))
            bar = "━" * done + "─" * (20 - done) + "  "
        self._line(f"{self.what}  {clock}  {bar}{part}  {more}")

    def share(self, what: str, share: float, detail: str = "") -> None:
        """Tell a share of something that has no session time; ``detail`` where it is live."""
        if not takes_words():
            return
        if self._live:
            done = round(20 * share)
            self._line(f"{what}  {'━' * done}{'─' * (20 - done)}  {share:.0%}  {detail}")
        elif what != self._said:
            say(what)
            self._said = what

    def _line(self, text: str) -> None:
        self._said = text
        width = shutil.get_terminal_size().columns - 1  # a line that wraps cannot be taken back
        say(f"\r\x1b[2K{text[:width]}", nl=False)
