"""A sound device for the bench: nobody hears it, but how strong it is can be seen."""

import mmap
import os
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.clock import SystemClock
from engine.errors import SoundError
from engine.sound.output import Blocks
from engine.sound.voice import BLOCK, RATE
from engine.streams import F64

NAME = "stand-in:"
"""How the name of such a device begins; a file follows."""
PLUGGED, COUNT, PEAK = range(3)
"""What the file holds, numbers of eight bytes: is it there, how often it played, how strong."""
SIZE = 24
TOGETHER = 4
"""Blocks played at once, 21 ms: a thread of Python's is not as punctual as a sound device."""
BEHIND = 0.5
"""Seconds it may be late before what was missed is left out."""
LATELY = 0.15
"""Seconds without a block after which nobody plays any more."""


class BenchOutput:
    """An open stand-in, played in a thread of its own as a sound device is.

    Parameters
    ----------
    name
        `NAME` and the file.
    player
        Where the blocks come from.

    Raises
    ------
    SoundError
        If it is not there.
    """

    def __init__(self, name: str, player: Blocks, clock: SystemClock) -> None:
        self.name = name
        self._player, self._clock = player, clock
        self._fault: str | None = None
        self._shared = _Shared(Path(name.removeprefix(NAME)))
        if not self._shared.now[PLUGGED]:
            self._shared.close()
            raise SoundError("there is no such output device", where=name, hint="plug it in")
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._play, name="stand-in", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> str | None:
        """Why it plays no longer, or None."""
        return self._fault

    def close(self) -> None:
        """Stop at once and let go of it."""
        self._ending.set()
        self._thread.join()
        self._shared.close()

    def _play(self) -> None:
        now, due = self._shared.now, self._clock.now()
        try:
            while not self._ending.wait(max(due - self._clock.now(), 0.0)):
                if not now[PLUGGED]:
                    self._fault = "it was unplugged"
                    return
                if self._clock.now() - due > BEHIND:
                    due = self._clock.now()
                peak = 0.0
                for _ in range(TOGETHER):
                    peak = max(peak, float(np.abs(self._player.render(due)).max()))
                    due += BLOCK / RATE
                now[PEAK] = peak
                now[COUNT] += 1.0
        except Exception as error:  # noqa: BLE001 - as with a sound device, its owner is told
            self._fault = f"{type(error).__name__}: {error}"
        finally:
            now[PEAK] = 0.0


class SoundStandIn:
    """The kit's side of the stand-in: plugs it in, pulls it, and sees how strong it is.

    Parameters
    ----------
    options
        What the rig says besides the device.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        number, name = tempfile.mkstemp(prefix="anlan-sound-")
        os.write(number, bytes(SIZE))
        os.close(number)
        self._file = Path(name)
        self._shared = _Shared(self._file)
        self._clock = SystemClock()
        self.options: Mapping[str, Any] = {**options, "device": f"{NAME}{name}"}
        self.pull(out=False)

    def turn(self, now: float) -> None:
        """Do nothing: it is played, and says nothing."""

    def silence(self, *, silent: bool) -> None:
        """Do nothing: it measures nothing that could be missed."""

    def pull(self, *, out: bool) -> None:
        """Go away as a sound device does whose cable is pulled; or come back."""
        self._shared.now[PLUGGED] = float(not out)

    def acts(self) -> float:
        """Return how strong it is now, 0..1; 0 where nobody plays."""
        before = float(self._shared.now[COUNT])
        self._clock.wait(LATELY)
        return float(self._shared.now[PEAK]) if self._shared.now[COUNT] != before else 0.0

    def close(self) -> None:
        """Be gone for good."""
        self._shared.close()
        self._file.unlink(missing_ok=True)


class _Shared:
    """Three numbers in a file that two processes look at."""

    def __init__(self, file: Path) -> None:
        try:
            number = os.open(file, os.O_RDWR)
        except OSError as error:
            raise SoundError(
                "there is no such output device", where=str(file), hint="plug it in"
            ) from error
        try:
            self._map = mmap.mmap(number, SIZE)
        finally:
            os.close(number)
        self.now: F64 = np.frombuffer(self._map, np.float64)

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self.now = np.zeros(3)
        self._map.close()
