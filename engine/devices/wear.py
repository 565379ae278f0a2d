"""What a person has had of a device so far: it must outlive the device's process."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.devices.heat import HeatFault


@dataclass(frozen=True, slots=True)
class Wear:
    """Of one output.

    Attributes
    ----------
    on
        Seconds a strength has been on, as `engine.devices.duty.Duty` counts them.
    spent
        Whether it has to pause.
    warmed
        Seconds of warmth in all.
    fault
        Why warmth is off until a person resets it; None while it is not.
    """

    on: float = 0.0
    spent: bool = False
    warmed: float = 0.0
    fault: HeatFault | None = None


def looked_after(worn: Mapping[str, Wear]) -> dict[str, Wear]:
    """Return ``worn`` after a person has looked: warmth is allowed again."""
    return {name: replace(wear, warmed=0.0, fault=None) for name, wear in worn.items()}
