"""Two entries of a rig that would reach for the same device."""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from engine.devices.driver import Driver
from engine.devices.links import BleLink, SerialLink
from engine.errors import ConfigError

if TYPE_CHECKING:
    from engine.devices.catalog import DeviceSpec

WHICH = {
    SerialLink: ("usb_serial", "port"),
    BleLink: ("address", "name"),
}
"""Options that tell one device from others of its model, by kind of link."""


def double_faults(
    devices: Sequence["DeviceSpec"], classes: Mapping[str, type[Any]]
) -> Iterator[ConfigError]:
    """Yield a fault for every two entries that mean one device, or leave open which they mean."""
    known = [(d, classes[d.model]) for d in devices if d.model in classes]
    for (one, kind), (other, other_kind) in combinations(known, 2):
        places = _places(one, kind) & _places(other, other_kind)
        if places:
            yield ConfigError(
                f"is the same device as {one.name!r}: both have {min(places)}",
                where=other.name,
                hint="leave one of the two out, or correct it",
                zh=f"与 {one.name!r} 是同一台设备（{min(places)}）；请删去其一，或改正",
            )
        elif one.model == other.model and issubclass(kind, Driver):
            vague = [d.name for d in (one, other) if not _places(d, kind)]
            if vague:
                keys = WHICH[type(kind.link)]
                yield ConfigError(
                    f"{one.name!r} and {other.name!r} are both of the model {one.model}, "
                    "and nothing tells which is which",
                    where=vague[-1],
                    hint=f'give each its own {keys[0]} = "..." (or {keys[1]}); '
                    "`anlan devices --scan` shows them",
                    zh=f"{one.name!r} 和 {other.name!r} 型号相同（{one.model}），分不清哪台是哪台；"
                    f'请分别写明 {keys[0]} = "..."（或 {keys[1]}），可用 anlan devices --scan 查看',
                )


def _places(spec: "DeviceSpec", kind: type[Any]) -> set[str]:
    """Return what the entry says about which device it means."""
    if not issubclass(kind, Driver):
        simulated = bool(getattr(kind, "simulated", False))
        told = ", ".join(f"{k} = {v!r}" for k, v in sorted(spec.options.items()))
        return set() if simulated else {f"model {spec.model!r} and {told or 'no options'}"}
    if isinstance(kind.link, BleLink):
        # Letters of an address may be small or capital, those of a name not.
        address, name = (spec.options.get(key) for key in WHICH[BleLink])
        found = {f"address {address.upper()}"} if isinstance(address, str) else set[str]()
        return found | ({f"the name {name!r}"} if isinstance(name, str) else set())
    number, port = (spec.options.get(key) for key in WHICH[SerialLink])
    found = {f"the serial number {number!r}"} if isinstance(number, str) else set[str]()
    # A port has several names: /dev/serial/by-id/... is a link to /dev/ttyUSB0.
    return found | ({f"port {os.path.realpath(port)}"} if isinstance(port, str) else set())
