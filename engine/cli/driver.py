"""`anlan driver`: begin a driver, and find out how far one may be trusted."""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from engine.cli.installed import installed
from engine.cli.language import LANG, spoken
from engine.devices.driver import Driver
from engine.errors import ConfigError
from engine.log import LogFile
from engine.testing import Tier, Verdict, examine, examine_source
from engine.testing.finding import drivers_in, find
from engine.testing.heard import transcript_of
from engine.testing.meaning import check_meaning
from engine.testing.scaffold import scaffold
from engine.testing.transcribe import choose, write_transcript
from engine.testing.wire import read_wire
from engine.testing.wire_replay import differences

TIERS = ["bronze", "silver", "gold"]


@click.group("driver", short_help="Begin a driver, or check one.")
def command() -> None:
    """Begin a driver for a new device, and check one before it goes near a person."""


@command.command("check", short_help="Say how far a driver is proved: bronze, silver, gold.")
@click.argument("target")
@click.option("--model", help="Check only this model.")
@click.option("--tier", "wanted", type=click.Choice(TIERS), default="bronze", show_default=True,
              help="Fail below this tier.")  # fmt: skip
@click.option("--quick", is_flag=True, help="Leave out the real processes: bronze at most.")
@click.option("--traceback", is_flag=True, help="Print the whole traceback of what raises.")
@LANG
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(
    target: str, *, model: str | None, wanted: str, quick: bool, traceback: bool,
    lang: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Check every driver of TARGET: a module's name, or the folder of a package.

    \b
      anlan driver check drivers --model modbus-chair
      anlan driver check ./my-band --tier silver

    Verdict, tiers and checks are told in your language; what a fault says is English, as is
    what Python says.
    """
    speaks = spoken(lang)
    found = find(target)
    chosen = [d for d in found.devices if model in {None, d.model}]
    if not chosen:
        known = ", ".join(d.model for d in found.devices) or "none"
        raise ConfigError(
            f"has no driver {model!r}" if model else "has no drivers",
            where=target,
            hint=f"its drivers: {known}; a module registers them with register_drivers()",
        )
    verdicts: list[Verdict] = []
    log = LogFile(None)
    try:
        for driver in chosen:
            with redirect_stdout(sys.stderr):  # what a driver prints is no part of the verdict
                verdict = (
                    examine(driver, processes=not quick)
                    if issubclass(driver, Driver)
                    else examine_source(driver, processes=not quick)
                )
            verdicts.append(verdict.beside(found.registration))
            if not as_json:
                click.echo(verdicts[-1].text(traces=traceback, lang=speaks))
    finally:
        log.close()
    if as_json:
        click.echo(json.dumps([v.facts() for v in verdicts], ensure_ascii=False, indent=2))
    return 0 if all(v.tier.rank >= Tier(wanted).rank for v in verdicts) else 1


@command.command("transcript", short_help="Make a test of a recording of the wire.")
@click.argument("wire", type=click.Path(path_type=Path))
@click.option("--package", "target", help="Where its driver is: a module, or a package's folder.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; beside the driver.")
@click.option(
    "--force",
    is_flag=True,
    help="Replace what is there; the recording means what the driver makes of it now.",
)
@click.option("--anonymous", is_flag=True, help="The transcript alone: leave the recording.")
def transcript(
    wire: Path, target: str | None, out: Path | None, *, force: bool, anonymous: bool
) -> int:
    """Make a test of WIRE, a recording by `anlan devices record`.

    Writes a transcript (a few messages of each kind, with what the driver makes of them: check
    that by the device's manual) and copies the recording beside it. Both are what
    `anlan driver check` reads; the recording has to mean the same every time.

    The transcript holds a handful of messages without their times, and may be published once
    you have seen that no name or serial number is among them. The recording is personal data.
    """
    recording = read_wire(wire)
    driver = _driver_of(recording.model, wire, target)
    beside = transcript_of(driver).parent
    made, copy = write_transcript(
        driver, recording, wire, beside if out is None else out, replace=force, anonymous=anonymous
    )
    kept = recording if copy is None else read_wire(copy)
    faults = [*check_meaning(driver, choose(driver, kept)), *differences(driver, kept)]
    for fault in faults:
        click.echo(f"--  {fault}")
    click.echo(f"wrote {made}: check what it says by the device's manual")
    if copy is not None:
        click.echo(f"wrote {copy}: it came from a person; publish it only with their consent")
    if out is None or out.resolve() == beside.resolve():
        click.echo(f"  anlan driver check {target or driver.__module__} --model {driver.model}")
    else:
        click.echo(f"it becomes the driver's test once it lies in {beside}")
    return 1 if faults else 0


def _driver_of(model: str, wire: Path, target: str | None) -> type[Driver]:
    """Return the driver a recording was made with."""
    known: dict[str, type[Driver]] = (
        {m: c for m, c in installed().drivers().items() if issubclass(c, Driver)}
        if target is None
        else {d.model: d for d in drivers_in(target)}
    )
    if not model:
        raise ConfigError(
            "does not say its model",
            where=str(wire),
            hint="its first line has to be as `anlan devices record` writes it",
        )
    if model not in known:
        names = ", ".join(known) or "none"
        where = "installed" if target is None else "there"
        raise ConfigError(
            f"is of a {model!r}, and no such driver is {where}",
            where=str(wire),
            hint=f"name its package's folder with --package; installed: {names}"
            if target is None
            else f"{target} has: {names}; name another with --package, or leave it out",
        )
    return known[model]


@command.command("new", short_help="Write an installable driver package to begin with.")
@click.argument("name")
@click.option("--serial", "flavour", flag_value="serial", help="A serial sensor.")
@click.option("--ble", "flavour", flag_value="ble", help="A Bluetooth sensor.")
@click.option("--chair", "flavour", flag_value="chair", help="A serial device that moves.")
@click.option("--zh", default="", help="What people call it in Chinese.")
@click.option("--en", default="", help="What people call it in English.")
@click.option("--out", type=click.Path(path_type=Path), help="Where; NAME here if left out.")
def new(name: str, flavour: str | None, zh: str, en: str, out: Path | None) -> int:
    """Write a driver package for the device NAME (kebab-case): it passes its check at once.

    \b
      anlan driver new temperature-band --serial --zh 皮温带 --en "Temperature band"
      anlan driver check ./temperature-band
    """
    if flavour is None:
        raise click.UsageError(
            "say what kind of device it is: --serial (a serial sensor), --ble (a Bluetooth "
            "sensor) or --chair (a serial device that moves)"
        )
    folder = scaffold(name, flavour, Path(name) if out is None else out, zh=zh, en=en)
    click.echo(f"wrote {folder}: read {folder / 'README.md'}, then")
    click.echo(f"  anlan driver check {folder}")
    return 0
