"""Heartbeat intervals with artefacts: how much of the harm each repair undoes."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.dsp import rr_layout as at
from engine.dsp.rr_repair import LONGEST_MS, RrClassifier
from engine.streams import F64
from tests.synthetic_heart import intervals
from tools.peers.attempts import Failures, peer_module
from tools.peers.steps import Steps

SHARES = ("01", "03", "05", "10")
NEAR, FAR = 1.6, 2.6
"""A beat counts as found if a flag lies this many usual intervals away at most; a normal one
counts as flagged in vain only beyond the second."""
NORMAL = ("N", "L", "R", "/", "B")
SLOW, SWING = (4.5, 6.0, 9.0), 28.0
"""Breaths a minute, and how far they move the heart rate, 1/min from lowest to highest."""
SAME_MS = 1.5
"""A peer's repaired beat this near to the given one was not moved."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of a series: RMSSD (ms), heart rate (1/min), which beats were flagged."""

    rmssd_ms: float
    rate: float
    flagged_ms: F64


Repair: TypeAlias = Callable[[F64], Repaired]
"""From the times of beats, ms."""


@dataclass(frozen=True, slots=True)
class InjectedScore:
    """Error of RMSSD (%) and heart rate (1/min) left at one share of artefacts."""

    name: str
    share: int
    rmssd_error: float
    rmssd_worst: float
    rate_worst: float


@dataclass(frozen=True, slots=True)
class LabelledScore:
    """Of a real heart with early beats: shares found and flagged in vain, RMSSD in ms."""

    name: str
    record: str
    found: float
    in_vain: float
    rmssd_ms: float
    rmssd_labels_ms: float


@dataclass(frozen=True, slots=True)
class BreathingScore:
    """Of faultless intervals under deep slow breathing: share flagged, error of RMSSD, %."""

    name: str
    breaths: float
    in_vain: float
    rmssd_error: float


def rms(x: F64) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(x))))


def ours(beats_ms: F64) -> Repaired:
    """Judge each interval with the two after it, never more."""
    rr = np.diff(beats_ms)
    classifier = RrClassifier()
    rows: list[F64] = []
    for x in rr.tolist():
        rows.append(classifier.push(x).copy())
        if not 0.0 < x <= LONGEST_MS:
            rows.append(np.array([[float(at.GAP), x, 0.0, 0.0, 0.0]]))
    told = np.concatenate([*rows, classifier.interrupt().copy()])
    true = told[1:, at.DIFFERENCE_OK] > 0
    stands = told[:, at.STANDS_FOR]
    flag = ~np.isin(told[:, at.CODE], (at.NORMAL, at.LEARN))
    rate = 60000.0 * float(stands.sum()) / float((stands * told[:, at.NN]).sum())
    return Repaired(rms(np.diff(rr)[true]), rate, beats_ms[1:][flag])


def untouched(beats_ms: F64) -> Repaired:
    """Do nothing: what the artefacts do by themselves."""
    rr = np.diff(beats_ms)
    return Repaired(rms(np.diff(rr)), 60000.0 / float(rr.mean()), np.zeros(0))


def kubios(beats_ms: F64, *, iterative: bool) -> Repaired:
    """Repair by NeuroKit2's Kubios method, the whole series in hand."""
    nk = peer_module("neurokit2")
    given = np.round(beats_ms - beats_ms[0] + 1000.0).astype(np.int64)
    told, clean = nk.signal_fixpeaks(given, sampling_rate=1000, iterative=False, method="Kubios")
    kinds = ("ectopic", "missed", "extra", "longshort")
    index = np.unique(np.concatenate([np.asarray(told[k], dtype=np.int64) for k in kinds]))
    flag = np.zeros(given.size, dtype=bool)
    flag[index[index < given.size]] = True
    if iterative:
        _, clean = nk.signal_fixpeaks(given, sampling_rate=1000, iterative=True, method="Kubios")
    kept = np.sort(np.asarray(clean, dtype=np.float64))
    flag |= np.abs(kept[:, None] - given[None, :]).min(axis=0) > SAME_MS
    rr = np.diff(kept)
    return Repaired(rms(np.diff(rr)), 60000.0 / float(rr.mean()), beats_ms[flag])


def heartpy_clean(beats_ms: F64, *, method: str) -> Repaired:
    """Leave out what HeartPy's filter of intervals leaves out."""
    analysis = peer_module("heartpy.analysis")
    rr = np.diff(beats_ms)
    work: dict[str, Any] = {
        "RR_list": rr, "RR_list_cor": rr.copy(), "RR_masklist": np.zeros(rr.size),
    }  # fmt: skip
    told = analysis.clean_rr_intervals(work, method=method)
    out = np.asarray(told["RR_masklist"]) != 0
    good = ~out
    both = good[1:] & good[:-1]
    return Repaired(rms(np.diff(rr)[both]), 60000.0 / float(rr[good].mean()), beats_ms[1:][out])


REPAIRS: dict[str, Repair] = {
    "anlan": ours,
    "no repair": untouched,
    "neurokit2 Kubios": functools.partial(kubios, iterative=False),
    "neurokit2 Kubios, iterative": functools.partial(kubios, iterative=True),
    "heartpy quotient filter": functools.partial(heartpy_clean, method="quotient-filter"),
    "heartpy interquartile": functools.partial(heartpy_clean, method="iqr"),
    "heartpy z score": functools.partial(heartpy_clean, method="z-score"),
}


def injected_scores(recordings: Path, failures: Failures, steps: Steps) -> list[InjectedScore]:
    """Return what each repair leaves of artefacts put into clean series."""
    made: list[InjectedScore] = []
    for share in SHARES:
        steps.step(f"artefacts in {int(share)} % of intervals")
        errors: dict[str, list[tuple[float, float]]] = {}
        for file in sorted((recordings / "rr_injected").glob(f"*_{share}pct.npz")):
            with np.load(file) as kept:
                clean = np.asarray(kept["clean_beat_ms"], dtype=np.float64)
                corrupt = np.asarray(kept["corrupt_beat_ms"], dtype=np.float64)
            rr = np.diff(clean)
            true, rate = rms(np.diff(rr)), 60000.0 / float(rr.mean())
            for name, repair in REPAIRS.items():
                told: Repaired | None = failures.attempt(name, file.stem, repair, corrupt)
                if told is not None:
                    errors.setdefault(name, []).append(
                        (100.0 * abs(told.rmssd_ms / true - 1.0), abs(told.rate - rate))
                    )
        for name, each in errors.items():
            rmssd, rates = np.array(each).T
            made.append(
                InjectedScore(
                    name,
                    int(share),
                    float(np.median(rmssd)),
                    float(rmssd.max()),
                    float(rates.max()),
                )
            )
    return made


def near(a: F64, b: F64, within: float) -> NDArray[np.bool_]:
    """Return whether each of ``a`` has one of sorted ``b`` within ``within``."""
    if b.size == 0:
        return np.zeros(a.size, dtype=bool)
    right = np.clip(np.searchsorted(b, a), 0, b.size - 1)
    left = np.maximum(right - 1, 0)
    return np.minimum(np.abs(a - b[right]), np.abs(a - b[left])) <= within


def labelled_scores(recordings: Path, failures: Failures, steps: Steps) -> list[LabelledScore]:
    """Return how each finds the early beats of two real hearts that have very many."""
    made: list[LabelledScore] = []
    for record in ("ltdb_14046", "ltdb_14172"):
        with np.load(recordings / "ltdb_rr" / f"{record}.npz") as kept:
            beats = 1000.0 * kept["beat_sample"].astype(np.float64) / float(kept["fs"])
            normal = np.isin(kept["beat_symbol"], NORMAL)
        rr = np.diff(beats)
        usual = float(np.median(rr))
        both = normal[1:] & normal[:-1]
        labels = rms(np.diff(rr)[both[1:] & both[:-1]])
        judged = np.zeros(beats.size, dtype=bool)
        judged[at.RING + 1 : -3] = True
        early = beats[~normal & judged]
        plain = beats[normal & judged]
        plain = plain[~near(plain, beats[~normal], FAR * usual)]
        for name, repair in REPAIRS.items():
            steps.step(f"{record}: {name}")
            told: Repaired | None = failures.attempt(name, record, repair, beats)
            if told is None:
                continue
            flagged = np.sort(told.flagged_ms)
            made.append(
                LabelledScore(
                    name,
                    record,
                    float(near(early, flagged, NEAR * usual).mean()),
                    float(np.isin(plain, flagged).mean()),
                    told.rmssd_ms,
                    labels,
                )
            )
    return made


def breathing_scores(failures: Failures, steps: Steps) -> list[BreathingScore]:
    """Return what each does to a faultless heart that swings 28 a minute with every breath."""
    made: list[BreathingScore] = []
    for breaths in SLOW:
        steps.step(f"{breaths:g} breaths a minute")
        each: dict[str, list[tuple[float, float]]] = {}
        for seed in range(3):
            rr = intervals(600, seed=seed, swing=SWING, breaths=breaths)
            beats = np.concatenate([[1000.0], 1000.0 + np.cumsum(rr)])
            for name, repair in REPAIRS.items():
                told: Repaired | None = failures.attempt(name, "deep breathing", repair, beats)
                if told is not None:
                    error = 100.0 * (told.rmssd_ms / rms(np.diff(rr)) - 1.0)
                    each.setdefault(name, []).append((told.flagged_ms.size / beats.size, error))
        for name, values in each.items():
            in_vain, errors = np.array(values).T
            worst = float(errors[np.argmax(np.abs(errors))])
            made.append(BreathingScore(name, breaths, float(in_vain.mean()), worst))
    return made
