"""Drivers that ship with the engine; they come in by the same door as a vendor's."""

from drivers.brainflow_board import BrainFlowBoard
from drivers.cms50d import Cms50d
from drivers.drift_chair import DriftChair
from drivers.eda_puck import EdaPuck
from drivers.gsr_line import GsrLine
from drivers.heart_rate_band import HeartRateBand
from drivers.hf8_pad import Hf8Pad
from drivers.linak import Linak
from drivers.lsl_inlet import LslInlet
from drivers.modbus_chair import ModbusChair
from drivers.nectar import Nectar
from drivers.okin import Okin
from drivers.polar_pmd_sensors import PolarH10, PolarOptical, PolarPulse
from drivers.pulse_oximeter import PulseOximeter
from drivers.serta import Serta
from engine.devices import Driver, Source, hookimpl

ANLAN_API = 1


@hookimpl
def register_drivers() -> tuple[type[Driver | Source], ...]:
    """Return the drivers in this package."""
    return (
        BrainFlowBoard,
        Cms50d,
        DriftChair,
        EdaPuck,
        GsrLine,
        HeartRateBand,
        Hf8Pad,
        Linak,
        LslInlet,
        ModbusChair,
        Nectar,
        Okin,
        PolarH10,
        PolarOptical,
        PolarPulse,
        PulseOximeter,
        Serta,
    )
