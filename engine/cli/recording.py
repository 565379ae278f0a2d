"""`anlan devices record`: listens at the wire of one device, with progress."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine.cli.progress import Bar
from engine.clock import SystemClock
from engine.devices.driver import Driver
from engine.devices.state import DeviceState, Standing
from engine.log import LogFile
from engine.testing.wire_tap import Progress, record_wire


def record_device(
    driver: type[Driver], options: Mapping[str, Any], file: Path, head: Mapping[str, Any],
    seconds: float,
) -> int:  # fmt: skip
    """Record for ``seconds``, or until Ctrl-C; return the exit status.

    The time begins with the first byte: a device that has yet to be switched on costs none.
    """
    clock, log = SystemClock(), LogFile(None)
    began = math.inf
    heard: Progress | None = None
    length = seconds if math.isfinite(seconds) else None
    try:
        with Bar(driver.model, length) as bar:

            def more(progress: Progress) -> bool:
                nonlocal began, heard
                heard = progress
                if progress.pieces:
                    began = min(began, clock.now())
                since = max(clock.now() - began, 0.0)
                bar.at(since, _word(progress.standing), _counts(progress))
                return since < seconds

            record_wire(driver, options, file, head, clock=clock, more=more)
    except KeyboardInterrupt:
        pass  # that is how one ends it
    finally:
        log.close()
    if heard is None or not heard.pieces:
        file.unlink(missing_ok=True)
        if heard is not None:
            click.echo(heard.standing.zh, err=True)
            click.echo(f"anlan: {driver.model}: {heard.standing.en}", err=True)
        return 3
    click.echo(f"wrote {file}: {_counts(heard)}")
    click.echo("it is personal data of whoever wore the sensor: only you may read the file")
    click.echo("这是佩戴者的个人数据：文件仅限本人读取，未经同意请勿共享")
    click.echo(f"  anlan driver transcript {file}")
    return 0


def _word(standing: Standing) -> str:
    if standing.state is DeviceState.LIVE:
        return "live"
    return f"{standing.state}: {standing.en}"


def _counts(progress: Progress) -> str:
    samples = ", ".join(f"{n} {name}" for name, n in progress.samples.items())
    return f"{progress.bytes} bytes, {samples or 'no samples yet'}"
