"""Which devices are in reach, by radio or by cable, and which driver fits each."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.uuids import normalize_uuid_str
from serial.tools import list_ports

from engine.devices.driver import Driver
from engine.devices.links import BleLink, SerialLink
from engine.devices.transports import serial_reasons
from engine.devices.transports.ble import SYSTEM
from engine.devices.transports.ble_loop import LoopThread
from engine.devices.transports.ble_peer import BATTERY_LEVEL
from engine.devices.transports.ble_search import Radio, Sighting, fits, look_around, name_of
from engine.devices.transports.plugging import may_open
from engine.devices.transports.reasons import UnreachableError

ASK_WITHIN = 6.0
"""Seconds a device has to connect and tell its battery."""
ASK_AT_MOST = 8
"""Devices asked for their battery, the nearest first."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """One device in reach.

    Attributes
    ----------
    name
        "" if it tells none.
    address
        As a rig file takes it.
    rssi
        Signal strength, dBm: -50 is beside the computer, -90 hardly in reach.
    services
        Which it advertises.
    models
        Of the drivers that fit, the most particular first.
    battery
        Percent; None if it was not asked or did not say.
    """

    name: str
    address: str
    rssi: int
    services: tuple[str, ...]
    models: tuple[str, ...]
    battery: int | None = None


@dataclass(frozen=True, slots=True)
class Plugged:
    """One serial port of this computer.

    Attributes
    ----------
    port
        As a rig file takes it.
    name
        What the system calls what is behind it; "" if it knows nothing.
    usb
        ``vendor:product``; "" for a port that is not USB.
    serial_number
        As a rig file takes it; "" if it has none.
    models
        Of the drivers that look for these USB numbers.
    fault
        Why it cannot be used; None if it can, as far as one knows without opening it.
    """

    port: str
    name: str
    usb: str
    serial_number: str
    models: tuple[str, ...]
    fault: UnreachableError | None = None


def plugged(classes: Mapping[str, type[Any]]) -> list[Plugged]:
    """Return the serial ports there are, those with a driver first; none is opened.

    Opening one would restart many a device (an Arduino takes it for its reset button).
    """
    kinds = [
        (c.model, c.link.usb)
        for c in classes.values()
        if issubclass(c, Driver) and isinstance(c.link, SerialLink)
    ]
    found = [
        Plugged(
            port=str(p.device),
            name="" if p.description in {None, "n/a"} else str(p.description),
            usb="" if p.vid is None else f"{p.vid:04x}:{p.pid:04x}",
            serial_number=p.serial_number or "",
            models=tuple(model for model, usb in kinds if (p.vid, p.pid) in usb),
            fault=None if may_open(p.device) else serial_reasons.NOT_ALLOWED.error(str(p.device)),
        )
        for p in list_ports.comports()
    ]
    return sorted(found, key=lambda p: (not p.models, p.port))


def look(
    seconds: float,
    classes: Mapping[str, type[Any]],
    *,
    ask_battery: bool = True,
    radio: Radio = SYSTEM,
) -> list[Nearby]:
    """Return the devices seen within ``seconds``, those with a driver first, nearest first.

    Sensors that fit a driver are connected for a moment to read their battery; what moves
    people is not touched.

    Raises
    ------
    UnreachableError
        If this computer's Bluetooth cannot be used.
    """
    drivers = [c for c in classes.values() if issubclass(c, Driver)]
    loop = LoopThread("bluetooth search")
    try:
        within = seconds + ASK_AT_MOST * ASK_WITHIN + 5.0
        return loop.run(_look(seconds, drivers, radio, ask_battery=ask_battery), within)
    finally:
        loop.close()


async def _look(
    seconds: float, drivers: list[type[Driver]], radio: Radio, *, ask_battery: bool
) -> list[Nearby]:
    found: list[Nearby] = []
    asked = 0
    for device, said in await look_around(seconds, radio):
        kinds = fitting((device, said), drivers)
        near = Nearby(
            name_of(device, said),
            device.address,
            said.rssi,
            tuple(said.service_uuids),
            tuple(k.model for k in kinds),
        )
        if ask_battery and kinds and not any(k.outputs for k in kinds) and asked < ASK_AT_MOST:
            asked += 1
            near = replace(near, battery=await _battery(device, radio))
        found.append(near)
    return sorted(found, key=lambda n: not n.models)


def fitting(sighting: Sighting, drivers: list[type[Driver]]) -> list[type[Driver]]:
    """Return the kinds a device may be of; those that know its name come first."""
    device, said = sighting
    name = name_of(device, said)
    kinds = [
        (k, k.link)
        for k in drivers
        if isinstance(k.link, BleLink) and fits(k.link, name, said.service_uuids)
    ]
    return [k for k, _ in sorted(kinds, key=lambda pair: not pair[1].names)]


async def _battery(device: BLEDevice, radio: Radio) -> int | None:
    with suppress(Exception):  # a device that does not say is no fault of the search
        async with (
            asyncio.timeout(ASK_WITHIN),
            BleakClient(device, timeout=ASK_WITHIN, backend=radio.client) as client,
        ):
            level = await client.read_gatt_char(normalize_uuid_str(BATTERY_LEVEL))
            return level[0] if level and level[0] <= 100 else None
    return None
