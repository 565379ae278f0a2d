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

WROTE = {"zh": "已写入 ", "en": "wrote "}
PERSONAL = {
    "zh": "这是佩戴者的个人数据：文件仅限本人读取，未经同意请勿共享",
    "en": "it is personal data of whoever wore the sensor: only you may read the file; share it "
    "only with their consent",
}
NOBODY = 60.0
"""Seconds a recording of a given length waits for its first byte."""


def goes_on(waited: float, since: float, seconds: float) -> bool:
    """Tell whether to go on recording.

    Parameters
    ----------
    waited
        Seconds since the recording was asked for, if nothing came yet; else 0.
    since
        Seconds since the first byte.
    seconds
        How long to record; infinite until somebody ends it.
    """
    return since < seconds and (waited < NOBODY or math.isinf(seconds))


def record_device(
    driver: type[Driver], options: Mapping[str, Any], file: Path, head: Mapping[str, Any],
    seconds: float, package: str | None = None, lang: str = "en",
) -> int:  # fmt: skip
    """Record for ``seconds``, or until Ctrl-C; return the exit status.

    The time begins with the first byte: a device that has yet to be switched on costs none, up to
    a minute.
    """
    clock, log = SystemClock(), LogFile(None)
    asked, began = clock.now(), math.inf
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
                bar.at(since, _word(progress.standing, lang), _counts(progress, lang))
                waited = 0.0 if progress.pieces else clock.now() - asked
                return goes_on(waited, since, seconds)

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
    click.echo(f"{WROTE[lang]}{file}: {_counts(heard, lang)}")
    click.echo(PERSONAL[lang])
    where = "" if package is None else f" --package {package}"
    click.echo(f"  anlan driver transcript {file}{where}")
    return 0


def _word(standing: Standing, lang: str) -> str:
    if standing.state is DeviceState.LIVE:
        return "正常" if lang == "zh" else "live"
    return standing.zh if lang == "zh" else f"{standing.state}: {standing.en}"


def _counts(progress: Progress, lang: str) -> str:
    samples = ", ".join(f"{n} {name}" for name, n in progress.samples.items())
    if lang == "zh":
        return f"{progress.bytes} 字节，{samples or '尚无数据'}"
    return f"{progress.bytes} bytes, {samples or 'no samples yet'}"
