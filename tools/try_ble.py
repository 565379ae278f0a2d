"""Try the engine's Bluetooth without a radio: one of each virtual device, searched and heard."""

from pathlib import Path

import click

from drivers.heart_rate_band import HeartRateBand
from drivers.okin import COMMAND, SERVICE
from engine.clock import SystemClock
from engine.devices.driven import DrivenSource
from engine.devices.nearby import look
from engine.devices.source import Context
from engine.plugins import load
from tools.virtual_ble import VirtualAir
from tools.virtual_peripherals import Oximeter, PolarH10, Recliner, Strap

BEAT = 0.8


@click.command(help=__doc__)
@click.option("--seconds", default=5.0, show_default=True, help="How long to listen to the strap.")
def main(seconds: float) -> None:
    """Print what a scan finds, then the beats of a strap."""
    air = VirtualAir()
    strap = Strap(air)
    Oximeter(air)
    PolarH10(air)
    Recliner(air, "OKIN-56", SERVICE, COMMAND)
    for near in look(1.0, load().drivers(), radio=air.radio("E0:E1:E2:E3:E4:99")):
        battery = "-" if near.battery is None else f"{near.battery} %"
        click.echo(f"{near.name:<20}{near.address}{battery:>7}   {', '.join(near.models)}")
    clock = SystemClock()
    source = DrivenSource(HeartRateBand, {"address": strap.address}, air.transport)
    source.open(Context(Path(__file__).stem, clock))
    end, due = clock.now() + seconds, clock.now()
    while clock.now() < end:
        if clock.now() >= due:
            strap.beat(BEAT * 1000.0)
            due += BEAT
        for chunk in source.read(clock.now()):
            for t, value in zip(chunk.t, chunk.x[:, 0], strict=True):
                click.echo(f"{t:8.3f} s  {chunk.stream.name:<8}{value:8.1f} {chunk.stream.unit}")
        clock.wait(0.01)
    source.close()
    air.close()


if __name__ == "__main__":
    main()
