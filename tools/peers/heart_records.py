"""The electrocardiograms all detectors are given."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.streams import F64
from tests.synthetic_heart import WIDE, ecg

REAL = {
    "MIT-BIH 100": "mitdb/mitdb_100.npz",
    "MIT-BIH 102": "mitdb/mitdb_102.npz",
    "noise 24 dB": "nstdb_118/nstdb_118e24.npz",
    "noise 12 dB": "nstdb_118/nstdb_118e12.npz",
}
"""102 is paced; the last two are record 118 with electrode noise added by its authors."""
QUICK = 300.0
"""s of a long record a quick run reads."""


@dataclass(frozen=True, slots=True)
class Heart:
    """An electrocardiogram ``x`` (mV) at ``rate`` Hz whose beats (s) are known."""

    name: str
    rate: float
    x: F64
    beats: F64


def real_hearts(recordings: Path, *, quick: bool) -> list[Heart]:
    """Return the recorded hearts with experts' labels."""
    made = []
    for name, file in REAL.items():
        with np.load(recordings / file) as kept:
            rate = float(kept["fs"])
            if "ecg_adu" in kept:
                zero, gain = kept["adc_zero"][0], kept["gain_adu_per_mV"][0]
                x = (kept["ecg_adu"][:, 0].astype(np.float64) - float(zero)) / float(gain)
            else:
                x = kept["ecg_mV"].astype(np.float64).ravel()
            beats = kept["beat_sample"] / rate
        if quick:
            x = x[: int(QUICK * rate)]
            beats = beats[beats < x.size / rate]
        made.append(Heart(name, rate, np.ascontiguousarray(x), beats))
    return made


def made_hearts(*, quick: bool) -> list[Heart]:
    """Return drawn hearts: their R peaks are known exactly."""
    lasts = 60.0 if quick else 180.0
    kinds = {
        "made 130 Hz": (130.0, 0.02),
        "made 250 Hz": (250.0, 0.02),
        "made 500 Hz, noisy": (500.0, 0.1),
    }
    made = []
    for seed, (name, (rate, noise)) in enumerate(kinds.items()):
        drawn = ecg(rate, lasts, seed=seed, noise=noise)
        made.append(Heart(name, rate, drawn.x, drawn.r))
    wide = ecg(250.0, lasts, seed=9, noise=0.02, waves=WIDE)
    made.append(Heart("made 250 Hz, wide", 250.0, wide.x, wide.r))
    return made
