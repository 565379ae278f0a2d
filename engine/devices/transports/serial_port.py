"""A serial port, found by its USB numbers and read by a thread of its own."""

import errno
import math
import os
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

import serial
from serial.tools import list_ports

from engine.clock import Clock
from engine.devices.links import SerialLink
from engine.devices.transports.transport import Received
from engine.errors import ConfigError, LinkError

PATIENCE = 0.1
"""Seconds the thread waits for a byte before it looks whether it should end."""
WRITE_WITHIN = 0.2
REMEDIES = {
    errno.ENOENT: "plug it in, or name another port in the rig",
    errno.EACCES: "allow this user to use serial ports (on Linux: the group dialout)",
}
IN_USE = "close the other program that uses it"
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
        the search, ``usb_serial`` (the serial number) to tell two like devices apart.
    """

    OPTIONS: ClassVar[tuple[str, ...]] = ("port", "usb_serial")

    def __init__(self, link: SerialLink, options: Mapping[str, Any]) -> None:
        self._link = link
        self._path = _text(options, "port")
        self._serial_number = _text(options, "usb_serial")
        if self._path is None and not link.usb:
            raise ConfigError(
                "names no USB device to look for",
                where="port",
                hint='give the port in the rig: port = "/dev/ttyUSB0" (or "COM3")',
            )
        self._port: serial.Serial | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        self._pieces: deque[Received] = deque(maxlen=MOST_WAITING)
        self._broken = ""
        self._clock: Clock | None = None
        self._wrote_at = -math.inf

    def open(self, clock: Clock) -> None:
        """Find the port and open it; what the device sent before is forgotten."""
        path = self._path or self._find()
        try:
            self._port = serial.Serial(
                path,
                self._link.baud,
                timeout=PATIENCE,
                write_timeout=WRITE_WITHIN,
                exclusive=True,
            )
            self._port.reset_input_buffer()
        except (OSError, ValueError) as error:
            self.close()
            remedy = REMEDIES.get(getattr(error, "errno", None) or 0, IN_USE)
            raise LinkError(
                f"cannot be opened: {_words(error)}", where=path, hint=remedy
            ) from error
        self._pieces.clear()
        self._clock, self._wrote_at = clock, -math.inf
        self._broken, self._closing = "", False
        self._thread = threading.Thread(
            target=self._listen, args=(self._port, clock), name=f"serial {path}", daemon=True
        )
        self._thread.start()

    def received(self) -> list[Received]:
        """Return what came since the last call."""
        taken = [self._pieces.popleft() for _ in range(len(self._pieces))]
        if self._broken and not taken:
            raise LinkError(self._broken, hint="check the cable")
        return taken

    def write(self, data: bytes) -> None:
        """Send ``data``."""
        if self._port is None:
            raise LinkError("is not open")
        try:
            self._keep_gap()
            self._port.write(data)
        except OSError as error:  # pyserial's own errors are OSErrors too
            raise LinkError("cannot be written to", hint=_words(error)) from error

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
            self._broken = f"was unplugged or switched off: {_words(error)}"

    def _find(self) -> str:
        found = [p for p in list_ports.comports() if (p.vid, p.pid) in self._link.usb]
        wanted = self._serial_number
        if wanted is not None:
            numbers = ", ".join(sorted(str(p.serial_number) for p in found)) or "none"
            found = [p for p in found if p.serial_number == wanted]
            if not found:
                raise LinkError(
                    f"no such device with serial number {wanted!r}", hint=f"plugged in: {numbers}"
                )
        if not found:
            ids = ", ".join(f"{vid:04x}:{pid:04x}" for vid, pid in self._link.usb)
            raise LinkError(f"no USB device {ids} is plugged in", hint="plug it in or switch it on")
        if len(found) > 1:
            choices = ", ".join(f"{p.device} ({p.serial_number})" for p in found)
            raise LinkError(
                f"{len(found)} such devices are plugged in: {choices}",
                hint='say which in the rig: usb_serial = "..."',
            )
        return str(found[0].device)


def _text(options: Mapping[str, Any], key: str) -> str | None:
    value = options.get(key)
    if value is None or (isinstance(value, str) and value):
        return value
    raise ConfigError(f"{value!r} is not a text", where=key, hint=f'write {key} = "..."')


def _words(error: Exception) -> str:
    """Return the system's own words, without pyserial's wrapping."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else str(error)
