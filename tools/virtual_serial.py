"""A serial device without the device: a pseudo terminal that is plugged in, talks, and is pulled.

It says its driver's transcript again and again, at the declared rate. Enter pulls the cable and
puts it back::

    python tools/virtual_serial.py gsr-line --port ./band

and in another terminal, with a rig that names ``port = "./band"``::

    anlan devices --scan --watch --rig rig.toml
"""

import os
import signal
import sys
import threading
import tty
from contextlib import suppress
from pathlib import Path

import click

from engine.clock import SystemClock
from engine.devices import SerialLink
from engine.errors import AnlanError
from engine.testing.finding import drivers_in
from engine.testing.heard import heard_of
from engine.testing.talk import Talk, warning

HEEDS_EVERY = 0.2
"""Seconds within which it heeds the Enter key."""


class VirtualPort:
    """The device's end of a serial line.

    Parameters
    ----------
    path
        Where the port appears when it is plugged in.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, int] | None = None

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._ends is not None

    def plug(self) -> None:
        """Put the cable in: the port appears.

        A link that an ended run left behind, to a terminal that is gone, is replaced.
        """
        if self.path.is_symlink() and not self.path.exists():
            self.path.unlink()
        elif os.path.lexists(self.path):
            raise click.ClickException(
                f"{self.path} is there already: another virtual port, or a file of yours. "
                "Remove it, or name another with --port"
            )
        master, slave = os.openpty()
        tty.setraw(master)
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._ends = master, slave
        self.path.symlink_to(os.ttyname(slave))

    def pull(self) -> None:
        """Pull the cable: the port is gone, and so is whoever reads it."""
        ends, self._ends = self._ends, None
        self.path.unlink(missing_ok=True)
        for end in ends or ():
            os.close(end)

    def say(self, data: bytes) -> None:
        """Send ``data``; a device does not mind when nobody listens."""
        if self._ends is not None:
            with suppress(BlockingIOError):
                os.write(self._ends[0], data)

    def heard(self) -> bytes:
        """Return what was sent to it since the last call."""
        if self._ends is not None:
            with suppress(BlockingIOError):
                return os.read(self._ends[0], 65536)
        return b""


@click.command(help=__doc__)
@click.argument("model")
@click.option("--port", type=click.Path(path_type=Path), required=True, help="Where it appears.")
@click.option("--package", default="drivers", show_default=True, help="Where its driver is.")
@click.option("--seconds", default=3600.0, show_default=True, help="How long it lives.")
def main(model: str, port: Path, package: str, seconds: float) -> None:
    """Talk until the time is over."""
    try:
        known = {d.model: d for d in drivers_in(package) if heard_of(d)}
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    if model not in known:
        raise click.BadParameter(f"{model!r}; with a transcript there are {', '.join(known)}")
    driver = known[model]
    if not isinstance(driver.link, SerialLink):
        serial = ", ".join(m for m, d in known.items() if isinstance(d.link, SerialLink))
        raise click.BadParameter(
            f"{model!r} is a Bluetooth device, and this is a cable; tools/try_ble.py puts one "
            f"into virtual air. On a cable there are {serial}"
        )
    device, clock, enter = VirtualPort(port), SystemClock(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the port goes with it
    threading.Thread(target=_listen, args=(enter,), daemon=True).start()
    if warned := warning(driver, heard_of(driver)):
        click.echo(f"{model}: {warned}")
    device.plug()
    click.echo(f"{port} is plugged in and says what {model} says; Enter pulls it, Ctrl-C ends")
    try:
        talk = Talk(driver, heard_of(driver), clock.now())
        while clock.now() <= seconds:
            if enter.is_set():
                enter.clear()
                (device.pull if device.plugged else device.plug)()
                click.echo("plugged in" if device.plugged else "pulled")
            device.heard()
            for _, heard in talk.due(clock.now()):
                device.say(heard.data)
            clock.wait(min(max(talk.next_at - clock.now(), 0.0), HEEDS_EVERY))
    finally:
        device.pull()


def _listen(enter: threading.Event) -> None:
    for _ in sys.stdin:
        enter.set()


if __name__ == "__main__":
    main()
