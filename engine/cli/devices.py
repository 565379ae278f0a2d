"""`anlan devices`: which kinds of device there are, what a rig holds, what is in reach."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine import plugins
from engine.config import Rig, read_toml
from engine.devices.catalog import DeviceSpec, declare
from engine.devices.driven import BATTERY, adds_battery
from engine.devices.driver import Driver
from engine.errors import LinkError
from engine.streams import Output, Stream

NEAR, FAR = -65, -85
"""Signal strengths, dBm, above which a device is near, and below which it is hardly in reach."""


@click.command("devices", short_help="Show devices and what each one measures.")
@click.option("--rig", "rig_file", type=click.Path(path_type=Path), help="Show this rig's devices.")
@click.option("--scan", is_flag=True, help="Show the Bluetooth devices that are in reach.")
@click.option(
    "--seconds",
    type=click.FloatRange(1.0, 120.0),
    default=8.0,
    show_default=True,
    help="How long to scan.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(rig_file: Path | None, seconds: float, *, scan: bool, as_json: bool) -> int:
    """Show every kind of device that is installed; with --rig, the devices of a room.

    With --scan, show the Bluetooth devices in reach: which driver fits, battery and signal.
    Sensors are connected for a moment to read their battery; nothing is moved.
    """
    if scan and rig_file:
        raise click.UsageError("--scan and --rig do not go together")
    classes = plugins.load().drivers()
    if scan:
        return _scan(seconds, classes, as_json=as_json)
    table = _of_rig(rig_file, classes) if rig_file else [_of_class(c) for c in classes.values()]
    if as_json:
        click.echo(json.dumps(table, ensure_ascii=False, indent=2))
        return 0
    for row in table:
        click.echo(f"{row['name']:<20}{row['model']:<20}{row['about']}")
        for stream in row["streams"]:
            rate = f"{stream['rate']:g} Hz" if stream["rate"] else "irregular"
            click.echo(f"    measures  {stream['name']:<16}{stream['unit']:<6}{rate}")
        for output in row["outputs"]:
            click.echo(
                f"    does      {output['name']:<16}{output['unit']:<6}"
                f"{output['low']:g} to {output['high']:g}, rests at {output['rest']:g}"
            )
    return 0


def _scan(seconds: float, classes: Mapping[str, type[Any]], *, as_json: bool) -> int:
    from engine.devices.nearby import look  # noqa: PLC0415 - bleak takes a while to import

    try:
        found = look(seconds, classes)
    except LinkError as error:
        if zh := getattr(error, "zh", ""):
            click.echo(zh, err=True)
        raise
    if as_json:
        rows = [
            {
                "name": n.name, "address": n.address, "rssi_dbm": n.rssi, "battery": n.battery,
                "models": list(n.models), "services": list(n.services),
            }
            for n in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    if not found:
        click.echo(f"no Bluetooth device showed itself within {seconds:g} s / 附近没有蓝牙设备")
        click.echo("switch sensors on or put them on, and disconnect them from phones and watches")
        return 0
    for near in found:
        battery = "-" if near.battery is None else f"{near.battery} %"
        fits = ", ".join(near.models) or "no driver fits"
        click.echo(
            f"{near.name or '?':<26}{near.address:<38}{near.rssi:>4} dBm "
            f"{_strength(near.rssi):<7}{battery:>6}   {fits}"
        )
    best = next((n for n in found if n.models), None)
    if best is not None:
        click.echo("\nin the rig:\n")
        model = best.models[0]
        click.echo(f'[[devices]]\nname = "{model}"\nmodel = "{model}"')
        click.echo(f'address = "{best.address}"')
    return 0


def _strength(rssi: int) -> str:
    if rssi >= NEAR:
        return "near"
    return "weak" if rssi < FAR else "fair"


def _of_class(cls: type[Any]) -> dict[str, Any]:
    streams = getattr(cls, "streams", ())
    outputs = getattr(cls, "outputs", ())
    if issubclass(cls, Driver) and adds_battery(cls):
        streams = (*streams, BATTERY)
    return {
        "name": cls.model,
        "model": cls.model,
        "about": (cls.__doc__ or "").strip().splitlines()[0],
        "streams": [] if isinstance(streams, property) else [_stream(s) for s in streams],
        "outputs": [] if isinstance(outputs, property) else [_output(o) for o in outputs],
    }


def _of_rig(file: Path, classes: Mapping[str, type[Any]]) -> list[dict[str, Any]]:
    rig = read_toml(file, Rig)
    specs = [DeviceSpec(d.name, d.model, d.options) for d in rig.devices]
    return [
        {
            "name": made.spec.name,
            "model": made.spec.model,
            "about": (made.kind.__doc__ or "").strip().splitlines()[0],
            "streams": [_stream(s) for s in made.streams],
            "outputs": [_output(o) for o in made.outputs],
        }
        for made in declare(specs, classes, live=True)
    ]


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name, "kind": str(stream.kind), "unit": str(stream.unit),
        "rate": stream.rate, "latency": stream.latency, "axes": list(stream.axes),
    }  # fmt: skip


def _output(output: Output) -> dict[str, Any]:
    return {
        "name": output.name, "unit": str(output.unit), "low": output.low, "high": output.high,
        "slew": output.slew, "rest": output.rest,
    }  # fmt: skip
