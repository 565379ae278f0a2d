"""Notices that a serial port appeared, so that nobody waits for the next attempt to connect."""

import os
import platform
import re
from collections.abc import Callable, Mapping

from serial.tools import list_ports

ON_LINUX = platform.system() == "Linux"
TERMINALS = "/sys/class/tty"
_NEVER_PLUGGED = re.compile(r"tty(S?\d+)?|console|ptmx")
"""Consoles and the ports of the main board: always there."""


def usable_ports() -> Mapping[str, bool]:
    """Return every port that may have been plugged in, and whether this user may open it.

    On Linux a look takes a fraction of a millisecond and asks no device.
    """
    if not ON_LINUX:
        return {str(port.device): True for port in list_ports.comports()}
    try:
        names = os.listdir(TERMINALS)  # noqa: PTH208 - a hundred paths need not be made
    except OSError:
        return {}
    paths = (f"/dev/{name}" for name in names if not _NEVER_PLUGGED.fullmatch(name))
    return {path: may_open(path) for path in paths}


def usable_port(path: str) -> Mapping[str, bool]:
    """Return the same for the one port ``path``; nothing while it is not there."""
    if ON_LINUX:
        return {path: may_open(path)} if os.path.exists(path) else {}  # noqa: PTH110
    return {name: may for name, may in usable_ports().items() if name == path}


def may_open(path: str) -> bool:
    """Whether this user may read and write ``path``: a fresh port is root's for a moment."""
    return os.access(path, os.R_OK | os.W_OK)


class Arrivals:
    """Tells once of each port that came, or that became usable, since the last look.

    Parameters
    ----------
    look
        Returns the ports of now.
    """

    def __init__(self, look: Callable[[], Mapping[str, bool]]) -> None:
        self._look = look
        self._known: Mapping[str, bool] = {}

    def begin(self) -> None:
        """Take what is there now as known."""
        self._known = self._look()

    def any(self) -> bool:
        """Whether a port came since the last call, or since `begin`."""
        known, self._known = self._known, self._look()
        return any(usable and not known.get(port) for port, usable in self._known.items())
