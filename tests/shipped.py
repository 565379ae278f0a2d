"""The drivers that ship, for tests that hold for every one of them."""

from drivers import register_drivers
from engine.devices import Driver

SHIPPED: list[type[Driver]] = [c for c in register_drivers() if issubclass(c, Driver)]
