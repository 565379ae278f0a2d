"""Bleak's own API over a virtual radio: a scanner and a client bound to one bumble device."""
# ruff: noqa: ANN401, ARG002, FBT001 - the signatures are bleak's

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal, Protocol, Self, TypeVar

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import (
    AdvertisementData,
    AdvertisementDataCallback,
    BaseBleakScanner,
)
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import hci
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData, ProtocolError
from bumble.device import Connection, Device, Peer

from engine.devices.transports.ble_search import Radio

T = TypeVar("T")
Property = Literal["read", "write-without-response", "write", "notify", "indicate"]

PROPERTIES: dict[int, Property] = {
    0x02: "read", 0x04: "write-without-response", 0x08: "write", 0x10: "notify", 0x20: "indicate",
}  # fmt: skip


class Air(Protocol):
    """Where the radio waves are."""

    async def from_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work``, done in the air's loop, returns to another loop."""
        ...


def _text(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-").lower())


def backends(air: Air, central: Device) -> Radio:
    """Return bleak's two backend classes, bound to ``central``: bleak takes classes."""

    class Scanner(BaseBleakScanner):
        def __init__(
            self,
            detection_callback: AdvertisementDataCallback | None,
            service_uuids: list[str] | None,
            scanning_mode: str,
            **_more: Any,
        ) -> None:
            super().__init__(detection_callback, service_uuids)
            self._active = scanning_mode == "active"
            self._loop: asyncio.AbstractEventLoop | None = None

        async def start(self) -> None:
            self.seen_devices = {}
            self._loop = asyncio.get_running_loop()
            central.on("advertisement", self._hear)
            await air.from_loop(central.start_scanning(active=self._active))

        async def stop(self) -> None:
            central.remove_listener("advertisement", self._hear)
            await air.from_loop(central.stop_scanning())

        def _hear(self, heard: Any) -> None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._see, heard)

        def _see(self, heard: Any) -> None:
            data: AdvertisingData = heard.data
            kinds = AdvertisingData.Type
            uuids = [
                _text(u)
                for kind in (
                    kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                    kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
                )
                for u in data.get(kind) or []
            ]
            name = data.get(kinds.COMPLETE_LOCAL_NAME)
            said = AdvertisementData(name, {}, {}, uuids, None, heard.rssi, (heard,))
            address = heard.address.to_string(False)
            device = self.create_or_update_device(address, address, name, heard.address, said)
            if self.is_allowed_uuid(uuids):
                self.call_detection_callbacks(device, said)

    class Client(BaseBleakClient):
        def __init__(
            self,
            address_or_ble_device: BLEDevice | str,
            *,
            disconnected_callback: Callable[[], None] | None,
            timeout: float,
            **_more: Any,
        ) -> None:
            super().__init__(
                address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout
            )
            self._connection: Connection | None = None
            self._peer: Peer | None = None
            self._loop: asyncio.AbstractEventLoop | None = None
            self._subscribed: dict[int, Callable[[bytes], None]] = {}

        @property
        def name(self) -> str:
            return self.address.replace(":", "-")

        @property
        def mtu_size(self) -> int:
            return 23  # as BlueZ reports it, whatever is true: nothing may depend on it

        @property
        def is_connected(self) -> bool:
            return self._connection is not None

        async def connect(self, pair: bool, **_more: Any) -> None:
            self._loop = asyncio.get_running_loop()
            self.services = await air.from_loop(self._connect())

        async def _connect(self) -> BleakGATTServiceCollection:
            if (held := _held(central, self.address)) is not None:
                return await self._explore(held)
            try:
                connection = await central.connect(hci.Address(self.address), timeout=self._timeout)
            except Exception as error:
                raise BleakDeviceNotFoundError(self.address) from error
            return await self._explore(connection)

        async def _explore(self, connection: Connection) -> BleakGATTServiceCollection:
            connection.on("disconnection", self._part)
            self._connection = connection
            self._peer = peer = Peer(connection)
            await peer.request_mtu(247)
            found = BleakGATTServiceCollection()
            for service in await peer.discover_services():
                group = BleakGATTService(service, service.handle, _text(service.uuid))
                found.add_service(group)
                for one in await peer.discover_characteristics(service=service):
                    names: list[Any] = [n for bit, n in PROPERTIES.items() if one.properties & bit]
                    made = BleakGATTCharacteristic(
                        one,
                        one.handle,
                        _text(one.uuid),
                        names,
                        lambda: 20,
                        group,
                    )
                    found.add_characteristic(made)
                    for d in await peer.discover_descriptors(one):
                        found.add_descriptor(BleakGATTDescriptor(d, d.handle, _text(d.type), made))
            return found

        def _part(self, _reason: int) -> None:
            self._connection = self._peer = None
            callback = self._disconnected_callback
            if callback and self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(callback)

        async def disconnect(self) -> None:
            connection = self._connection
            if connection is not None:
                await air.from_loop(connection.disconnect())

        async def pair(self, *_args: Any, **_more: Any) -> None:
            if self._connection is not None:
                await air.from_loop(self._connection.pair())

        async def unpair(self) -> None:
            raise NotImplementedError

        async def _ask(self, work: Callable[[Peer], Coroutine[Any, Any, T]]) -> T:
            if self._peer is None:
                raise BleakError("Not connected")
            try:
                return await air.from_loop(work(self._peer))
            except ATT_Error as error:
                raise BleakGATTProtocolError(error.error_code) from error
            except ProtocolError as error:
                raise BleakError(str(error)) from error

        async def read_gatt_char(
            self,
            characteristic: BleakGATTCharacteristic,
            *,
            use_cached: bool = False,
            **_more: Any,
        ) -> bytearray:
            read = await self._ask(lambda p: p.gatt_client.read_value(characteristic.handle))
            return bytearray(read)

        async def read_gatt_descriptor(
            self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_more: Any
        ) -> bytearray:
            return bytearray(await self._ask(lambda p: p.gatt_client.read_value(descriptor.handle)))

        async def write_gatt_char(
            self,
            characteristic: BleakGATTCharacteristic,
            data: Any,
            response: bool,
        ) -> None:
            sent = bytes(data)
            await self._ask(
                lambda p: p.gatt_client.write_value(
                    characteristic.handle, sent, with_response=response
                )
            )

        async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
            sent = bytes(data)
            await self._ask(
                lambda p: p.gatt_client.write_value(descriptor.handle, sent, with_response=True)
            )

        async def start_notify(
            self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_more: Any
        ) -> None:
            loop = asyncio.get_running_loop()

            def hear(value: bytes) -> None:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(callback, bytearray(value))

            self._subscribed[characteristic.handle] = hear
            await self._ask(lambda p: p.gatt_client.subscribe(characteristic.obj, hear))

        async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
            hear = self._subscribed.pop(characteristic.handle)
            await self._ask(lambda p: p.gatt_client.unsubscribe(characteristic.obj, hear))

    class Adapter(BaseBleakAdapter):
        @classmethod
        async def get(cls, **_more: Any) -> Self:
            return cls()

        async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
            addresses = [c.peer_address.to_string(False) for c in central.connections.values()]
            return [BLEDevice(address, None, None) for address in addresses]

    return Radio(Scanner, Client, Adapter)


def _held(central: Device, address: str) -> Connection | None:
    """Return the connection another client of this radio has to ``address``."""
    for connection in central.connections.values():
        if connection.peer_address.to_string(False) == address:
            return connection
    return None
