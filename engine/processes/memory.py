"""A piece of memory that several processes see.

The creator is the owner: it alone unlinks. Attaching leaves no trace in Python's
resource tracker, because (bpo-38119) a process with a tracker of its own would
destroy at its end what others still use. Should the owner be killed, the tracker
of its process tree removes the segment.
"""

import mmap
import os
import secrets
import sys
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from typing import Protocol

from engine.errors import LinkError

PREFIX = "anlan-"
"""Names tell whose they are: the prefix, the creator's process number, chance."""


class _Mapping(Protocol):
    def close(self) -> None: ...


class Segment:
    """Shared bytes: zeroed when created, never resized.

    Parameters
    ----------
    name
        What other processes attach by.
    view
        The bytes. Release every view made of it before `close`.
    mapping
        What keeps them mapped.
    owned
        The segment as its creator holds it; None for one attached to.
    """

    def __init__(
        self, name: str, view: memoryview, mapping: _Mapping, owned: SharedMemory | None
    ) -> None:
        self.name = name
        self.view = view
        self._mapping = mapping
        self._owned = owned

    @classmethod
    def create(cls, size: int) -> "Segment":
        """Return a new segment of at least ``size`` bytes, all zero."""
        while True:
            # Short: some systems allow no more than 30 characters.
            name = f"{PREFIX}{os.getpid():x}-{secrets.token_hex(3)}"
            try:
                made = SharedMemory(name, create=True, size=size)
            except FileExistsError:
                continue
            return cls(name, _bytes(made), made, made)

    @classmethod
    def attach(cls, name: str, size: int) -> "Segment":
        """Return the segment another process created, at least ``size`` bytes of it."""
        try:
            segment = _attach(name)
        except (OSError, ValueError) as error:
            raise LinkError(
                "shared memory is gone",
                where=name,
                hint="its owner has closed it; restart the part that needs it",
            ) from error
        if segment.view.nbytes < size:
            held = segment.view.nbytes
            segment.close()
            raise LinkError(f"shared memory holds {held} bytes, {size} are expected", where=name)
        return segment

    def close(self) -> None:
        """Let go of the memory here; others keep it. May be called twice."""
        self.view.release()
        self._mapping.close()

    def unlink(self) -> None:
        """Destroy the segment once everyone has let go; only its creator can."""
        if self._owned is None:
            return
        owned, self._owned = self._owned, None
        with suppress(FileNotFoundError):
            owned.unlink()


def _attach(name: str) -> Segment:
    if sys.platform != "linux":
        found = SharedMemory(name)  # Windows has no tracker
        return Segment(name, _bytes(found), found, None)
    file = os.open(f"/dev/shm/{name}", os.O_RDWR | os.O_NOFOLLOW)  # noqa: S108 - shm_open's place
    try:
        mapped = mmap.mmap(file, 0)
    finally:
        os.close(file)
    return Segment(name, memoryview(mapped), mapped, None)


def _bytes(memory: SharedMemory) -> memoryview:
    """Return the bytes of an open segment (typeshed: None once it is closed)."""
    if memory.buf is None:
        raise ValueError("is closed")
    return memory.buf
