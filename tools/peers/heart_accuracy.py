"""Whole electrocardiograms through every detector: which beats, and how well timed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.streams import F64
from tools.peers.attempts import Failures
from tools.peers.beat_score import agreement, lag_and_jitter, pairs
from tools.peers.heart_peers import HeartPeer, ours
from tools.peers.heart_records import Heart
from tools.peers.steps import Steps

STARTED = 3.3
"""s: ours learns for three. Nobody's beats before that count."""
WIDE, NARROW = 0.150, 0.050
"""How far from its label a beat may be, s: the field's custom, and what timing needs."""


LEARNING = 300.0
"""s the field's rules (ANSI/AAMI EC57) let a detector learn; a shorter record counts whole."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Beats found at 150 ms, missed and made up after `LEARNING`."""

    found: int
    missed: int
    made_up: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How one detector did on one heart; times in ms, shares 0..1."""

    name: str
    heart: str
    sensitivity: float
    predictive: float
    f1: float
    f1_narrow: float
    lag_ms: float
    jitter_ms: float
    learnt: Counts


def accuracies(
    hearts: Sequence[Heart], peers: Sequence[HeartPeer], failures: Failures, steps: Steps
) -> list[Accuracy]:
    """Return the accuracy of ours and of every peer on every heart."""
    everyone = [HeartPeer("anlan", "engine", ours), *peers]
    made: list[Accuracy] = []
    for heart in hearts:
        truth = heart.beats[heart.beats > STARTED]
        for peer in everyone:
            steps.step(f"{heart.name}: {peer.name}")
            found = failures.attempt(
                peer.name,
                heart.name,
                peer.find,
                heart.x,
                heart.rate,
            )
            if found is None:
                continue
            found = np.asarray(found[found > STARTED])
            wide, narrow = agreement(truth, found, WIDE), agreement(truth, found, NARROW)
            lag, jitter = lag_and_jitter(truth, found, WIDE)
            made.append(
                Accuracy(
                    peer.name,
                    heart.name,
                    wide.sensitivity,
                    wide.predictive,
                    wide.f1,
                    narrow.f1,
                    1e3 * lag,
                    1e3 * jitter,
                    counts(truth, found, heart.x.size / heart.rate),
                )
            )
    return made


def counts(truth: F64, found: F64, lasts: float) -> Counts:
    """Return what of the beats ``truth`` was ``found`` after learning, both ``(n,)`` s."""
    begin = LEARNING if lasts > 2.0 * LEARNING else 0.0
    true, told = truth[truth >= begin], found[found >= begin]
    # A pair across the border is no fault of anybody's.
    both = int(pairs(true, found, WIDE)[0].size)
    twice = int(pairs(truth, told, WIDE)[0].size)
    return Counts(both, int(true.size) - both, int(told.size) - twice)
