"""A room with a transducer, in a process of its own: it wishes full strength until it is killed."""

import sys

import structlog

from engine.clock import SystemClock
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.show import Show
from engine.sound.vibroacoustic import VibroacousticChannel


def main() -> None:
    """Say "connected", wish nothing until a line comes, then vibrate for ever."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    clock = SystemClock()
    spec = DeviceSpec("seat", "vibroacoustic", {"device": "system", "shape": "steady"})
    classes = {"vibroacoustic": VibroacousticChannel}
    manager = DeviceManager(
        [spec], classes=classes, clock=clock, show=lambda: Show(time=clock.now()), live=True
    )
    with manager:
        told, wishing, shown = False, False, 0.0
        while True:
            manager.drain(clock.now())
            for notice in manager.notices():
                if notice.facts.get("state") == "live" and not told:
                    told = True
                    sys.stdout.write("connected\n")
                    sys.stdout.flush()
                    wishing = sys.stdin.readline() == "go\n"
            if wishing and clock.now() - shown >= 0.1:
                shown = clock.now()
                manager.write({"seat.strength": 1.0, "seat.frequency": 40.0})
            clock.wait(0.01)


if __name__ == "__main__":
    main()
