"""`anlan devices`: which kinds of device there are, or what a room's rig holds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine import plugins
from engine.clock import VirtualClock
from engine.config import Rig, read_toml
from engine.devices.manager import DeviceManager, DeviceSpec


@click.command("devices", short_help="Show devices and what each one measures.")
@click.option("--rig", "rig_file", type=click.Path(path_type=Path), help="Show this rig's devices.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(rig_file: Path | None, *, as_json: bool) -> int:
    """Show every kind of device that is installed; with --rig, the devices of a room."""
    classes = plugins.load().drivers()
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


def _of_class(cls: type[Any]) -> dict[str, Any]:
    streams = getattr(cls, "streams", ())
    outputs = getattr(cls, "outputs", ())
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
    manager = DeviceManager(specs, classes=classes, clock=VirtualClock(), live=False)
    rows: list[dict[str, Any]] = []
    for spec in specs:
        mine = f"{spec.name}."
        row = {"name": spec.name, "model": spec.model}
        row["about"] = (classes[spec.model].__doc__ or "").strip().splitlines()[0]
        streams = [_stream(s) for s in manager.streams if s.name.startswith(mine)]
        outputs = [_output(o) for n, o in manager.outputs.items() if n.startswith(mine)]
        rows.append({**row, "streams": streams, "outputs": outputs})
    return rows


def _stream(stream: Any) -> dict[str, Any]:  # noqa: ANN401 - a vendor's declaration
    return {
        "name": stream.name, "kind": str(stream.kind), "unit": str(stream.unit),
        "rate": stream.rate, "latency": stream.latency, "axes": list(stream.axes),
    }  # fmt: skip


def _output(output: Any) -> dict[str, Any]:  # noqa: ANN401 - a vendor's declaration
    return {
        "name": output.name, "unit": str(output.unit), "low": output.low, "high": output.high,
        "slew": output.slew, "rest": output.rest,
    }  # fmt: skip
