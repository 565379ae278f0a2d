"""How bytes come and go; the only place that knows serial ports and radios."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from engine.devices.links import Link, SerialLink
from engine.devices.transports.serial_port import SerialPort
from engine.devices.transports.transport import Received, Transport

__all__ = ["Received", "Transport", "make_transport", "transport_options"]

NO_BLE = ("没有安装 bleak，此版本不支持蓝牙", "bleak is not installed, so there is no Bluetooth")


def transport_options(link: Link) -> tuple[str, ...]:
    """Return the keys of a device's table in the rig that its transport understands."""
    if isinstance(link, SerialLink):
        return SerialPort.OPTIONS
    from engine.devices.transports.ble import BleTransport  # noqa: PLC0415 - see make_transport

    return BleTransport.OPTIONS


def unavailable(link: Link) -> tuple[str, str] | None:
    """Return why this build cannot reach ``link`` (zh, en); None if it can."""
    return None if isinstance(link, SerialLink) or find_spec("bleak") else NO_BLE


def make_transport(link: Link, options: Mapping[str, Any]) -> Transport:
    """Return what carries the bytes of ``link``; raise `ConfigError` for wrong options."""
    if isinstance(link, SerialLink):
        return SerialPort(link, options)
    # Bleak is imported where a room has Bluetooth, and nowhere else: it takes a while.
    from engine.devices.transports.ble import BleTransport  # noqa: PLC0415

    return BleTransport(link, options)
