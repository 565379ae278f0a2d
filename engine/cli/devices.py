"""`anlan devices`: which kinds of device there are, what a rig holds, what is in reach."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli import scanning
from engine.cli.installed import installed
from engine.cli.language import LANG, spoken
from engine.clock import SystemClock
from engine.config import Rig, read_toml
from engine.devices.catalog import DeviceSpec, declare
from engine.devices.declared_stream import MOST_LATENCY
from engine.devices.driver import Driver
from engine.devices.manager import DeviceManager
from engine.errors import ConfigError

if TYPE_CHECKING:
    from engine.devices.describing import DeviceFacts

RIG = click.option(
    "--rig", "rig_file", type=click.Path(path_type=Path), help="The devices of this rig."
)

LEFT_ALONE = {
    "zh": "未连接（可能移动人体的设备需写入 rig 文件）：",
    "en": "left alone, it can move a person; name it in a rig: ",
}
NOTHING = {"zh": "没有可查看的设备", "en": "there is nothing to watch"}


@click.group("devices", invoke_without_command=True, short_help="Show devices, watch, record.")
@RIG
@click.option("--scan", is_flag=True, help="Show what is in reach, by Bluetooth and by cable.")
@click.option("--watch", is_flag=True, help="With --scan or --rig: connect, and show it live.")
@click.option(
    "--seconds",
    type=click.FloatRange(1.0, 120.0),
    default=8.0,
    show_default=True,
    help="How long to search the air.",
)
@click.option("--for", "lasts", type=click.FloatRange(1.0), help="Watch for so many seconds.")
@LANG
@click.option("--json", "as_json", is_flag=True, help="Print JSON (see devices.schema.json).")
@click.pass_context
def command(
    ctx: click.Context, rig_file: Path | None, seconds: float, lasts: float | None,
    lang: str | None, *, scan: bool, watch: bool, as_json: bool,
) -> int:  # fmt: skip
    """Show every kind of device that is installed; with --rig, the devices of a room.

    \b
      anlan devices --scan                       what is in reach, and which driver fits
      anlan devices --scan --watch               connect to all of it, and look at it live
      anlan devices --watch --rig rig.toml       the same with the devices of a room
      anlan devices record band --rig rig.toml   write down what the device `band` sends

    Nothing is moved: what can move a person is left alone unless a rig names it, and even
    then it is only read. A scan connects sensors for a moment to read their battery.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    if scan and rig_file and not watch:
        raise click.UsageError("--scan and --rig go together only with --watch")
    if watch and as_json:
        raise click.UsageError("--watch draws a table; --json does not go with it")
    if watch and not (scan or rig_file):
        raise click.UsageError("--watch needs --scan or --rig: whom to watch?")
    classes = installed().drivers()
    if watch:
        return _watch(rig_file, classes, seconds, lasts or math.inf, lang)
    if scan:
        return _scan(seconds, classes, spoken(lang), as_json=as_json)
    return _list(rig_file, classes, lang, as_json=as_json)


@command.command("record", short_help="Write down what one device sends, byte for byte.")
@click.argument("name")
@RIG
@click.option("--out", type=click.Path(path_type=Path), help="The file; NAME.wire if left out.")
@click.option("--for", "lasts", type=click.FloatRange(1.0), help="Seconds; else until Ctrl-C.")
@click.option("--port", help="Without a rig: the serial port.")
@click.option("--address", help="Without a rig: the Bluetooth address.")
@click.option("--package", "target", help="A driver that is not installed: its package's folder.")
@click.option("--how", default="", help="How its latency was measured, for the first line.")
@click.option(
    "--latency", "latencies", multiple=True, metavar="STREAM=S", help="A latency that was measured."
)
@click.option(
    "--stops-after", type=click.FloatRange(0.0), metavar="S",
    help="Seconds from its last message to standstill, measured; of what moves.",
)  # fmt: skip
@LANG
def record(
    name: str, rig_file: Path | None, out: Path | None, lasts: float | None, port: str | None,
    address: str | None, target: str | None, how: str, latencies: tuple[str, ...],
    stops_after: float | None, lang: str | None,
) -> int:  # fmt: skip
    """Write down what the device NAME of a rig sends; without a rig NAME is a model.

    The file holds every byte with its time, and what the driver made of it: a test, half an
    hour of it is the wire recording that gold asks for. It was made by somebody's body, so it is
    personal: only you may read it (mode 600), and it belongs into no repository without the
    person's consent.

    \b
      anlan devices record band --rig rig.toml --for 1800 --out band.wire
      anlan devices record gsr-line --port /dev/ttyUSB0
      anlan devices record my-band --package ./my-band --port /dev/ttyUSB0
      anlan driver transcript band.wire      makes a test of it
    """
    from engine.cli.recording import record_device  # noqa: PLC0415 - bleak takes a while
    from engine.testing.finding import drivers_in  # noqa: PLC0415

    own = () if target is None else drivers_in(target)
    classes = {**installed().drivers(), **{d.model: d for d in own}}
    spec = _chosen(name, rig_file, {"port": port, "address": address})
    kind = classes.get(spec.model)
    if kind is None or not issubclass(kind, Driver):
        declare([spec], classes, live=True)  # says what is wrong with an unknown model
        raise ConfigError(
            "brings its own transport, there is no wire to listen at",
            where=spec.name,
            hint="record a session with it: anlan run ... --rig",
        )
    declare([spec], classes, live=True)
    measured = dict(map(_latency, latencies))
    known = [s.name for s in kind.streams]
    for stream in measured:
        if stream not in known:
            raise ConfigError(
                f"{kind.model!r} has no stream {stream!r}",
                where="--latency",
                hint=f"its streams: {', '.join(known) or 'none'}",
            )
    head: dict[str, Any] = {"latency": measured, "how": how}
    if stops_after is not None:
        head["stops_after"] = stops_after
    file = Path(f"{name}.wire") if out is None else out
    speaks = spoken(lang, None if rig_file is None else read_toml(rig_file, Rig))
    return record_device(kind, spec.options, file, head, lasts or math.inf, target, speaks)


def _chosen(name: str, rig_file: Path | None, options: Mapping[str, str | None]) -> DeviceSpec:
    if rig_file is None:
        return DeviceSpec(name, name, {k: v for k, v in options.items() if v is not None})
    specs = _specs(rig_file)
    found = next((s for s in specs if s.name == name), None)
    if found is None:
        known = ", ".join(s.name for s in specs) or "none"
        raise ConfigError(f"has no device {name!r}", where=str(rig_file), hint=f"it has: {known}")
    return found


def _latency(text: str) -> tuple[str, float]:
    stream, _, seconds = text.partition("=")
    try:
        measured = float(seconds)
    except ValueError:
        measured = math.nan
    if not 0.0 <= measured <= MOST_LATENCY:
        raise click.BadParameter(
            f"{text!r}; write seconds, 0 to {MOST_LATENCY:g}: --latency {stream or 'STREAM'}=0.015"
        )
    return stream, measured


def _watch(
    rig_file: Path | None, classes: Mapping[str, type[Any]], seconds: float, lasts: float,
    lang: str | None,
) -> int:  # fmt: skip
    from engine.cli.watching import watch  # noqa: PLC0415 - the signals take a while to load

    if rig_file is not None:
        rig = read_toml(rig_file, Rig)
        specs, speaks = _specs(rig_file), spoken(lang, rig)
    else:
        speaks = spoken(lang)
        reach = scanning.scan(seconds, classes, speaks, ask_battery=False)
        if reach.no_radio is not None:
            scanning.tell(reach.no_radio)
        specs, left_out = scanning.as_rig(reach.devices, classes, moving=False)
        for one in left_out:
            click.echo(f"{LEFT_ALONE[speaks]}{one}", err=True)
    if not specs:
        click.echo(NOTHING[speaks], err=True)
        return 3
    clock = SystemClock()
    manager = DeviceManager(specs, classes=classes, clock=clock, live=True)
    return 0 if watch(manager, clock, speaks, lasts) else 3


def _scan(seconds: float, classes: Mapping[str, type[Any]], speaks: str, *, as_json: bool) -> int:
    reach = scanning.scan(seconds, classes, speaks)
    if as_json:
        if reach.no_radio is not None:
            scanning.tell(reach.no_radio)
        rows = [found.facts for found in reach.devices]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        scanning.show(reach, classes, seconds, speaks)
    return 3 if reach.no_radio is not None and not any(d.models for d in reach.devices) else 0


def _list(
    rig_file: Path | None, classes: Mapping[str, type[Any]], lang: str | None, *, as_json: bool
) -> int:
    from engine.devices.describing import catalogue, describe  # noqa: PLC0415

    if rig_file is None:
        facts = [describe(c) for c in classes.values()]
    else:
        made = declare(_specs(rig_file), classes, live=True)
        facts = [describe(d.kind, d.spec.name, d.streams, d.outputs) for d in made]
    if as_json:
        click.echo(catalogue(facts).model_dump_json(indent=2))
        return 0
    speaks = spoken(lang, None if rig_file is None else read_toml(rig_file, Rig))
    for device in facts:
        _print(device, speaks)
    return 0


def _print(device: "DeviceFacts", speaks: str) -> None:
    zh = speaks == "zh"
    click.echo(f"{device.name:<20}{device.model:<20}{device.zh if zh else device.en}")
    if device.needs:
        click.echo(f"    {'需要' if zh else 'needs':<10}{device.needs}")
    measures, does = ("测量", "输出") if zh else ("measures", "does")
    if device.streams is None and not device.outputs:
        said = "由 rig 文件中的设置决定" if zh else "what its entry in the rig says"
        click.echo(f"    {measures:<10}{said}")
    for stream in device.streams or ():
        rate = f"{stream.rate:g} Hz" if stream.rate else "不定时" if zh else "irregular"
        name = stream.zh if zh else stream.en
        click.echo(f"    {measures:<10}{stream.name:<16}{stream.unit:<6}{rate:<12}{name}")
    for output in device.outputs or ():
        name = output.zh if zh else output.en
        en = f"{output.low:g} to {output.high:g}, rests at {output.rest:g}"
        span = f"{output.low:g} 至 {output.high:g}，静息 {output.rest:g}" if zh else en
        click.echo(f"    {does:<10}{output.name:<16}{output.unit:<6}{span}   {name}")


def _specs(rig_file: Path) -> list[DeviceSpec]:
    return [DeviceSpec(d.name, d.model, d.options) for d in read_toml(rig_file, Rig).devices]
