"""Logs for the people who keep the room running: events as verbs, facts as keys.

A name or a physiological value never enters a log; those belong to the recording.
"""

import logging
import logging.handlers
import queue
import sys
from pathlib import Path

import structlog


def logger(part: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of one part of the engine."""
    made: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"anlan.{part}")
    return made


class LogFile:
    """Writes what is logged to a file, from a thread of its own.

    Parameters
    ----------
    path
        Where to write, one JSON object a line; None writes warnings to stderr only.
    """

    def __init__(self, path: Path | None) -> None:
        waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._door = logging.handlers.QueueHandler(waiting)
        target: logging.Handler = (
            logging.StreamHandler(sys.stderr)
            if path is None
            else logging.FileHandler(path, encoding="utf-8")
        )
        target.setLevel(logging.WARNING if path is None else logging.INFO)
        self._target = target
        self._listener = logging.handlers.QueueListener(waiting, target, respect_handler_level=True)
        self._root = logging.getLogger("anlan")
        self._root.setLevel(logging.INFO)
        self._root.propagate = False
        self._root.addHandler(self._door)
        structlog.configure(
            processors=[
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
            logger_factory=structlog.stdlib.LoggerFactory(),
            cache_logger_on_first_use=False,
        )
        self._listener.start()

    def close(self) -> None:
        """Write what is waiting and let go of the file."""
        self._root.removeHandler(self._door)
        self._listener.stop()
        self._target.close()
