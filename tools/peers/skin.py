"""Responses of the skin: ours against every method of NeuroKit2 and BioSPPy, on known truth."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.dsp import eda_layout as at
from engine.dsp.eda import SkinConductance
from engine.streams import F64
from tests.skin_truth import Truth, skin
from tools.peers.attempts import Failures, peer_module
from tools.peers.beat_score import agreement
from tools.peers.cost import Cost, costs, timed
from tools.peers.steps import Steps

WITHIN = 2.0
"""A response found this near to a true one is it, s."""
FINE = 32.0
"""Rate the signal is resampled to as a second chance for peers made for faster sampling."""
LEAST = (0.1, 0.01)
"""Thresholds against the largest response: a peer's own default, and a lower one."""
SPLITS = ("highpass", "smoothmedian", "sparse", "cvxeda")
RULES = ("neurokit", "gamboa2008", "kim2004", "vanhalem2020", "nabian2018")
THRESHOLDED = frozenset({"neurokit", "kim2004"})
EVENTS = ("emotiphai", "kbk", "basic")
LOOK_BACK = 60.0
"""s of skin conductance a peer is given at each live update."""


@dataclass(frozen=True, slots=True)
class SkinScore:
    """Mean F1 of one method in one cell: its best setting; ours has one only."""

    name: str
    rate: float
    a_minute: int
    noise_ns: float
    f1: float
    setting: str


def ours(true: Truth, rate: float) -> float:
    """Return F1 of our onsets, found as they come."""
    rows = SkinConductance(rate).push(true.t, true.y)
    onsets = rows[~np.isnan(rows[:, at.O_ONSET]), at.O_ONSET]
    return agreement(true.onsets, np.sort(onsets), WITHIN).f1


def better(true: Truth, onsets: F64, peaks: F64, begin: float, rate: float) -> float:
    """Return the better F1 of onsets against onsets and of peaks against peaks."""
    marks = [(true.onsets, onsets), (np.sort(true.peaks), peaks)]
    return max(
        agreement(known, np.sort(begin + x[np.isfinite(x)] / rate), WITHIN).f1 for known, x in marks
    )


def neurokit(
    true: Truth, rate: float, failures: Failures, data: str
) -> Iterator[tuple[str, float]]:
    """Yield the F1 of every split with every rule and threshold."""
    nk = peer_module("neurokit2")
    for split in SPLITS:
        name = f"neurokit2 {split}"
        phasic = failures.attempt(name, data, _phasic, true, rate, split)
        if phasic is None:
            continue
        for rule in RULES:
            for least in LEAST if rule in THRESHOLDED else LEAST[:1]:
                told = failures.attempt(
                    f"{name} + {rule}",
                    data,
                    nk.eda_findpeaks,
                    phasic,
                    sampling_rate=rate,
                    method=rule,
                    amplitude_min=least,
                )
                score = 0.0
                if told is not None:
                    onsets = np.asarray(told["SCR_Onsets"], dtype=np.float64).ravel()
                    peaks = np.asarray(told["SCR_Peaks"], dtype=np.float64).ravel()
                    score = better(true, onsets, peaks, float(true.t[0]), rate)
                yield f"{name} + {rule}|{least:g}", score


def _phasic(true: Truth, rate: float, split: str) -> F64:
    nk = peer_module("neurokit2")
    clean = nk.eda_clean(true.y, sampling_rate=rate)
    parts = nk.eda_phasic(clean, sampling_rate=rate, method=split)
    return np.asarray(parts["EDA_Phasic"], dtype=np.float64)


def biosppy(true: Truth, rate: float, failures: Failures, data: str) -> Iterator[tuple[str, float]]:
    """Yield the F1 of every method of BioSPPy's `eda_events`."""
    eda = peer_module("biosppy.signals.eda")
    for method in EVENTS:
        name = f"biosppy {method}"
        settings = [{}] if method == "basic" else [{"min_amplitude": least} for least in LEAST]
        for setting in settings:
            told = failures.attempt(
                name,
                data,
                eda.eda_events,
                true.y,
                rate,
                method=method,
                **setting,
            )
            score = 0.0
            if told is not None:
                onsets, peaks = (np.asarray(told[k], dtype=np.float64) for k in ("onsets", "peaks"))
                score = better(true, onsets, peaks, float(true.t[0]), rate)
            yield f"{name}|{next(iter(setting.values()), 0.0):g}", score


def finer(true: Truth) -> Truth:
    """Return the same person sampled at `FINE` Hz by straight lines."""
    t = np.arange(true.t[0], true.t[-1], 1.0 / FINE)
    return Truth(
        t, np.interp(t, true.t, true.y), np.interp(t, true.t, true.tonic),
        true.onsets, true.peaks, true.amplitudes,
    )  # fmt: skip


def skin_scores(failures: Failures, steps: Steps, *, quick: bool) -> list[SkinScore]:
    """Return the F1 of everyone in every cell: rate x responses a minute x noise.

    A method that fails on a person scores 0 there. Peers get the whole recording and the
    best of their settings and of two sampling rates, chosen with the truth in hand.
    """
    a_minute, noises = ((2, 12), (0.005,)) if quick else ((2, 6, 12, 20), (0.001, 0.005, 0.02))
    seeds = range(2)
    made: list[SkinScore] = []
    for rate, often, noise in itertools.product((4.0, 8.0), a_minute, noises):
        data = f"skin {rate:g} Hz, {often} a minute, {1e3 * noise:g} nS"
        steps.step(data)
        scores: dict[str, dict[str, list[float]]] = {"anlan": {"": []}}
        for seed in seeds:
            true = skin(rate, often, noise, seed)
            scores["anlan"][""].append(ours(true, rate))
            for given, at_rate in ((true, rate), (finer(true), FINE)):
                for key, f1 in itertools.chain(
                    neurokit(given, at_rate, failures, data),
                    biosppy(given, at_rate, failures, data),
                ):
                    name, least = key.split("|")
                    by = scores.setdefault(name, {})
                    by.setdefault(f"{at_rate:g} Hz, {least}", []).append(f1)
        for name, by in scores.items():
            setting = max(by, key=lambda s: sum(by[s]) / len(seeds))
            made.append(
                SkinScore(
                    name, rate, often, round(1e3 * noise, 6), sum(by[setting]) / len(seeds), setting
                )
            )
    return made


def skin_costs(failures: Failures, steps: Steps, *, quick: bool) -> list[Cost]:
    """Return what 250 ms of skin conductance at 8 Hz cost, peers on the latest minute."""
    rate = 8.0
    true = skin(rate, 6, 0.005, 1)
    nk, eda = peer_module("neurokit2"), peer_module("biosppy.signals.eda")
    engine = SkinConductance(rate)

    def highpass(y: F64) -> object:
        parts = nk.eda_phasic(nk.eda_clean(y, sampling_rate=rate), sampling_rate=rate)
        return nk.eda_findpeaks(np.asarray(parts["EDA_Phasic"]), sampling_rate=rate)

    def emotiphai(y: F64) -> object:
        return eda.eda_events(y, rate, method="emotiphai")

    peers = {"neurokit2 highpass + neurokit": highpass, "biosppy emotiphai": emotiphai}
    spent: dict[str, list[float]] = {name: [] for name in ("anlan", *peers)}
    width, hop = int(LOOK_BACK * rate), int(0.25 * rate)
    engine.push(true.t[:width], true.y[:width])
    steps.step("cost of an update of the skin")
    for k in range(20 if quick else 200):
        to = width + (k + 1) * hop
        t, y, back = true.t[to - hop : to], true.y[to - hop : to], true.y[to - width : to]
        spent["anlan"].append(timed(engine.push, t, y)[1])
        for name, look in peers.items():
            told, cost = timed(failures.attempt, name, "live skin", look, back)
            if told is not None:
                spent[name].append(cost)
    return costs(spent, "anlan")
