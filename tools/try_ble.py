"""Try Bluetooth without a radio: a driver's own device in virtual air, searched and heard.

It has the service and the characteristics that the driver declares, and says the driver's
transcript again and again, at the declared rate::

    python tools/try_ble.py breathing-belt --package ./breathing-belt
"""

from pathlib import Path

import click

from engine.clock import SystemClock
from engine.devices import BleLink
from engine.devices.driven import DrivenSource
from engine.devices.nearby import look
from engine.devices.source import Context
from engine.errors import AnlanError
from engine.testing.bench import gapless
from engine.testing.finding import drivers_in
from engine.testing.heard import heard_of
from engine.testing.talk import Talk, lost_in_a_round
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Spoken


@click.command(help=__doc__)
@click.argument("model", default="heart-rate-band")
@click.option("--package", default="drivers", show_default=True, help="Where its driver is.")
@click.option("--seconds", default=5.0, show_default=True, help="How long to listen.")
def main(model: str, package: str, seconds: float) -> None:
    """Print what a scan finds, then what the driver makes of what it hears."""
    try:
        known = {d.model: d for d in drivers_in(package)}
    except AnlanError as error:
        raise click.ClickException(str(error)) from error
    radios = [m for m, d in known.items() if isinstance(d.link, BleLink) and heard_of(d)]
    if model not in radios:
        raise click.BadParameter(
            f"{model!r}; Bluetooth devices with a transcript in {package}: "
            f"{', '.join(radios) or 'none'} (a cable: tools/virtual_serial.py)"
        )
    driver = known[model]
    assert isinstance(driver.link, BleLink)  # noqa: S101 - chosen by that
    air, clock = VirtualAir(), SystemClock()
    device = Spoken(air, driver.link)
    for near in look(1.0, known, radio=air.radio("E0:E1:E2:E3:E4:99"), ask_battery=False):
        click.echo(f"{near.name:<20}{near.address}   fits {', '.join(near.models) or 'no driver'}")
    source = DrivenSource(gapless(driver), {"address": device.address}, air.transport)
    source.open(Context(Path(__file__).stem, clock))
    if lost := lost_in_a_round(driver, heard_of(driver)):
        click.echo(
            f"the transcript begins anew again and again: {lost} samples the driver tells as lost "
            "each time, which no device would, are left out of the times"
        )
    talk = Talk(driver, heard_of(driver), clock.now())
    end = clock.now() + seconds
    while clock.now() < end:
        for _, heard in talk.due(clock.now()):
            device.say(heard.source, heard.data)
        for chunk in source.read(clock.now()):
            for t, values in zip(chunk.t, chunk.x.tolist(), strict=True):
                shown = " ".join(f"{v:g}" for v in values)
                click.echo(f"{t:8.3f} s  {chunk.stream.name:<10}{shown} {chunk.stream.unit}")
        clock.wait(0.005)
    source.close()
    click.echo(f"sent {len(device.told)} messages to it; {source.refused} of its made no sense")
    air.close()


if __name__ == "__main__":
    main()
