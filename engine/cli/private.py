"""What tells of a person's body is written for the user who asked for it, and for nobody else."""

import os
from collections.abc import Generator
from contextlib import contextmanager

NOBODY_ELSE = 0o077


@contextmanager
def private() -> Generator[None]:
    """Let files and folders made meanwhile, also by child processes, be the user's alone."""
    before = os.umask(NOBODY_ELSE)
    try:
        yield
    finally:
        os.umask(before)
