"""How bytes come and go; the only place that knows serial ports and radios."""

from collections.abc import Mapping
from typing import Any

from engine.devices.links import BleLink, Link, SerialLink
from engine.devices.transports.serial_port import SerialPort
from engine.devices.transports.transport import Received, Transport

__all__ = ["Received", "Transport", "make_transport", "transport_options"]

NO_BLE = ("此版本不支持蓝牙", "this build has no BLE transport")


def transport_options(link: Link) -> tuple[str, ...]:
    """Return the keys of a device's table in the rig that its transport understands."""
    return SerialPort.OPTIONS if isinstance(link, SerialLink) else ()


def unavailable(link: Link) -> tuple[str, str] | None:
    """Return why this build cannot reach ``link`` (zh, en); None if it can."""
    return NO_BLE if isinstance(link, BleLink) else None


def make_transport(link: Link, options: Mapping[str, Any]) -> Transport:
    """Return what carries the bytes of ``link``; raise `ConfigError` for wrong options."""
    if isinstance(link, SerialLink):
        return SerialPort(link, options)
    raise NotImplementedError(NO_BLE[1])
