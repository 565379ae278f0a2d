"""`anlan check`: all faults of protocol, rig and recording files at once."""

import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from engine.cli.installed import installed
from engine.cli.rigs import named, read_rig
from engine.devices.catalog import DeviceSpec, declare
from engine.errors import AnlanError, ConfigError
from engine.plugins import Plugins
from engine.session.reading import read_protocol
from engine.store.recording import READERS, read_recording


@click.command("check", short_help="Check protocol, rig and recording files.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Check FILES or FOLDERS and tell every fault of every file, with its remedy.

    \b
    *.toml             a protocol, or a rig if it has [[devices]] or its name begins with "rig"
    *.csv *.edf *.hea *.xdf *.zip *.mcap ... a recording
    """
    found = installed()
    results: list[tuple[Path, AnlanError | None]] = []
    for path in _files(paths):
        try:
            _check(path, found)
        except AnlanError as error:
            results.append((path, error))
        else:
            results.append((path, None))
    if as_json:
        table = [
            {
                "file": str(path), "ok": fault is None,
                "faults": None if fault is None else str(fault),
                "faults_zh": [] if fault is None else fault.lines_zh,
            }
            for path, fault in results
        ]  # fmt: skip
        click.echo(json.dumps(table, ensure_ascii=False, indent=2))
    else:
        for path, fault in results:
            if fault is None:
                click.echo(f"ok      {path}")
                continue
            click.echo(f"FAULTY  {path}: {fault}" if _nameless(path, fault) else f"FAULTY  {fault}")
            for line in fault.lines_zh:
                click.echo(f"  {line}")
    return 1 if any(fault for _, fault in results) else 0


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix in {".toml", *READERS} and p.is_file()
            )
            if not inside:
                raise ConfigError(
                    "holds nothing to check", where=str(path),
                    hint="protocols and rigs are *.toml, recordings " + ", ".join(sorted(READERS)),
                )  # fmt: skip
            yield from inside
        else:
            yield path


def _check(path: Path, found: Plugins) -> None:
    if path.suffix in READERS:
        read_recording(path)
    elif _is_rig(path):
        rig = read_rig(path, found.drivers())
        specs = [DeviceSpec(d.name, d.model, d.options) for d in rig.devices]
        with named(path):
            declare(specs, found.drivers(), live=True)
    else:
        read_protocol(path, scenes=found.scenes())


def _nameless(path: Path, fault: AnlanError) -> bool:
    """Whether a fault does not say which file it is in; several may have been checked."""
    return path.name not in str(fault).partition("\n")[0]


def _is_rig(path: Path) -> bool:
    """Whether ``path`` is a rig: by its name, or by devices in what is no protocol."""
    if path.name.startswith("rig"):
        return True
    try:
        keys = tomllib.loads(path.read_text("utf-8")).keys()
    except (OSError, ValueError):
        return False  # what is wrong with it is told when it is read
    return "devices" in keys and not keys & {"format", "phase"}
