"""A Bluetooth LE device: found by what it says it is, subscribed to, written to."""

import re
from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar

from engine.clock import Clock
from engine.devices.links import BleLink
from engine.devices.transports import ble_reasons as why
from engine.devices.transports.ble_loop import LoopThread
from engine.devices.transports.ble_peer import Peer
from engine.devices.transports.ble_search import Radio, Wanted, find
from engine.devices.transports.transport import Received
from engine.errors import ConfigError, LinkError

SEARCH_FOR = 8.0
"""Seconds a device may take to show itself; straps advertise about once a second."""
OPEN_WITHIN = 28.0
"""Seconds of all steps together; less than a device's process may take to connect."""
CLOSE_WITHIN = 1.5
MOST_WAITING = 4096
"""Notifications kept for a host that does not ask; older ones are dropped."""
_ADDRESS = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

SYSTEM = Radio()
"""The Bluetooth of this computer."""


class BleTransport:
    """One Bluetooth device.

    The device that was found first is the one looked for after a lost connection: a
    neighbour's strap must not take its place.

    Parameters
    ----------
    link
        The driver's declaration.
    options
        Of the device's table in the rig: ``address`` or ``name`` when several of a kind are
        in reach, ``adapter`` (``hci1``) when the computer has several radios.
    radio
        Which Bluetooth is used.
    """

    OPTIONS: ClassVar[tuple[str, ...]] = ("address", "name", "adapter")

    def __init__(self, link: BleLink, options: Mapping[str, Any], radio: Radio = SYSTEM) -> None:
        address = _text(options, "address")
        if address and not _ADDRESS.fullmatch(address.lower()):
            raise ConfigError(
                f"{address!r} is not an address",
                where="address",
                hint='write address = "AA:BB:CC:DD:EE:FF", as `anlan devices --scan` shows it',
            )
        self._link = link
        self._wanted = Wanted(link, address, _text(options, "name"))
        self._adapter = _text(options, "adapter")
        self._radio = radio
        self._loop: LoopThread | None = None
        self._peer: Peer | None = None
        self._pieces: deque[Received] = deque(maxlen=MOST_WAITING)

    def open(self, clock: Clock) -> None:
        """Find the device, connect, check it and subscribe."""
        self.close()
        self._pieces.clear()
        self._loop = LoopThread(f"bluetooth {self._wanted.words() or self._link.service}")
        try:
            self._peer = self._loop.run(self._connect(clock), OPEN_WITHIN)
        except Exception as error:
            self.close()
            raise why.explain(error, why.NO_ANSWER, self._wanted.words()) from error

    def has_come(self) -> bool:
        """Return False: only a search tells, and `open` searches for some seconds."""
        return False

    def received(self) -> list[Received]:
        """Return what came since the last call."""
        taken = [self._pieces.popleft() for _ in range(len(self._pieces))]
        if not taken and self._peer is not None and self._peer.broken is not None:
            raise self._peer.broken
        return taken

    def write(self, data: bytes, replaces: bytes = b"") -> None:
        """Send ``data``, in order; returns at once."""
        peer = self._peer
        if self._loop is None or peer is None:
            raise LinkError("is not open")
        if peer.broken is not None:
            raise peer.broken
        self._loop.post(lambda: peer.send(data, replaces))

    def forget(self) -> None:
        """Leave unsent what waits for the radio."""
        if self._loop is not None and self._peer is not None:
            self._loop.post(self._peer.forget)

    def close(self) -> None:
        """Send what still waits, disconnect, end the thread."""
        loop, self._loop = self._loop, None
        peer, self._peer = self._peer, None
        if loop is None:
            return
        try:
            if peer is not None:
                loop.run(peer.part(), CLOSE_WITHIN)
        except TimeoutError:
            pass  # the radio hangs; the device ends the connection by itself
        finally:
            loop.close()

    async def _connect(self, clock: Clock) -> Peer:
        device, name = await find(self._wanted, SEARCH_FOR, self._radio, self._adapter)

        def hear(source: str, data: bytes) -> None:
            self._pieces.append(Received(clock.now(), data, source))

        peer = Peer(self._link, name, hear)
        try:
            await peer.connect(device, self._radio, self._adapter)
        except BaseException:
            await peer.part()
            raise
        self._wanted = Wanted(self._link, address=device.address)
        return peer


def _text(options: Mapping[str, Any], key: str) -> str:
    value = options.get(key, "")
    if isinstance(value, str) and (value or key not in options):
        return value
    raise ConfigError(f"{value!r} is not a text", where=key, hint=f'write {key} = "..."')
