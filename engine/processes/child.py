"""The first thing a child process runs: its tie to the room, then its own work."""

import faulthandler
import os
import pickle
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from engine.clock import SystemClock
from engine.processes.block import SharedBlock
from engine.processes.failure import describe, failure_of
from engine.processes.link import Message

ORPHAN_GRACE = 0.7
"""Seconds a child has to bring things to rest once the room is gone."""
ORPHANED = 70
"""Exit code of a child that used that grace up."""
WORKED = "worked"
"""What a child says when its work is done; one that ends without a word has failed."""
HEART = 2
"""Width of a heartbeat's row: turns so far, seconds allowed on top of the patience."""


class ChildLink:
    """The child's end of the tie to the room (see `engine.processes.link.Link`).

    Parameters
    ----------
    pipe
        Messages to and from the room.
    heart
        Where `beat` is written.
    clock
        On the room's origin.
    """

    def __init__(self, pipe: Connection, heart: SharedBlock, clock: SystemClock) -> None:
        self.clock = clock
        self._pipe = pipe
        self._heart = heart
        self._row = np.zeros(HEART)
        self._sending = threading.Lock()
        self._inbox: deque[Message] = deque()
        self._stopping = False
        self.orphaned = False
        """Whether the room is gone without having asked this part to end."""
        threading.Thread(target=self._listen, name="room", daemon=True).start()

    @property
    def stopping(self) -> bool:
        """Whether the room wants this part to end, or is gone."""
        return self._stopping

    def beat(self) -> None:
        """Say "I am alive"; call it at every turn of the part's loop."""
        self.allow(0.0)

    def allow(self, seconds: float) -> None:
        """Say "I am alive, and the next beat may take this much longer than usual".

        For a step that is slow by nature and has a timeout of its own: a scan for a
        Bluetooth device, the loading of a scene.
        """
        self._row[0] += 1.0
        self._row[1] = seconds
        self._heart.write(self._row)

    def received(self) -> list[Message]:
        """Return the messages that came since the last call; never blocks."""
        return [self._inbox.popleft() for _ in range(len(self._inbox))]

    def send(self, verb: str, /, **facts: Any) -> None:  # noqa: ANN401 - facts of any type
        """Send a message to the room; never blocks for long, never raises."""
        try:
            letter = pickle.dumps((verb, facts))
        except Exception as error:  # noqa: BLE001 - whatever pickling a stranger's fact raises
            letter = pickle.dumps(("unsendable", {"verb": verb, "reason": describe(error)}))
        with self._sending, suppress(OSError):  # the room is gone: `stopping` tells
            self._pipe.send_bytes(letter)

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                message: Message = self._pipe.recv()
                if message[0] == "stop":
                    self._stopping = True
                else:
                    self._inbox.append(message)
        self.orphaned = not self._stopping
        self._stopping = True
        self.clock.wait(ORPHAN_GRACE)
        end_family(os.getpid())  # and whatever it started itself
        os._exit(ORPHANED)


def live(name: str, work: bytes, pipe: Connection, heart: str, origin: float) -> None:
    """Run the pickled ``(main, spec)`` in ``work`` with a link to the room.

    An exception is told to the room as ``("died", {reason, trace})`` before the process
    ends with code 1.
    """
    settle_in()
    link = ChildLink(pipe, SharedBlock.attach(heart, HEART), SystemClock(origin))
    try:
        main: Callable[[Any, ChildLink], None]
        main, spec = pickle.loads(work)  # noqa: S301 - the room's own words
        main(spec, link)
        link.send(WORKED)
    except Exception as error:  # noqa: BLE001 - the room restarts what failed, whatever failed
        failure = failure_of(error)
        link.send(
            "died", part=name, code=failure.code, facts=failure.facts, trace=traceback.format_exc()
        )
        sys.exit(1)


def end_family(pid: int) -> None:
    """Kill a child with everything it has started: it leads a group of processes of its own."""
    if hasattr(os, "killpg"):
        with suppress(OSError):  # gone already, or it had no time yet to lead a group
            os.killpg(pid, signal.SIGKILL)


def settle_in() -> None:
    """Lead a group of one's own; leave Ctrl-C and standard output to the room."""
    if hasattr(os, "setpgid"):
        with suppress(OSError):
            os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the room answers Ctrl-C and asks us to stop
    with suppress(OSError, ValueError, AttributeError, RuntimeError):  # no console on Windows
        os.dup2(2, 1)  # what a driver prints must not end in a command's output
        faulthandler.enable()
    sys.setswitchinterval(0.0005)
