"""Drivers that ship with the engine; they come in by the same door as a vendor's."""

from drivers.drift_chair import DriftChair
from drivers.eda_puck import EdaPuck
from drivers.heart_rate_band import HeartRateBand
from engine.devices import Driver, hookimpl

ANLAN_API = 1


@hookimpl
def register_drivers() -> tuple[type[Driver], ...]:
    """Return the drivers in this package."""
    return DriftChair, EdaPuck, HeartRateBand
