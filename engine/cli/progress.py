"""Progress a person can read: a live line in a terminal, a line a part elsewhere."""

import shutil
import sys
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import click


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
        if self._live and self._said:
            click.echo("\r\x1b[2K", nl=False, err=True)

    def at(self, seconds: float, part: str, more: str = "") -> None:
        """Tell where the work is: session time, the part, and a few values."""
        clock = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
        if not self._live:
            if part != self._said:
                click.echo(f"{clock}  {part}", err=True)
                self._said = part
            return
        bar = ""
        if self.length:
            done = min(20, round(20 * seconds / self.length))
            bar = "━" * done + "─" * (20 - done) + "  "
        self._line(f"{self.what}  {clock}  {bar}{part}  {more}")

    def share(self, what: str, share: float, detail: str = "") -> None:
        """Tell a share of something that has no session time; ``detail`` where it is live."""
        if self._live:
            done = round(20 * share)
            self._line(f"{what}  {'━' * done}{'─' * (20 - done)}  {share:.0%}  {detail}")
        elif what != self._said:
            click.echo(what, err=True)
            self._said = what

    def _line(self, text: str) -> None:
        self._said = text
        width = shutil.get_terminal_size().columns - 1  # a line that wraps cannot be taken back
        click.echo(f"\r\x1b[2K{text[:width]}", nl=False, err=True)
