"""`anlan doctor`: whether this computer has what a session needs."""

import importlib
import json
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import click

from engine.cli.installed import loaded
from engine.errors import AnlanError


@click.command("doctor", short_help="Check that this computer has what a session needs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--warm-up", is_flag=True, help="Only compile the signal kernels, with progress.")
def command(*, as_json: bool, warm_up: bool) -> int:
    """Check this computer part by part; say what is missing and how to get it.

    What a session can do without (a sound device, a display) is told but is no fault.
    """
    if warm_up:
        _kernels()
        return 0
    checks: dict[str, Callable[[], str]] = {
        "package": _package,
        "plugins": _plugins,
        "signals": _kernels,
        "picture": _picture,
        "captions": _captions,
        "sound": _sound,
        "disk": _disk,
    }
    results: list[dict[str, object]] = []
    for name, check in checks.items():
        try:
            said, good = check(), True
        except Exception as error:  # noqa: BLE001 - a doctor survives every illness
            said, good = str(error) or type(error).__name__, False
        results.append({"check": name, "ok": good, "says": said})
        if not as_json:
            click.echo(f"{'ok' if good else 'FAULT':<7}{name:<10}{said}")
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False, indent=2))
    return 0 if all(r["ok"] for r in results) else 3


def _package() -> str:
    import engine  # noqa: PLC0415 - to see where it comes from

    where = Path(engine.__file__).resolve().parent
    dist = distribution("anlan")
    if (
        not str(where).startswith(str(Path(sys.prefix).resolve()))
        and not (where.parent / "pyproject.toml").is_file()
    ):
        raise AnlanError(
            "`engine` does not belong to anlan",
            where=str(where),
            hint="another package of that name is in the way; uninstall it",
        )
    return f"anlan {dist.version}, Python {sys.version.split()[0]}"


def _plugins() -> str:
    found = loaded()
    count = sum(map(len, (found.drivers(), found.scenes(), found.protocols(), found.voices())))
    if found.broken:
        raise AnlanError("; ".join(str(f) for f in found.broken.values()))
    return f"{len(found.origin)} plugins bring {count} things"


def _kernels() -> str:
    """Compile every kernel once: tens of seconds the first time, then about one."""
    import engine.sound  # noqa: PLC0415 - compiling is what is wanted
    import engine.twin  # noqa: PLC0415
    from engine.cli.progress import Bar  # noqa: PLC0415
    from engine.dsp.warmup import warmup  # noqa: PLC0415

    for package in (engine.twin, engine.sound):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    with Bar("compiling") as bar:
        count = warmup(lambda name, k, n: bar.share("compiling", k / n, name))
    return f"{count} kernels ready"


def _picture() -> str:
    from engine.stage.examine import examine  # noqa: PLC0415 - opens the renderer

    return examine()


def _captions() -> str:
    from engine.stage.fonts import caption_font_path  # noqa: PLC0415

    return str(caption_font_path().name)


def _sound() -> str:
    from engine.sound.output import output_device  # noqa: PLC0415

    device = output_device(None)
    return device or "no sound device: sound is written to sound.wav"


def _disk() -> str:
    import shutil  # noqa: PLC0415

    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < 2**30:
        raise AnlanError(f"only {free / 2**20:.0f} MiB free", hint="a session needs up to 200 MiB")
    return f"{free / 2**30:.0f} GiB free"
