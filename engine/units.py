"""The vocabulary of what can be measured and in which unit."""

from collections.abc import Mapping
from enum import EnumType, StrEnum
from typing import TYPE_CHECKING


class _Words(EnumType):
    """Says which words there are where one is asked for that is none."""

    if not TYPE_CHECKING:  # a type checker knows the words; this would hide from it which

        def __getattr__(cls, word: str) -> object:
            members = vars(cls).get("_member_map_", {})
            if word in members:  # Python 3.11 looks its members up here
                return members[word]
            if word.startswith("_"):
                raise AttributeError(word)
            known = ", ".join(members)
            raise AttributeError(f"there is no {cls.__name__}.{word}; there are: {known}")


class Unit(StrEnum, metaclass=_Words):
    """Units that may cross a module boundary.

    A bare number in this code base is SI seconds (Hz for a rate); anything else
    wears its unit in its name (``rmssd_ms``) or in its `Stream`.
    """

    SECOND = "s"
    MILLISECOND = "ms"
    SQUARE_MILLISECOND = "ms2"
    """Power of variation in intervals."""
    HERTZ = "Hz"
    PER_MINUTE = "1/min"
    MILLIVOLT = "mV"
    MICROSIEMENS = "uS"
    CELSIUS = "degC"
    DEGREE = "deg"
    PERCENT = "%"
    G = "g"
    LEVEL = "1"
    """Dimensionless; an output's level runs 0..1."""
    BASELINE_SD = "sd"
    """Standard deviations from the person's own baseline."""
    RAW = "raw"
    """Arbitrary units of the device; only shape matters."""


class Kind(StrEnum, metaclass=_Words):
    """What a stream measures, whatever device it came from."""

    ECG = "ecg"
    PPG = "ppg"
    RRI = "rri"
    """R-R intervals, one sample a beat, stamped at the later R peak."""
    PPI = "ppi"
    """Pulse-pulse intervals, one sample a beat."""
    EEG = "eeg"
    EMG = "emg"
    """Brain and muscle: recorded, and nothing is concluded from them."""
    EDA = "eda"
    RESP = "resp"
    SKIN_TEMP = "skin_temp"
    TEMPERATURE = "temperature"
    """Of a device's surface; a person's is `SKIN_TEMP`."""
    ACC = "acc"
    SPO2 = "spo2"
    ANGLE = "angle"
    BATTERY = "battery"
    STATUS = "status"
    """Bits in which a device tells what is wrong with it; 0 is well."""
    RATING = "rating"
    """A self-rating someone entered; the stream is named after its scale (``suds``)."""
    DERIVED = "derived"
    """Computed by a node; never comes from a device."""


_SHAPE = frozenset({Unit.RAW, Unit.LEVEL})
_VOLTAGE = frozenset({Unit.MILLIVOLT, Unit.RAW})
_INTERVAL = frozenset({Unit.MILLISECOND})

UNITS: Mapping[Kind, frozenset[Unit]] = {
    Kind.ECG: _VOLTAGE,
    Kind.EEG: _VOLTAGE,
    Kind.EMG: _VOLTAGE,
    Kind.PPG: _SHAPE,
    Kind.RRI: _INTERVAL,
    Kind.PPI: _INTERVAL,
    Kind.EDA: frozenset({Unit.MICROSIEMENS, Unit.RAW}),
    Kind.RESP: _SHAPE,
    Kind.SKIN_TEMP: frozenset({Unit.CELSIUS}),
    Kind.TEMPERATURE: frozenset({Unit.CELSIUS}),
    Kind.ACC: frozenset({Unit.G, Unit.RAW}),
    Kind.SPO2: frozenset({Unit.PERCENT}),
    Kind.ANGLE: frozenset({Unit.DEGREE}),
    Kind.BATTERY: frozenset({Unit.PERCENT}),
    Kind.STATUS: frozenset({Unit.RAW}),
    Kind.RATING: _SHAPE,
    Kind.DERIVED: frozenset(),
}
"""Units in which a device may tell each kind; none for what never comes from a device.

A kind that says nothing without its unit (an interval, a temperature, a share) has no `Unit.RAW`.
"""

BEATS = frozenset({Kind.RRI, Kind.PPI})
"""Kinds that come once a beat: they have no rate."""
