"""All a run of the bench found, and what it ran on."""

import importlib.metadata
import importlib.util
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from engine.clock import wall_time
from tools.peers.attempts import Failure
from tools.peers.breath import BreathScore
from tools.peers.cost import Cost
from tools.peers.heart_accuracy import Accuracy
from tools.peers.heart_live import Delay
from tools.peers.imports import ImportCost
from tools.peers.intervals import BreathingScore, InjectedScore, LabelledScore
from tools.peers.skin import SkinScore

PACKAGES = ("neurokit2", "biosppy", "heartpy", "wfdb", "sleepecg", "scipy", "numpy", "numba")

OPTIONAL = {
    "cvxopt": "GPL; NeuroKit2's cvxEDA is left out",
    "ts2vg": "NeuroKit2's emrich2023 is left out",
}
"""Modules peers ask for, and what a run goes without where they are missing."""


@dataclass(slots=True)
class Results:
    """One run; a part that was not run is empty."""

    quick: bool
    seconds: float = 0.0
    accuracy: list[Accuracy] = field(default_factory=list)
    delay: list[Delay] = field(default_factory=list)
    heart_cost: list[Cost] = field(default_factory=list)
    skin: list[SkinScore] = field(default_factory=list)
    skin_cost: list[Cost] = field(default_factory=list)
    injected: list[InjectedScore] = field(default_factory=list)
    labelled: list[LabelledScore] = field(default_factory=list)
    breathing: list[BreathingScore] = field(default_factory=list)
    breath: list[BreathScore] = field(default_factory=list)
    breath_cost: list[Cost] = field(default_factory=list)
    imports: list[ImportCost] = field(default_factory=list)
    failures: dict[str, Sequence[tuple[Failure, int]]] = field(
        default_factory=dict[str, Sequence[tuple[Failure, int]]]
    )
    """By the part it happened in; a part that was run has an entry, if an empty one."""
    absent: Sequence[str] = ()
    """Peers that are not installed, so were not run."""

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values, with where and when it was measured."""
        return {"machine": machine(), "versions": versions(), **asdict(self)}


def versions() -> dict[str, str]:
    """Return the versions of the peers that are installed."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def absent() -> list[str]:
    """Return what the peers ask for and is not installed, and what goes without it."""
    return [
        f"{name} ({without})"
        for name, without in OPTIONAL.items()
        if importlib.util.find_spec(name) is None
    ]


def machine() -> dict[str, str]:
    """Return what the run ran on and the day."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "day": wall_time().date().isoformat(),
    }
