"""A serial port, found by its USB numbers and read by a thread of its own."""

import math
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

import serial
from serial.tools import list_ports

from engine.clock import Clock
from engine.devices.links import SerialLink
from engine.devices.transports import serial_reasons as why
from engine.devices.transports.plugging import Arrivals, usable_port, usable_ports
from engine.devices.transports.reasons import UnreachableError
from engine.devices.transports.transport import Received
from engine.errors import ConfigError, LinkError

PATIENCE = 0.1
"""Seconds the thread waits for a byte before it looks whether it should end."""
WRITE_WITHIN = 0.2
MOST_WAITING = 4096
"""Pieces kept for a host that does not ask; older ones are dropped."""


class SerialPort:
    """One open serial port.

    A thread waits for bytes, so that each piece carries the time it came and not the
    time somebody asked.

    Parameters
    ----------
    link
        The driver's declaration.
    options
        Of the device's table in the rig: ``port`` (``/dev/ttyUSB0``, ``COM3``) instead of
        the search, ``usb_serial`` (the serial number) to tell two like devices apart,
        ``baud`` where a device was set to another than its driver says.
    """

    OPTIONS: ClassVar[tuple[str, ...]] = ("port", "usb_serial", "baud")

    def __init__(self, link: SerialLink, options: Mapping[str, Any]) -> None:
        self._link = link
        self.baud = _baud(options, link.baud)
        self._path = _text(options, "port")
        self._serial_number = _text(options, "usb_serial")
        if self._path is None and not link.usb:
            raise ConfigError(
                "names no USB device to look for",
                where="port",
                hint='give the port in the rig: port = "/dev/ttyUSB0" (or "COM3")',
            )
        self._arrivals = Arrivals(self._ports)
        self._port: serial.Serial | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        self._pieces: deque[Received] = deque(maxlen=MOST_WAITING)
        self._broken: UnreachableError | None = None
        self._clock: Clock | None = None
        self._wrote_at = -math.inf

    def open(self, clock: Clock) -> None:
        """Find the port and open it; what the device sent before is forgotten."""
        self._arrivals.begin()
        path = self._path or self._find()
        try:
            self._port = serial.Serial(
                path,
                self.baud,
                timeout=PATIENCE,
                write_timeout=WRITE_WITHIN,
                exclusive=True,
            )
            self._port.reset_input_buffer()
        except (OSError, ValueError) as error:
            self.close()
            raise why.explain(error, why.FAILED, path) from error
        self._pieces.clear()
        self._clock, self._wrote_at = clock, -math.inf
        self._broken, self._closing = None, False
        self._thread = threading.Thread(
            target=self._listen, args=(self._port, clock), name=f"serial {path}", daemon=True
        )
        self._thread.start()

    def has_come(self) -> bool:
        """Whether a port appeared since the last attempt to open; asks no device."""
        return self._arrivals.any()

    def received(self) -> list[Received]:
        """Return what came since the last call."""
        taken = [self._pieces.popleft() for _ in range(len(self._pieces))]
        if self._broken is not None and not taken:
            raise self._broken
        return taken

    def write(self, data: bytes, replaces: bytes = b"") -> None:  # noqa: ARG002 - none waits
        """Send ``data``."""
        if self._port is None:
            raise LinkError("is not open")
        try:
            self._keep_gap()
            self._port.write(data)
        except OSError as error:  # pyserial's own errors are OSErrors too
            raise why.explain(error, why.STUCK) from error

    def forget(self) -> None:
        """Do nothing: what was written is on the wire, and half a message would be none."""

    def _keep_gap(self) -> None:
        """Wait until the device is ready for another message."""
        if self._link.gap and self._clock is not None:
            self._clock.wait(self._wrote_at + self._link.gap - self._clock.now())
            self._wrote_at = self._clock.now()

    def close(self) -> None:
        """Close the port."""
        self._closing = True
        if self._port is not None:
            with suppress(OSError, AttributeError):
                self._port.cancel_read()
        if self._thread is not None:
            self._thread.join(1.0)
            self._thread = None
        if self._port is not None:
            with suppress(OSError):
                self._port.close()
            self._port = None

    def _listen(self, port: serial.Serial, clock: Clock) -> None:
        try:
            while not self._closing:
                data: bytes = port.read(1)
                if data:
                    # Unplugged, this raises a plain OSError and not pyserial's own.
                    data += port.read(port.in_waiting)
                    self._pieces.append(Received(clock.now(), data))
        except (OSError, TypeError) as error:  # TypeError: closed under a waiting read
            # pyserial's own words tell nothing; the system's, where there are some, may.
            told = why.words(error) if getattr(error, "errno", None) else ""
            self._broken = why.UNPLUGGED.error(detail=told)

    def _ports(self) -> Mapping[str, bool]:
        return usable_ports() if self._path is None else usable_port(self._path)

    def _find(self) -> str:
        found = [p for p in list_ports.comports() if (p.vid, p.pid) in self._link.usb]
        wanted = self._serial_number
        if wanted is not None and found:
            numbers = ", ".join(sorted(str(p.serial_number) for p in found))
            found = [p for p in found if p.serial_number == wanted]
            if not found:
                raise why.OTHER_NUMBER.error(
                    detail=f"{wanted!r}; plugged in: {numbers}",
                    detail_zh=f"{wanted!r}；已插入：{numbers}",
                )
        if not found:
            ids = ", ".join(f"{vid:04x}:{pid:04x}" for vid, pid in self._link.usb)
            raise why.NOT_PLUGGED.error(detail=ids)
        if len(found) > 1:
            choices = ", ".join(f"{p.device} ({p.serial_number})" for p in found)
            raise why.SEVERAL.error(detail=choices)
        return str(found[0].device)


def _text(options: Mapping[str, Any], key: str) -> str | None:
    value = options.get(key)
    if value is None or (isinstance(value, str) and value):
        return value
    raise ConfigError(f"{value!r} is not a text", where=key, hint=f'write {key} = "..."')


def _baud(options: Mapping[str, Any], declared: int) -> int:
    value = options.get("baud", declared)
    if isinstance(value, int) and not isinstance(value, bool) and 50 <= value <= 4_000_000:
        return value
    raise ConfigError(
        f"{value!r} is no baud rate", where="baud", hint="usual are 9600, 57600 and 115200"
    )
