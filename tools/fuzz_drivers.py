"""Feed the decoders of drivers with damaged messages, very many of them.

    python tools/fuzz_drivers.py                          a million for every shipped driver
    python tools/fuzz_drivers.py --inputs 50000 --model polar-h10 --seed 3
    python tools/fuzz_drivers.py --package my_band        a vendor's
    python tools/fuzz_drivers.py --guided 120             steered by coverage, seconds a driver

The first three spoil recorded messages at random, the same for the same seed. ``--guided`` lets
atheris find inputs that reach code no input reached before (for Linux:
``.venv/bin/uv pip install atheris``).
"""

import os
import subprocess
import sys
import tempfile
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from engine.testing.fuzz import Fuzzed

WORKERS = 2
TRIES = 5
"""Pieces one guided input is cut into at most."""


def fuzz_one(package: str, model: str, inputs: int, seed: int) -> "Fuzzed":
    """Return what one driver makes of damaged messages; for a process of a pool."""
    from engine.testing.finding import drivers_in  # noqa: PLC0415 - atheris has to see imports
    from engine.testing.fuzz import fuzz  # noqa: PLC0415
    from engine.testing.heard import heard_of  # noqa: PLC0415

    driver = next(d for d in drivers_in(package) if d.model == model)
    return fuzz(driver, heard_of(driver), inputs, seed=seed)


def fuzz_all(package: str, models: list[str], inputs: int, seed: int) -> int:
    """Fuzz every model, two at a time; print what became of it; return the exit status."""
    from engine.clock import SystemClock  # noqa: PLC0415

    clock, bad = SystemClock(), 0
    with get_context("spawn").Pool(WORKERS, maxtasksperchild=1) as pool:
        running = [pool.apply_async(fuzz_one, (package, m, inputs, seed)) for m in models]
        for each in running:
            result = each.get()
            bad += bool(result.fault)
            click.echo(
                f"{result.model:<18}{result.inputs:>10} inputs  {result.frames:>9} frames  "
                f"{result.refused:>9} refused  {result.samples:>10} samples  "
                f"{result.seconds:6.1f} s  slowest thousand {result.slowest * 1e3:4.0f} ms  "
                f"{result.fault or 'no fault'}"
            )
    click.echo(f"{len(models)} drivers in {clock.now():.0f} s, {bad} with a fault")
    return 1 if bad else 0


def guide_all(package: str, models: list[str], seconds: int) -> int:
    """Let atheris steer, a process for each model; return the exit status."""
    bad = 0
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, __file__, "--package", package, "--model", model]
            ended = subprocess.run(
                [*words, "--one-guided", folder, "--guided", str(seconds)],
                check=False, capture_output=True, text=True, cwd=folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
            )  # fmt: skip
        lines = ended.stderr.splitlines()
        stats = [x.rpartition(":")[2].strip() for x in lines if "number_of_executed_units" in x]
        covered = [x for x in lines if " cov: " in x]
        bad += ended.returncode != 0
        cover = covered[-1].split("cov: ")[1].split()[0] if covered else "?"
        click.echo(
            f"{model:<18}{stats[-1] if stats else '?':>10} inputs  {cover:>5} edges covered  "
            f"{'no fault' if ended.returncode == 0 else 'FAULT'}"
        )
        if ended.returncode != 0:
            click.echo("\n".join(lines[-30:]))
    return 1 if bad else 0


def guide_one(package: str, model: str, folder: str, seconds: int) -> None:
    """Let atheris steer one decoder; never returns."""
    atheris = import_module("atheris")  # optional, and without types

    with atheris.instrument_imports(include=[package.partition(".")[0], "engine.devices"]):
        from engine.devices.links import BleLink  # noqa: PLC0415
        from engine.testing.finding import drivers_in  # noqa: PLC0415
        from engine.testing.fuzz import Fuzzed, Target  # noqa: PLC0415
        from engine.testing.heard import heard_of  # noqa: PLC0415

        driver = next(d for d in drivers_in(package) if d.model == model)
    link = driver.link
    sources = sorted(link.notify) if isinstance(link, BleLink) else [""]
    for n, heard in enumerate(heard_of(driver)):
        source = sources.index(heard.source) if heard.source in sources else 0
        for straight in (0, 1):
            head = bytes([straight | source << 1, 0])
            Path(folder, f"{n}-{straight}").write_bytes(head + heard.data)

    def one(data: bytes) -> None:
        """Read ``data`` as a few pieces of one connection: a byte how, a byte how much."""
        target = Target(driver, Fuzzed(model))
        for _ in range(TRIES):
            if len(data) < 2:
                return
            how, size = data[0], data[1] or len(data)
            piece, data = data[2 : 2 + size], data[2 + size :]
            target.feed(piece, sources[(how >> 1) % len(sources)], straight=bool(how & 1))

    flags = [f"-max_total_time={seconds}", "-max_len=600", "-timeout=5", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], folder, *flags], one)
    atheris.Fuzz()


@click.command(help=__doc__)
@click.option("--package", default="drivers", show_default=True, help="Module of the drivers.")
@click.option("--model", help="Only this one.")
@click.option("--inputs", default=1_000_000, show_default=True, help="For each driver.")
@click.option("--seed", default=1, show_default=True)
@click.option("--guided", type=int, help="Seconds a driver, steered by coverage.")
@click.option("--one-guided", hidden=True, help="Folder of one guided process.")
def main(
    *, package: str, model: str | None, inputs: int, seed: int, guided: int | None,
    one_guided: str | None,
) -> None:  # fmt: skip
    """Fuzz, and end with 1 if anything was found."""
    if one_guided is not None and model is not None:
        guide_one(package, model, one_guided, guided or 10)
    from engine.testing.finding import drivers_in  # noqa: PLC0415
    from engine.testing.fuzz import decodes  # noqa: PLC0415

    models = [d.model for d in drivers_in(package) if decodes(d) and model in {None, d.model}]
    if guided is not None:
        sys.exit(guide_all(package, models, guided))
    sys.exit(fuzz_all(package, models, inputs, seed))


if __name__ == "__main__":
    main()
