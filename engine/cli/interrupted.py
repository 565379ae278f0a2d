"""Ctrl-C while a command is still being loaded: a line, and out. Imports next to nothing itself."""

import os

_signal = __import__("_signal")  # `signal` without its enums, which take some milliseconds
SIGINT = 2
STATUS = 130
"""Exit status of what was interrupted: 128 and the number of the signal, as shells have it."""
LINE = "anlan: 已中断 interrupted"


class LeavingAtOnce:
    """Within it Ctrl-C ends the process with one line; there is nothing yet to be cleaned up.

    Python would raise `KeyboardInterrupt` wherever it is: with a traceback before anyone can
    catch it, and in vain inside what imports throw away.
    """

    def __enter__(self) -> None:
        """Take Ctrl-C over, unless somebody else has: tests, a shell that lets it be ignored."""
        self._taken = _signal.getsignal(SIGINT) is _signal.default_int_handler
        try:
            if self._taken:
                _signal.signal(SIGINT, _leave)
        except ValueError:  # a thread that is not the main one; it gets no Ctrl-C either
            self._taken = False

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        if self._taken:
            _signal.signal(SIGINT, _signal.default_int_handler)


def _leave(_number: int, _frame: object) -> None:
    os.write(2, f"{LINE}\n".encode())
    os._exit(STATUS)
