"""Finds Bluetooth devices: the one a room wants, or all that are around."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from bleak import BleakAdapter, BleakScanner
from bleak.args.bluez import BlueZAdapterArgs, BlueZScannerArgs
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakError
from bleak.uuids import normalize_uuid_str

from engine.devices.links import BleLink
from engine.devices.transports import ble_reasons as why

Sighting: TypeAlias = tuple[BLEDevice, AdvertisementData]

SETTLE = 1.0
"""Seconds the search goes on after the first find: a neighbour's strap may fit as well."""


@dataclass(frozen=True, slots=True)
class Radio:
    """Which bleak backends are used; None takes those of the operating system.

    Tests and virtual peripherals give their own.
    """

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    adapter: type[BaseBleakAdapter] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which device is looked for.

    Attributes
    ----------
    link
        What its kind declares.
    address, name
        Of the one device, from the rig; "" if any of the kind will do.
    """

    link: BleLink
    address: str = ""
    name: str = ""

    def fits(self, device: BLEDevice, said: AdvertisementData) -> bool:
        """Whether ``device``, which advertises ``said``, is the one."""
        if self.address:
            return device.address.lower() == self.address.lower()
        if self.name:
            return name_of(device, said) == self.name
        return fits(self.link, name_of(device, said), said.service_uuids)

    def is_connected_as(self, device: BLEDevice) -> bool:
        """Whether ``device``, which is connected and has the service, is the one."""
        if self.address:
            return device.address.lower() == self.address.lower()
        name = device.name or ""
        if self.name:
            return name == self.name
        return not self.link.names or fits(self.link, name, [])

    def words(self) -> str:
        """Return how to call it before it is found."""
        return self.address or self.name


def fits(link: BleLink, name: str, services: list[str]) -> bool:
    """Whether a device of this ``name`` that advertises ``services`` may be of this kind."""
    if link.names:
        return name.lower().startswith(tuple(n.lower() for n in link.names))
    return normalize_uuid_str(link.service) in services


def name_of(device: BLEDevice, said: AdvertisementData) -> str:
    """Return the name a device goes by; "" if it tells none."""
    return said.local_name or device.name or ""


@dataclass(slots=True)
class _Sightings:
    """What the scanner saw so far, with a bell for the first and the second fitting one."""

    wanted: Callable[[BLEDevice, AdvertisementData], bool]
    all: dict[str, Sighting] = field(default_factory=dict[str, Sighting])
    one: asyncio.Event = field(default_factory=asyncio.Event)
    two: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, device: BLEDevice, said: AdvertisementData) -> None:
        if self.wanted(device, said):
            self.all[device.address] = (device, said)
            (self.two if len(self.all) > 1 else self.one).set()


async def find(
    wanted: Wanted, seconds: float, radio: Radio, adapter: str = ""
) -> tuple[BLEDevice, str]:
    """Return the one device that fits, and its name.

    What is connected to this computer already does not show itself. A program that died
    leaves its devices so; such a device is taken if the rig or an earlier connection says
    that it is the one, and never by a guess.

    Raises
    ------
    UnreachableError
        If there is none within ``seconds``, if there are several, if Bluetooth is not there.
    """
    try:
        if wanted.address:
            for device in await _connected(wanted, radio, adapter):
                return device, device.name or device.address
        seen = _Sightings(wanted.fits)
        async with _scanner(seen, radio, adapter):
            await _ring(seen.one, seconds)
            if seen.all and not wanted.address:
                await _ring(seen.two, SETTLE)
        held = [] if seen.all else await _connected(wanted, radio, adapter)
    except Exception as error:
        raise why.explain(error, why.FAILED, wanted.words()) from error
    if held:
        raise why.HELD.error(wanted.words(), ", ".join(d.address for d in held))
    if not seen.all:
        raise why.NOT_FOUND.error(wanted.words())
    if len(seen.all) > 1:
        raise why.SEVERAL.error(wanted.words(), ", ".join(_described(s) for s in seen.all.values()))
    ((device, said),) = seen.all.values()
    return device, name_of(device, said) or device.address


async def _connected(wanted: Wanted, radio: Radio, adapter: str) -> list[BLEDevice]:
    """Return the devices that fit and are connected to this computer already."""
    bluez: BlueZAdapterArgs = {"adapter": adapter} if adapter else {}
    try:
        system = await BleakAdapter.get(bluez=bluez, backend=radio.adapter)
        found = await system.get_connected_devices([wanted.link.service])
    except (NotImplementedError, BleakError):
        return []  # not every system can tell; the search says what is wrong
    return [d for d in found if wanted.is_connected_as(d)]


async def look_around(seconds: float, radio: Radio, adapter: str = "") -> list[Sighting]:
    """Return every device seen within ``seconds``, the nearest first."""
    seen = _Sightings(lambda _device, _said: True)
    try:
        async with _scanner(seen, radio, adapter):
            await _ring(asyncio.Event(), seconds)
    except Exception as error:
        raise why.explain(error, why.FAILED) from error
    return sorted(seen.all.values(), key=lambda s: -s[1].rssi)


def _scanner(seen: _Sightings, radio: Radio, adapter: str) -> BleakScanner:
    bluez: BlueZScannerArgs = {"adapter": adapter} if adapter else {}
    return BleakScanner(seen.see, bluez=bluez, backend=radio.scanner)


async def _ring(bell: asyncio.Event, seconds: float) -> None:
    """Wait for ``bell``, but no longer than ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        pass


def _described(sighting: Sighting) -> str:
    device, said = sighting
    return f"{device.address} ({name_of(device, said) or '?'}, {said.rssi} dBm)"
