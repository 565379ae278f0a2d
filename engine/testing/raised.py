"""An exception of a vendor's code, as one paragraph: what, where, on which line."""

import linecache
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

import engine
from engine.processes.failure import describe

_OURS = Path(engine.__file__).parent
_PYTHONS = Path(sysconfig.get_path("stdlib"))


class Raised(str):
    """A fault that is an exception.

    Attributes
    ----------
    trace
        The whole traceback, for whoever asks for it.
    """

    __slots__ = ("trace",)
    trace: str

    @classmethod
    def of(cls, error: BaseException, doing: str = "") -> Self:
        """Return ``error`` as a fault of ``doing`` ("decode() of b'..'")."""
        said = " ".join(describe(error).split())
        fault = cls(" ".join(filter(None, (doing, "raises", said + place_of(error)))))
        fault.trace = "".join(traceback.format_exception(error)).rstrip()
        return fault


def place_of(error: BaseException) -> str:
    """Return " (file, line n: its text)" of the vendor's line that raised; "" if none did."""
    where = _last(error.__traceback__)
    if where is None:
        return ""
    file, line = where
    text = linecache.getline(str(file), line).strip()
    return f" ({_short(file)}, line {line}{f': {text}' if text else ''})"


def _last(at: TracebackType | None) -> tuple[Path, int] | None:
    """Return file and line of the innermost frame that is neither ours nor Python's."""
    found = None
    while at is not None:
        file = Path(at.tb_frame.f_code.co_filename)
        theirs = "site-packages" in file.parts or not file.is_relative_to(_PYTHONS)
        if theirs and not file.is_relative_to(_OURS) and file.suffix == ".py":
            found = file, at.tb_lineno
        at = at.tb_next
    return found


def _short(file: Path) -> str:
    """Return a path as far as it says something: from here, or the file in its package."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else "/".join(file.parts[-2:])
