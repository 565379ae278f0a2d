"""The conversation with one connected Bluetooth device."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from bleak import BleakClient
from bleak.args.bluez import BlueZClientArgs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.uuids import normalize_uuid_str

from engine.devices.links import BleLink
from engine.devices.transports import ble_reasons as why
from engine.devices.transports.ble_search import Radio
from engine.devices.transports.reasons import UnreachableError

CONNECT_WITHIN = 10.0
SUBSCRIBE_WITHIN = 5.0
WRITE_WITHIN = 2.0
PART_WITHIN = 0.6
"""Seconds that goodbyes and the disconnection may take."""
MOST_PENDING = 16
"""Different messages that may wait for the radio; a message that waits already waits once."""
BATTERY = "battery"
BATTERY_LEVEL = "2a19"
BATTERY_EVERY = 60.0
"""Seconds between readings of a battery that does not notify."""

Heard = Callable[[str, bytes], None]


class Peer:
    """One connected device; lives in the loop it was made in.

    Parameters
    ----------
    heard
        Told each notification: the name of its characteristic, and its bytes.
    """

    def __init__(self, link: BleLink, where: str, heard: Heard) -> None:
        self.broken: UnreachableError | None = None
        """Why nothing comes any more; None while all is well."""
        self._link = link
        self._where = where
        self._heard = heard
        self._client: BleakClient | None = None
        self._pending: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._polled: BleakGATTCharacteristic | None = None
        self._task: asyncio.Task[None] | None = None

    async def connect(self, device: BLEDevice, radio: Radio, adapter: str = "") -> None:
        """Connect, check what the device has, subscribe; each step with its own reason."""
        bluez: BlueZClientArgs = {"adapter": adapter} if adapter else {}
        client = BleakClient(
            device,
            self._lose,
            timeout=CONNECT_WITHIN,
            bluez=bluez,
            backend=radio.client,
        )
        try:
            async with asyncio.timeout(CONNECT_WITHIN + 1.0):
                await client.connect()
        except Exception as error:
            raise why.explain(error, why.NO_ANSWER, self._where) from error
        self._client = client
        subscribed = self._subscribed(client)
        target = self._target(client)
        try:
            async with asyncio.timeout(SUBSCRIBE_WITHIN):
                for name, characteristic in subscribed.items():
                    await client.start_notify(characteristic, self._listener(name))
                await self._follow_battery(client)
        except Exception as error:
            raise why.explain(error, why.NO_ANSWER, self._where) from error
        self._task = asyncio.get_running_loop().create_task(self._serve(client, target))

    def send(self, data: bytes, replaces: bytes = b"") -> None:
        """Have ``data`` sent after what waits; the same message waits only once.

        ``replaces`` no longer waits: on a slow radio levels would queue up and come too late.
        """
        for void in {data, replaces}:
            with suppress(ValueError):
                self._pending.remove(void)
        if len(self._pending) >= MOST_PENDING:
            self.broken = self.broken or why.STUCK.error(self._where)
            return
        self._pending.append(data)
        self._idle.clear()
        self._wake.set()

    def forget(self) -> None:
        """Leave unsent what waits; a slow radio would take seconds for it."""
        self._pending.clear()

    async def part(self) -> None:
        """Send what still waits, and disconnect."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Exception):
            async with asyncio.timeout(PART_WITHIN):
                if self.broken is None and self._task is not None:
                    await self._idle.wait()
        if self._task is not None:
            self._task.cancel()
        with suppress(Exception):  # gone already, or the radio is
            async with asyncio.timeout(PART_WITHIN):
                await client.disconnect()

    def _subscribed(self, client: BleakClient) -> dict[str, BleakGATTCharacteristic]:
        found: dict[str, BleakGATTCharacteristic] = {}
        for name, uuid in self._link.notify.items():
            characteristic = client.services.get_characteristic(normalize_uuid_str(uuid))
            if characteristic is not None and _tells(characteristic):
                found[name] = characteristic
            elif name not in self._link.optional:
                raise why.WRONG_DEVICE.error(self._where, f"{name} ({uuid})")
        if self._link.notify and not found and not self._link.write:
            raise why.WRONG_DEVICE.error(self._where, ", ".join(self._link.notify))
        return found

    def _target(self, client: BleakClient) -> BleakGATTCharacteristic | None:
        if self._link.write is None:
            return None
        target = client.services.get_characteristic(normalize_uuid_str(self._link.write))
        if target is None or not {"write", "write-without-response"} & {*target.properties}:
            raise why.WRONG_DEVICE.error(self._where, f"commands ({self._link.write})")
        return target

    async def _follow_battery(self, client: BleakClient) -> None:
        level = client.services.get_characteristic(normalize_uuid_str(BATTERY_LEVEL))
        if level is None or BATTERY in self._link.notify:
            return
        # A device that hides its battery is as good as one without.
        with suppress(Exception):
            if _tells(level):
                await client.start_notify(level, self._listener(BATTERY))
            else:
                self._polled = level
            if "read" in level.properties:
                self._heard(BATTERY, bytes(await client.read_gatt_char(level)))

    def _listener(self, name: str) -> Callable[[BleakGATTCharacteristic, bytearray], None]:
        return lambda _characteristic, data: self._heard(name, bytes(data))

    def _lose(self, _client: BleakClient) -> None:
        self.broken = self.broken or why.GONE.error(self._where)
        self._idle.set()

    async def _serve(self, client: BleakClient, target: BleakGATTCharacteristic | None) -> None:
        """Send what waits, in order, until the end; read a battery that does not tell."""
        while True:
            try:
                async with asyncio.timeout(BATTERY_EVERY if self._polled is not None else None):
                    await self._wake.wait()
            except TimeoutError:
                with suppress(Exception):
                    if self._polled is not None:
                        self._heard(BATTERY, bytes(await client.read_gatt_char(self._polled)))
                continue
            self._wake.clear()
            try:
                while self._pending and target is not None:
                    async with asyncio.timeout(WRITE_WITHIN):
                        await client.write_gatt_char(target, self._pending.popleft())
            except Exception as error:  # noqa: BLE001 - whatever it was, the link is of no use
                self.broken = self.broken or why.explain(error, why.STUCK, self._where)
            self._pending.clear()
            self._idle.set()


def _tells(characteristic: BleakGATTCharacteristic) -> bool:
    return bool({"notify", "indicate"} & {*characteristic.properties})
