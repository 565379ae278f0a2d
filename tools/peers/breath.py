"""Breathing rate from a belt: ours as it comes, peers on the latest half minute."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import signal

from engine.dsp import belt_layout as at
from engine.dsp.belt import BreathingBelt
from engine.streams import F64
from tools.peers.attempts import Failures, peer_module
from tools.peers.cost import Cost, costs, timed
from tools.peers.steps import Steps

LOOK_BACK = 30.0
EVERY = 2.0
"""s between two comparisons."""
SURE = 0.5
"""Our rate is shown from this confidence on."""
RECORDED = {
    "rest": ("neurokit/bio_resting_5min_100hz.npz", "RSP"),
    "pictures": ("neurokit/bio_eventrelated_100hz.npz", "RSP"),
    "airflow": ("garcia_physio/rec1.npz", "airflow"),
}
RULES = ("khodadad2018", "biosppy", "scipy")


@dataclass(frozen=True, slots=True)
class Breathing:
    """A signal whose breaths in begin at ``onsets`` (s)."""

    name: str
    rate: float
    x: F64
    onsets: F64


@dataclass(frozen=True, slots=True)
class BreathScore:
    """Mean absolute error of the rate, 1/min, and how often a rate was told, 0..1.

    ``error_when_sure`` counts only the moments at which ours shows its rate.
    """

    name: str
    data: str
    error: float
    error_p95: float
    error_when_sure: float
    told: float


def recorded(recordings: Path) -> list[Breathing]:
    """Return recorded people; onsets by a stated offline rule with the whole record in hand.

    The rule: zero-phase band-pass 0.05-1 Hz, troughs with a prominence of 30 % of the
    10-90 % swing, at least 0.9 s apart.
    """
    made = []
    for name, (file, key) in RECORDED.items():
        with np.load(recordings / file) as kept:
            rate, x = float(kept["fs"]), kept[key].astype(np.float64)
        sos = signal.butter(2, [0.05, 1.0], "bandpass", fs=rate, output="sos")
        smooth = signal.sosfiltfilt(sos, x)
        swing = float(np.subtract(*np.percentile(smooth, [90, 10])))
        low, _ = signal.find_peaks(-smooth, prominence=0.3 * swing, distance=int(0.9 * rate))
        made.append(Breathing(name, rate, x, np.asarray(low / rate, dtype=np.float64)))
    return made


def drawn(*, quick: bool) -> list[Breathing]:
    """Return made-up breathing, uneven as at rest, of which every breath is known."""
    made = []
    for name, per_minute, uneven in (("made, even 6", 6.0, 0.03), ("made, uneven 15", 15.0, 0.15)):
        rng = np.random.default_rng(3)
        lasts, rate = (120.0, 25.0) if quick else (300.0, 25.0)
        onsets = [0.0]
        while onsets[-1] < lasts + 20.0:
            step = 60.0 / per_minute * (1.0 + uneven * float(rng.standard_normal()))
            onsets.append(onsets[-1] + max(1.2, step))
        begin = np.array(onsets)
        depth = 1.0 + 0.15 * rng.standard_normal(begin.size)
        t = np.arange(int(lasts * rate)) / rate
        k = np.searchsorted(begin, t, side="right") - 1
        turn = (t - begin[k]) / (begin[k + 1] - begin[k])
        x = depth[k] * 0.5 * (1.0 - np.cos(2.0 * np.pi * turn)) + 0.03 * rng.standard_normal(t.size)
        made.append(Breathing(name, rate, x, begin[begin < lasts]))
    return made


def true_rate(onsets: F64, now: float) -> float:
    """Return breaths a minute over the whole breaths of the latest half minute."""
    inside = onsets[(onsets > now - LOOK_BACK) & (onsets <= now)]
    return float(60.0 * (inside.size - 1) / (inside[-1] - inside[0])) if inside.size > 2 else np.nan


def _neurokit(rule: str, x: F64, rate: float) -> float:
    nk = peer_module("neurokit2")
    clean = nk.rsp_clean(
        x, sampling_rate=int(rate), method="biosppy" if rule == "biosppy" else "khodadad2018"
    )
    told = nk.rsp_findpeaks(clean, sampling_rate=int(rate), method=rule)
    low = np.asarray(told["RSP_Troughs"], dtype=np.float64)
    low = low[np.isfinite(low)]
    return float(60.0 * rate * (low.size - 1) / (low[-1] - low[0])) if low.size > 1 else np.nan


def _biosppy(x: F64, rate: float) -> float:
    told = peer_module("biosppy.signals.resp").resp(x, sampling_rate=rate, show=False)
    return 60.0 * float(np.mean(told["resp_rate"])) if len(told["resp_rate"]) else np.nan


def peers() -> dict[str, Callable[[F64, float], float]]:
    """Return the peers' rates of a stretch of signal, 1/min."""
    made: dict[str, Callable[[F64, float], float]] = {
        f"neurokit2 {rule}": functools.partial(_neurokit, rule) for rule in RULES
    }
    made["biosppy resp"] = _biosppy
    return made


def breath_scores(
    recordings: Path, failures: Failures, steps: Steps, *, quick: bool
) -> list[BreathScore]:
    """Return the errors of everyone's rate, moment by moment."""
    made: list[BreathScore] = []
    for person in (*recorded(recordings), *drawn(quick=quick)):
        steps.step(person.name)
        rows = BreathingBelt(person.rate).push(np.arange(person.x.size) / person.rate, person.x)
        last = person.x.size / person.rate
        moments = np.arange(LOOK_BACK + 5.0, last, EVERY)
        truth = np.array([true_rate(person.onsets, now) for now in moments])
        row = rows[np.clip(np.searchsorted(rows[:, at.O_TIME], moments) - 1, 0, None)]
        sure = row[:, at.O_RATE_CONFIDENCE] >= SURE
        told = {"anlan": np.where(sure, row[:, at.O_RATE], np.nan)}
        for name, rate_of in peers().items():
            each = []
            for now in moments:
                to = int(now * person.rate)
                part = person.x[to - int(LOOK_BACK * person.rate) : to]
                value = failures.attempt(name, person.name, rate_of, part, person.rate)
                each.append(np.nan if value is None else value)
            told[name] = np.array(each)
        known = np.isfinite(truth)
        for name, values in told.items():
            error = np.abs(values - truth)
            there = known & np.isfinite(error)
            both = there & sure
            made.append(
                BreathScore(
                    name,
                    person.name,
                    float(error[there].mean()) if there.any() else np.nan,
                    float(np.percentile(error[there], 95)) if there.any() else np.nan,
                    float(error[both].mean()) if both.any() else np.nan,
                    float(there.sum() / max(1, known.sum())),
                )
            )
    return made


def breath_costs(recordings: Path, failures: Failures, steps: Steps, *, quick: bool) -> list[Cost]:
    """Return what 250 ms of a belt at 100 Hz cost, peers on the latest half minute."""
    person = recorded(recordings)[0]
    steps.step("cost of an update of the belt")
    belt = BreathingBelt(person.rate)
    width, hop = int(LOOK_BACK * person.rate), int(0.25 * person.rate)
    t = np.arange(person.x.size) / person.rate
    belt.push(t[:width], person.x[:width])
    everyone = peers()
    spent: dict[str, list[float]] = {name: [] for name in ("anlan", *everyone)}
    for k in range(20 if quick else 200):
        to = width + (k + 1) * hop
        new = slice(to - hop, to)
        spent["anlan"].append(timed(belt.push, t[new], person.x[new])[1])
        back = person.x[to - width : to]
        for name, rate_of in everyone.items():
            value, cost = timed(failures.attempt, name, "live belt", rate_of, back, person.rate)
            if value is not None:
                spent[name].append(cost)
    return costs(spent, "anlan")
