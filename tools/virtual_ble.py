"""A radio room without radios: virtual Bluetooth peripherals, and bleak's own API to reach them.

The peripherals are Google bumble's, on a link in memory; everything above the radio (GATT,
advertising, notifications, bleak, the engine) is the real thing. Only tests and tools use it.

Three faults of bumble 0.0.236 are worked around, each at its place below.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from bumble import hci
from bumble.controller import Controller
from bumble.core import AdvertisingData, PhysicalTransport
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Service
from bumble.host import Host
from bumble.link import LocalLink

from engine.devices.links import BleLink, Link
from engine.devices.transports.ble import BleTransport
from engine.devices.transports.ble_loop import LoopThread
from engine.devices.transports.ble_search import Radio
from tools.virtual_ble_backend import backends

T = TypeVar("T")

WITHIN = 10.0
ADVERTISE_EVERY = 20.0
"""Milliseconds; real straps take a second."""


class VirtualAir:
    """Everything in reach of one virtual antenna, in a thread of its own."""

    def __init__(self) -> None:
        self._loop = LoopThread("virtual air")
        self._link = _Link()  # type: ignore[no-untyped-call]
        self._devices: list[Device] = []
        self._centrals = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work``, done in the air's thread, returns."""
        return self._loop.run(work, WITHIN)

    async def from_loop(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what ``work`` returns, awaited from another loop."""
        return await asyncio.wrap_future(self._loop.begin(work))

    def device(self, name: str, address: str) -> Device:
        """Return a radio with nothing on it yet."""

        async def make() -> Device:
            controller = _Controller(name, link=self._link)
            # Fault 3: with these features bumble's host takes paths its controller lacks.
            controller.le_features &= ~(
                hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
            )
            host = Host()
            host.controller = controller
            device = Device(
                config=DeviceConfiguration(
                    name=name,
                    address=hci.Address(address),
                    advertising_interval_min=ADVERTISE_EVERY,
                    advertising_interval_max=ADVERTISE_EVERY,
                )
            )
            device.host = host
            return device

        device = self.run(make())
        self._devices.append(device)
        return device

    def switch_on(self, device: Device, services: list[Service], *advertised: str) -> None:
        """Give ``device`` its services and let it advertise its name and ``advertised``."""

        async def begin() -> None:
            device.add_services(services)
            device.advertising_data = _advertisement(device.name, advertised)
            await device.power_on()
            await device.start_advertising(auto_restart=True)

        self.run(begin())

    def radio(self, address: str = "E0:E1:E2:E3:E4:E5") -> Radio:
        """Return bleak backends that see this air and nothing else."""
        central = self.device("central", address)
        self.run(central.power_on())
        return backends(self, central)

    def transport(self, link: Link, options: Mapping[str, Any]) -> BleTransport:
        """Return a transport in this air: for `engine.devices.driven.DrivenSource`."""
        if not isinstance(link, BleLink):
            raise TypeError("there is nothing but Bluetooth in the air")
        self._centrals += 1
        return BleTransport(link, options, self.radio(f"E0:E1:E2:E3:E4:{self._centrals:02X}"))

    def close(self) -> None:
        """Switch everything off."""

        async def end() -> None:
            for device in self._devices:
                for connection in list(device.connections.values()):
                    await connection.disconnect()
                if device.powered_on:
                    await device.power_off()

        try:
            self.run(end())
        finally:
            self._loop.close()


class _Link(LocalLink):
    """Fault 2: bumble sends data from the random address even of a public connection."""

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        receiver = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if receiver is None or connection is None:
            return
        asyncio.get_running_loop().call_soon(
            receiver.on_link_acl_data, connection.self_address, transport, data
        )


class _Controller(Controller):
    """Fault 1: bumble answers LE_Create_Connection_Cancel, but goes on connecting."""

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        if self.pending_le_connection:
            self.pending_le_connection = None
            event = hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=0,
                peer_address_type=0,
                peer_address=hci.Address("00:00:00:00:00:00"),
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
            asyncio.get_running_loop().call_soon(self.send_hci_packet, event)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


def _advertisement(name: str, services: tuple[str, ...]) -> bytes:
    kinds = AdvertisingData.Type
    parts: list[tuple[int, bytes]] = [(kinds.FLAGS, b"\x06")]
    short = b"".join(bytes.fromhex(s)[::-1] for s in services if len(s) == 4)
    whole = b"".join(bytes.fromhex(s.replace("-", ""))[::-1] for s in services if len(s) > 4)
    if short:
        parts.append((kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, short))
    if whole:
        parts.append((kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, whole))
    if name:
        room = 29 - sum(2 + len(data) for _, data in parts)
        parts.append((kinds.COMPLETE_LOCAL_NAME, name.encode()[:room]))
    return bytes(AdvertisingData(parts))
