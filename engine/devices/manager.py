"""All devices of a room: started, read, written, watched and stopped together."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import numpy as np

from engine.clock import Clock, SystemClock
from engine.devices.catalog import Declared, DeviceSpec, declare
from engine.devices.inline import InlineDevice
from engine.devices.intake import qualified
from engine.devices.live import LiveDevice
from engine.devices.status import DeviceStatus
from engine.devices.tended import AbsentDevice, Tended
from engine.errors import ConfigError
from engine.events import Notice
from engine.processes.block import SharedBlock
from engine.show import Script, Show
from engine.streams import F64, Chunk, Output, Stream

__all__ = ["DeviceManager", "DeviceSpec"]

STOP_WITHIN = 1.5
"""Seconds all processes together have to bring outputs to rest and end."""


class DeviceManager:
    """The devices of one room, behind one interface for real and virtual time.

    Nothing is opened before `start`.

    Parameters
    ----------
    devices
        As the rig lists them.
    classes
        Every installed device class, by model.
    clock
        The room's; a `SystemClock` when ``live``.
    seed
        Of all chance in simulated devices.
    show
        Returns what the person sees and hears now; simulated people look at it, and what
        moves with the guided breath.
    live
        True gives every device a process of its own and real time. False reads the
        sources in this process every 100 ms of virtual time, the same each time.

    Raises
    ------
    FaultyFileError
        With everything that is wrong with the list.
    """

    def __init__(
        self,
        devices: Sequence[DeviceSpec],
        *,
        classes: Mapping[str, type[Any]],
        clock: Clock,
        seed: int = 0,
        show: Callable[[], Show] = Show,
        live: bool = False,
    ) -> None:
        self._declared = declare(devices, classes, live=live)
        self._clock = clock
        self._seed = seed
        self._show = show
        self._live = live
        self._tended: list[Tended] = []
        self._window: _ShowWindow | None = None
        self._last: list[Notice] = []
        if live and not isinstance(clock, SystemClock):
            raise ConfigError("live devices need the system's clock", where="devices")

    @property
    def streams(self) -> tuple[Stream, ...]:
        """Every stream, with its name in the room (``<device>.<stream>``)."""
        return tuple(qualified(d.spec.name, s) for d in self._declared for s in d.streams)

    @property
    def outputs(self) -> dict[str, Output]:
        """Every output by its name in the room (``<device>.<output>``)."""
        return {
            f"{d.spec.name}.{o.name}": replace(
                o,
                name=f"{d.spec.name}.{o.name}",
                position=f"{d.spec.name}.{o.position}" if o.position else "",
            )
            for d in self._declared
            for o in d.outputs
        }

    @property
    def simulated(self) -> bool:
        """Whether any device has no real device behind it."""
        return any(d.simulated for d in self._declared)

    def start(self) -> None:
        """Start every device; returns at once, `notices` tell how it goes."""
        if self._tended:
            return
        if self._live and any(d.follows_show for d in self._declared):
            self._window = _ShowWindow(self._show)
        for declared in self._declared:
            self._tended.append(self._tend(declared))
        for tended in self._tended:
            tended.start()

    def drain(self, now: float) -> list[Chunk]:
        """Return the samples that arrived, in order within each stream, each once.

        Never blocks; call it at every step.
        """
        if self._window is not None:
            self._window.look()
        return [chunk for tended in self._tended for chunk in tended.drain(now)]

    def notices(self) -> list[Notice]:
        """Return what is new about the devices: states, faults, data refused.

        After `stop`, once, what they told of the whole session in the end.
        """
        told, self._last = self._last, []
        return [*told, *(n for tended in self._tended for n in tended.desk.notices())]

    def write(self, levels: Mapping[str, float], *, still: bool = False) -> None:
        """Set outputs, by their names in the room; renew several times a second.

        Each device governs them once more: range and slew; when they are not renewed, strengths
        go to rest and positions stop. ``still``: nothing may move a person now.
        """
        now = self._clock.now()
        for tended in self._tended:
            prefix = f"{tended.desk.name}."
            own = {n.removeprefix(prefix): v for n, v in levels.items() if n.startswith(prefix)}
            if own:
                tended.write(own, now, still=still)

    def halt(self) -> None:
        """Latch the emergency stop of every output; only `reset` releases it."""
        for tended in self._tended:
            tended.halt(halted=True)

    def reset(self) -> None:
        """Release the emergency stop: a person has looked."""
        for tended in self._tended:
            tended.halt(halted=False)

    def status(self) -> tuple[DeviceStatus, ...]:
        """Return how each device is doing."""
        now = self._clock.now()
        return tuple(tended.status(now) for tended in self._tended)

    @property
    def settled(self) -> bool:
        """Whether every device sends, or has said why it does not."""
        return all(str(s.standing.state) not in {"off", "connecting"} for s in self.status())

    def memory(self) -> dict[str, int]:
        """Return the resident bytes of each device's process, by device."""
        return {s.name: s.rss for s in self.status() if s.rss}

    def stop(self) -> None:
        """Bring outputs to rest, end every process, free every resource. May be repeated."""
        for tended in self._tended:
            tended.ask_to_end()
        until = self._clock.now() + STOP_WITHIN

        def stop(tended: Tended) -> None:
            tended.stop(max(until - self._clock.now(), 0.0))

        mine, self._tended = self._tended, []
        window, self._window = self._window, None
        with ExitStack() as last:  # each of them, whatever becomes of the others
            if window is not None:
                last.callback(window.close)
            for one in reversed(mine):
                last.callback(stop, one)
        told = (notice for one in mine for notice in one.desk.notices())
        self._last += [notice for notice in told if notice.kind == "data_refused"]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def _tend(self, declared: Declared) -> Tended:
        if declared.absent is not None:
            return AbsentDevice(declared, declared.absent)
        # Each device has chance of its own, whatever other devices the room has.
        seed = zlib.crc32(f"{self._seed} {declared.spec.name}".encode())
        if self._live and isinstance(self._clock, SystemClock):
            window = self._window if declared.follows_show else None
            show = None if window is None else (window.block.name, window.script)
            return LiveDevice(declared, self._clock, seed, show)
        return InlineDevice(declared, self._clock.now(), seed, self._show)


class _ShowWindow:
    """Shows devices in other processes what the person in this room sees and hears."""

    def __init__(self, show: Callable[[], Show]) -> None:
        self._show = show
        now = show()
        self.script = Script(scenes=(), controls=tuple(sorted(now.levels)))
        self.block = SharedBlock.create(self.script.width)
        self._row: F64 = np.zeros(self.script.width)
        self._last: Show | None = None
        self.look()

    def look(self) -> None:
        """Pass on what is shown now."""
        now = self._show()
        if now is not self._last:
            self._last = now
            now.fill(self.script, self._row)
            self.block.write(self._row)

    def close(self) -> None:
        self.block.close()
        self.block.unlink()
