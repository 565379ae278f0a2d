"""The heartbeat detectors compared: ours, and every one the peers offer."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import signal

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from engine.streams import F64
from tools.peers.attempts import peer_module

Find: TypeAlias = Callable[[F64, float], F64]
"""From samples (mV) and their rate (Hz) to the times of R peaks (s), sorted."""

NEUROKIT = (
    "neurokit", "pantompkins1985", "hamilton2002", "zong2003", "ssf", "christov2004",
    "gamboa2008", "elgendi2010", "engzeemod2012", "manikandan2012", "kalidas2017", "khamis2016",
    "martinez2004", "nabian2018", "rodrigues2021", "emrich2023",
)  # fmt: skip
PLAIN = frozenset({"manikandan2012", "khamis2016", "martinez2004", "nabian2018", "rodrigues2021"})
"""Methods NeuroKit's manual gives the signal as it is; the others get their own cleaning."""
COUNTS_A_MV = 20.0
"""The slope-sum methods have a threshold in units they do not state. Of 5 to 200 counts a mV
this serves them best."""
BIOSPPY = {
    "hamilton": "hamilton_segmenter",
    "christov": "christov_segmenter",
    "engzee": "engzee_segmenter",
    "gamboa": "gamboa_segmenter",
    "ssf": "ssf_segmenter",
    "ASI": "ASI_segmenter",
    "Pan-Tompkins++": "Pan_Tompkins_Plus_Plus_segmenter",
}


@dataclass(frozen=True, slots=True)
class HeartPeer:
    """A detector of whole records; ``package`` is what must be installed."""

    name: str
    package: str
    find: Find


def ours(x: F64, rate: float) -> F64:
    """Find beats as in the room: pushes of 250 ms, nothing known in advance."""
    detector = QrsDetector(rate)
    size = round(0.25 * rate)
    rows = np.concatenate([detector.push(x[i : i + size]).copy() for i in range(0, x.size, size)])
    beats = rows[np.isin(rows[:, at.KIND], (at.CONFIRMED, at.LATE)), at.TIME]
    return np.sort(beats)


def _neurokit(method: str, x: F64, rate: float) -> F64:
    nk = peer_module("neurokit2")
    if method == "ssf":
        x = COUNTS_A_MV * x
    ready = x if method in PLAIN else nk.ecg_clean(x, sampling_rate=int(rate), method=method)
    found = nk.ecg_findpeaks(ready, sampling_rate=int(rate), method=method)["ECG_R_Peaks"]
    return _times(found, rate)


def _biosppy(segmenter: str, x: F64, rate: float) -> F64:
    """Do as `biosppy.signals.ecg.ecg` does, less its templates and plots."""
    ecg, tools = peer_module("biosppy.signals.ecg"), peer_module("biosppy.signals.tools")
    if segmenter == "ssf_segmenter":
        x = COUNTS_A_MV * x
    filtered = tools.filter_signal(
        signal=x, ftype="FIR", band="bandpass", order=int(1.5 * rate),
        frequency=[0.67, 45], sampling_rate=rate,
    )["signal"]  # fmt: skip
    filtered = filtered - filtered.mean()
    found = getattr(ecg, segmenter)(signal=filtered, sampling_rate=rate)["rpeaks"]
    right = ecg.correct_rpeaks(signal=filtered, rpeaks=found, sampling_rate=rate, tol=0.05)
    return _times(right["rpeaks"], rate)


def _heartpy(x: F64, rate: float) -> F64:
    heartpy = peer_module("heartpy")
    smooth = heartpy.filter_signal(x, cutoff=0.05, sample_rate=rate, filtertype="notch")
    told, _ = heartpy.process(heartpy.scale_data(smooth), rate)
    return _times(told["peaklist_cor"] if "peaklist_cor" in told else told["peaklist"], rate)


def _xqrs(x: F64, rate: float) -> F64:
    return _times(peer_module("wfdb.processing").xqrs_detect(x, rate, verbose=False), rate)


def _gqrs(x: F64, rate: float) -> F64:
    return _times(peer_module("wfdb.processing").gqrs_detect(x, fs=rate), rate)


def _sleepecg(x: F64, rate: float) -> F64:
    return _times(peer_module("sleepecg").detect_heartbeats(x, rate), rate)


def _scipy(x: F64, rate: float) -> F64:
    """Band-pass, square, smooth and `find_peaks`: what many write in an afternoon."""
    sos = signal.butter(2, [5.0, 22.0], "bandpass", fs=rate, output="sos")
    power = signal.sosfiltfilt(sos, x) ** 2
    width = max(1, round(0.08 * rate))
    power = np.convolve(power, np.ones(width) / width, "same")
    found, _ = signal.find_peaks(
        power, height=0.25 * np.percentile(power, 98), distance=max(1, round(0.25 * rate))
    )
    return _times(found, rate)


def _times(found: Any, rate: float) -> F64:  # noqa: ANN401
    """Return sample numbers, of whatever type, as sorted times."""
    numbers = np.atleast_1d(np.asarray(found, dtype=np.float64)).ravel()
    return np.sort(numbers[np.isfinite(numbers)]) / rate


def heart_peers() -> list[HeartPeer]:
    """Return every detector that is compared, ours left out."""
    made = [
        HeartPeer(f"neurokit2 {m}", "neurokit2", functools.partial(_neurokit, m)) for m in NEUROKIT
    ]
    made += [
        HeartPeer(f"biosppy {m}", "biosppy", functools.partial(_biosppy, f))
        for m, f in BIOSPPY.items()
    ]
    made += [
        HeartPeer("heartpy", "heartpy", _heartpy),
        HeartPeer("wfdb xqrs", "wfdb", _xqrs),
        HeartPeer("wfdb gqrs", "wfdb", _gqrs),
        HeartPeer("sleepecg", "sleepecg", _sleepecg),
        HeartPeer("scipy find_peaks", "scipy", _scipy),
    ]
    return made
