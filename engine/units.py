"""The vocabulary of what can be measured and in which unit."""

from enum import StrEnum


class Unit(StrEnum):
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


class Kind(StrEnum):
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
