"""Carries messages between the room and one child, so that the room never waits."""

import pickle
import queue
import signal
import threading
from collections import deque
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from engine.processes.link import Message

MOST_WAITING = 10_000
"""Messages kept for a room that does not ask; a flood beyond is dropped and counted."""


class Post:
    """Two threads at the room's end of a child's pipe.

    One starts the process (which takes milliseconds) and then sends; the other
    receives. A child that hangs with a full pipe, or that floods it, is their trouble.

    Parameters
    ----------
    process
        Not yet started.
    ours, theirs
        The two ends of the child's pipe.
    """

    def __init__(self, process: SpawnProcess, ours: Connection, theirs: Connection) -> None:
        self.failure: Exception | None = None
        """Why the process could not be started."""
        self.launched = False
        self.emptied = False
        """Whether everything the child ever said has been taken or waits in `take`."""
        self._process = process
        self._ours = ours
        self._theirs = theirs
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._inbox: deque[Message] = deque()
        self._lost = 0
        self._threads = (
            threading.Thread(target=self._send, name=f"{process.name} send", daemon=True),
            threading.Thread(target=self._receive, name=f"{process.name} receive", daemon=True),
        )
        self._threads[0].start()

    def take(self) -> list[Message]:
        """Return the messages that came; ``("flooded", {lost})`` when some were dropped."""
        taken = [self._inbox.popleft() for _ in range(len(self._inbox))]
        if self._lost:
            taken.append(("flooded", {"lost": self._lost}))
            self._lost = 0
        return taken

    def give(self, message: Message) -> None:
        """Send ``message`` as soon as the child takes it."""
        self._outbox.put(pickle.dumps(message))

    def close(self, within: float = 0.0) -> None:
        """Let both threads end, waiting up to ``within`` for each; the process is dead."""
        self._outbox.put(None)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(within)

    def _send(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # Inherited by the child: a Ctrl-C during its first imports must not kill it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        except Exception as error:  # noqa: BLE001 - told to the part, which retries
            self.failure = error
            self._ours.close()
            return
        finally:
            self._theirs.close()
        self._threads[1].start()
        self.launched = True
        with suppress(OSError):
            while (letter := self._outbox.get()) is not None:
                self._ours.send_bytes(letter)

    def _receive(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                letter = self._ours.recv_bytes()
                if len(self._inbox) >= MOST_WAITING:
                    self._lost += 1
                    continue
                self._inbox.append(_open(letter))
        self.emptied = True
        self._outbox.put(None)
        self._threads[0].join()
        self._ours.close()


def _open(letter: bytes) -> Message:
    try:
        verb, facts = pickle.loads(letter)  # noqa: S301 - our own child's words
        return str(verb), dict(facts)
    except Exception as error:  # noqa: BLE001 - a stranger's fact may not load here
        return "unreadable", {"reason": f"{type(error).__name__}: {error}"}
