"""What is in reach, as a table, as JSON and as the lines a rig wants."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from engine.cli.progress import Bar
from engine.devices.driver import Driver
from engine.devices.manager import DeviceSpec
from engine.errors import LinkError

if TYPE_CHECKING:
    from engine.devices.nearby import Nearby, Plugged

NEAR, FAR = -65, -85
"""Signal strengths, dBm, above which a device is near, and below which it is hardly in reach."""

NO_DRIVER = {"zh": "没有对应的驱动", "en": "no driver fits"}
NOBODY = {
    "zh": "{seconds:g} 秒内附近没有蓝牙设备：请打开或戴好传感器，并断开它与手机、手表的连接",
    "en": "no Bluetooth device showed itself within {seconds:g} s: switch sensors on or put them "
    "on, and disconnect them from phones and watches",
}
IN_RIG = {"zh": "\n写入 rig 文件：", "en": "\nin the rig:"}


@dataclass(frozen=True, slots=True)
class Found:
    """One device in reach.

    Attributes
    ----------
    place
        What the rig has to say to mean this one: ``address``, ``usb_serial`` or ``port``.
    facts
        All that is known, for JSON.
    line
        The same for a person.
    """

    models: tuple[str, ...]
    place: Mapping[str, str]
    facts: Mapping[str, Any]
    line: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything in reach.

    Attributes
    ----------
    no_radio
        Why Bluetooth could not be searched; None if it was.
    """

    devices: tuple[Found, ...]
    no_radio: LinkError | None = None


def scan(
    seconds: float, classes: Mapping[str, type[Any]], lang: str = "en", *, ask_battery: bool = True
) -> Reach:
    """Search the air for ``seconds``, and look which serial ports there are."""
    from engine.devices import nearby  # noqa: PLC0415 - bleak takes a while to import

    cables = tuple(_plugged(one, lang) for one in nearby.plugged(classes))
    try:
        with Bar("Bluetooth") as bar:
            zh, en = f"正在搜索（{seconds:g} 秒）", f"searching for {seconds:g} s"
            bar.share(zh if lang == "zh" else en, 0.0)
            air = nearby.look(seconds, classes, ask_battery=ask_battery)
    except LinkError as error:
        return Reach(cables, error)
    return Reach((*cables, *(_near(one, lang) for one in air)))


def show(reach: Reach, classes: Mapping[str, type[Any]], seconds: float, lang: str = "en") -> None:
    """Print what was found, and what to write into a rig."""
    if reach.no_radio is not None:
        tell(reach.no_radio)
    for found in reach.devices:
        click.echo(found.line)
    heard = any(found.facts["transport"] == "ble" for found in reach.devices)
    if not heard and reach.no_radio is None:
        click.echo(NOBODY[lang].format(seconds=seconds))
    specs, _ = as_rig(reach.devices, classes, moving=True)
    if specs:
        click.echo(IN_RIG[lang])
    for spec in specs:
        click.echo(f'\n[[devices]]\nname = "{spec.name}"\nmodel = "{spec.model}"')
        for key, value in spec.options.items():
            click.echo(f'{key} = "{value}"')


def tell(error: LinkError) -> None:
    """Say why something cannot be reached, in both languages."""
    if zh := getattr(error, "in_chinese", ""):
        click.echo(zh, err=True)
    click.echo(f"anlan: {error}", err=True)


def as_rig(
    found: Iterable[Found], classes: Mapping[str, type[Any]], *, moving: bool
) -> tuple[list[DeviceSpec], list[str]]:
    """Return what a rig would say of the devices that have a driver; names tell them apart.

    Parameters
    ----------
    moving
        Whether to take what can move a person, too; else it is left out and named.
    """
    specs: list[DeviceSpec] = []
    left_out: list[str] = []
    used: Counter[str] = Counter()
    for one in found:
        if not one.models:
            continue
        model = one.models[0]
        if not moving and _moves(classes[model]):
            left_out.append(f"{model} {' '.join(one.place.values())}")
            continue
        used[model] += 1
        name = model if used[model] == 1 else f"{model}-{used[model]}"
        specs.append(DeviceSpec(name, model, dict(one.place)))
    return specs, left_out


def _moves(kind: type[Any]) -> bool:
    return issubclass(kind, Driver) and bool(kind.outputs)


def _plugged(one: "Plugged", lang: str) -> Found:
    place = {"usb_serial": one.serial_number} if one.serial_number else {"port": one.port}
    fault = ""
    if one.fault is not None:
        en = f"{one.fault.what}: {one.fault.hint}"
        fault = f"   {(one.fault.in_chinese or en) if lang == 'zh' else en}"
    fits = ", ".join(one.models) or NO_DRIVER[lang]
    facts = {
        "transport": "serial", "name": one.name, "port": one.port, "usb": one.usb,
        "serial_number": one.serial_number, "models": list(one.models),
        "fault": None if one.fault is None else str(one.fault),
        "fault_zh": None if one.fault is None else one.fault.in_chinese,
    }  # fmt: skip
    line = f"{one.name or '?':<26}{one.port:<20}{one.usb or '-':<12}{one.serial_number or '-':<18}"
    return Found(one.models, place, facts, f"{line}   {fits}{fault}")


def _near(one: "Nearby", lang: str) -> Found:
    battery = "-" if one.battery is None else f"{one.battery} %"
    fits = ", ".join(one.models) or NO_DRIVER[lang]
    facts = {
        "transport": "ble", "name": one.name, "address": one.address, "rssi_dbm": one.rssi,
        "battery": one.battery, "models": list(one.models), "services": list(one.services),
    }  # fmt: skip
    line = (
        f"{one.name or '?':<26}{one.address:<38}{one.rssi:>4} dBm "
        f"{_strength(one.rssi, lang)}{battery:>6}   {fits}"
    )
    return Found(one.models, {"address": one.address}, facts, line)


def _strength(rssi: int, lang: str) -> str:
    """Return how near it is, seven columns wide; a Chinese character takes two."""
    n = 0 if rssi >= NEAR else 2 if rssi < FAR else 1
    return f"{('近', '中', '弱')[n]:<6}" if lang == "zh" else f"{('near', 'fair', 'weak')[n]:<7}"
