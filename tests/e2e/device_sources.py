"""Devices that misbehave in every way a room must survive."""

import os
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.devices import Chunk, Context, Kind, LinkError, Output, Source, Stream, Unit
from engine.errors import RecordingError

SINE = Stream("sine", Kind.RESP, Unit.RAW, rate=100.0)
WARMTH = Output("warmth", Unit.LEVEL, low=0.0, high=1.0, slew=2.0, rest=0.0)


class Metronome(Source):
    """A hundred samples a second whose value is their number, and trouble on request.

    ``trouble`` happens ``after`` so many seconds of a process, the first ``times`` processes;
    ``folder`` is where processes leave their marks.
    """

    model = "metronome"

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._trouble = str(options.get("trouble", ""))
        self._after = float(options.get("after", 0.2))
        self._folder = Path(str(options.get("folder", ".")))
        self._sent = 0
        self._start = 0.0
        self._context: Context | None = None
        self._hoard: list[bytes] = []
        self.heard = self.refused = 0

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (SINE,)

    @property
    def outputs(self) -> tuple[Output, ...]:
        return (WARMTH,) if self.options.get("warm") else ()

    @property
    def ended(self) -> bool:
        return self._trouble == "end" and self._sent > self._start * 100 + 20

    def open(self, context: Context) -> None:
        self._context = context
        self._start = context.clock.now()
        self._sent = int(self._start * 100) + 1
        if self._trouble:
            mark = self._folder / f"{context.name}-{os.getpid()}"
            mark.touch()
            if len(list(self._folder.glob(f"{context.name}-*"))) > int(
                self.options.get("times", 99)
            ):
                self._trouble = ""
        match self._trouble:
            case "unreachable":
                raise LinkError("is not plugged in", hint="plug it in")
            case "bad_open":
                raise RecordingError("is empty", where="session.mcap")
            case "blocked-hello":
                context.clock.wait(1000.0)
            case "fork":
                self._fork()
            case "slow_open":
                context.clock.wait(1.0)
                self._sent = int(context.clock.now() * 100) + 1

    def read(self, until: float) -> Iterable[Chunk]:
        assert self._context is not None
        if self._trouble and until - self._start > self._after:
            self._make_trouble()
        n = int(until * 100) + 1
        numbers = np.arange(self._sent, n, dtype=np.float64)
        if self._trouble == "repeat":
            numbers = np.concatenate((numbers[:1] - 10, numbers))
        self._sent = max(n, self._sent)
        if len(numbers):
            yield Chunk(SINE, numbers / 100, numbers[:, None])

    def write(self, levels: Mapping[str, float]) -> None:
        with (self._folder / "levels").open("a") as file:
            file.write(f"{levels['warmth']!r}\n")

    def close(self) -> None:
        if self.options.get("warm") and self._context is not None:
            (self._folder / "closed").touch()
        if self._trouble == "deaf" and self._context is not None:
            self._context.clock.wait(1000.0)

    def _fork(self) -> None:
        """Start a process of its own that never ends."""
        child = os.fork()
        if child == 0:
            while True:
                signal.pause()
        (self._folder / f"forked-{child}").touch()

    def _make_trouble(self) -> None:
        assert self._context is not None
        match self._trouble:
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "fork" if self.options.get("then") == "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(3)
            case "quiet-exit":
                os._exit(0)
            case "leak":
                if len(self._hoard) < 40:
                    self._hoard.append(b"x" * 10_000_000)
            case "chatter":
                os.write(1, b"noise " * 100)
                os.write(2, b"noise " * 100)
            case "mutter":
                self.heard, self.refused = self.heard + 3, self.refused + 1
            case "hang":
                self._context.clock.wait(1000.0)
            case "spin":
                while True:
                    pass
            case "raise":
                raise ValueError("a mistake")
            case "link":
                self._trouble = ""
                raise LinkError("was unplugged")
            case "silence":
                self._sent = 10**9
            case "print":
                print("noise" * 1000, flush=True)  # noqa: T201 - that is the point
            case _:
                pass


class Flood(Source):
    """Half a million samples a second."""

    model = "flood"

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._sent = 0

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (SINE,)

    def open(self, context: Context) -> None:
        self._sent = int(context.clock.now() * 5e5)

    def read(self, until: float) -> Iterable[Chunk]:
        n = int(until * 5e5)
        t = np.arange(self._sent, n) / 5e5
        self._sent = n
        yield Chunk(SINE, t, t[:, None])


CLASSES: dict[str, type[Any]] = {"metronome": Metronome, "flood": Flood}
