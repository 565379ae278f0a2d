"""Hears what JACK's dummy device plays, in a process of its own, and keeps it in a file.

PortAudio ends the process that outlives its sound server; this one may.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import sounddevice

from engine.clock import SystemClock
from engine.sound.voice import RATE

MONITOR = 2
"""Of the dummy device's inputs, the first that hears what is played."""


def main() -> None:
    """Listen until a line comes; keep samples, the time of each block, and where any was late."""
    clock = SystemClock(origin=0.0)
    blocks: list[Any] = []
    times: list[float] = []
    late: list[bool] = []

    def hear(block: Any, _frames: int, _time: Any, status: Any) -> None:
        blocks.append(block[:, MONITOR : MONITOR + 2].copy())
        times.append(clock.now())
        late.append(bool(status))

    with sounddevice.InputStream(
        samplerate=RATE, blocksize=256, channels=4, dtype="float32", device="system", callback=hear
    ):
        sys.stdout.write("hears\n")
        sys.stdout.flush()
        sys.stdin.readline()
    np.savez(Path(sys.argv[1]), x=np.concatenate(blocks), t=np.array(times), late=np.array(late))


if __name__ == "__main__":
    main()
