"""How bytes come and go; the only place that knows serial ports and radios."""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.devices.links import Link, SerialLink
from engine.devices.transports.serial_port import SerialPort
from engine.devices.transports.transport import Received, Transport
from engine.errors import ConfigError

__all__ = ["Received", "Transport", "check_here", "make_transport", "transport_options"]

ADAPTERS = Path("/sys/class/bluetooth")
"""Where Linux lists them; a connection stands there too, as ``hci0:64``."""
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


def check_here(link: Link, options: Mapping[str, Any]) -> None:
    """Raise `ConfigError` where the rig names what this computer has not, before a session."""
    adapter = options.get("adapter")
    if isinstance(link, SerialLink) or not adapter:
        return
    known = adapters()
    if known is None or adapter in known:
        return
    have, have_zh = (", ".join(known) or "none", "、".join(known) or "一个也没有")
    raise ConfigError(
        f"this computer has no Bluetooth adapter {adapter!r}",
        where="adapter",
        hint=f"it has: {have}; plug it in, name another, or leave adapter out",
        zh=f"这台电脑没有蓝牙适配器 {adapter!r}，现有：{have_zh}；请插好、改写或删去 adapter",
    )


def adapters() -> list[str] | None:
    """Return the Bluetooth adapters of this computer; None where the system names none."""
    if not sys.platform.startswith("linux"):
        return None
    return sorted(a.name for a in ADAPTERS.glob("hci*") if ":" not in a.name)


def make_transport(link: Link, options: Mapping[str, Any]) -> Transport:
    """Return what carries the bytes of ``link``; raise `ConfigError` for wrong options."""
    if isinstance(link, SerialLink):
        return SerialPort(link, options)
    # Bleak is imported where a room has Bluetooth, and nowhere else: it takes a while.
    from engine.devices.transports.ble import BleTransport  # noqa: PLC0415

    return BleTransport(link, options)
