"""How long it takes to import the engine and the peers, each in a fresh interpreter."""

import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np

from tools.peers.steps import Steps

MEASURE = """
import importlib, json, os, sys, time
begun, used = time.perf_counter(), time.process_time()
{what}
print(json.dumps([time.perf_counter() - begun, time.process_time() - used, len(sys.modules)]))
"""
EVERYTHING = """
import pkgutil
import engine
def failed(name): raise ImportError(name)
for found in pkgutil.walk_packages(engine.__path__, "engine.", onerror=failed):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
"""
IMPORTS = {
    "anlan, signal processing, kernels loaded": "from engine.dsp.warmup import warmup\nwarmup()",
    "anlan, every module of the engine": EVERYTHING,
    "neurokit2": "import neurokit2",
    "biosppy, ecg and eda": "import biosppy.signals.ecg, biosppy.signals.eda",
    "heartpy": "import heartpy",
    "wfdb": "import wfdb.processing",
    "sleepecg": "import sleepecg",
    "scipy.signal": "import scipy.signal",
}
QUICK = ("anlan, every module of the engine", "neurokit2", "scipy.signal")
"""What a quick run imports."""
TARGET = 1.5
"""Seconds the warm import of the whole engine may take."""


@dataclass(frozen=True, slots=True)
class ImportCost:
    """Seconds by the clock and of the processor, median and least; modules loaded."""

    name: str
    seconds: float
    least: float
    processor: float
    least_processor: float
    modules: int


def import_costs(steps: Steps, *, quick: bool) -> list[ImportCost]:
    """Return what each import costs when all files are in memory; the first try is not counted."""
    tries = 1 if quick else 3
    chosen = QUICK if quick else tuple(IMPORTS)
    each: dict[str, list[tuple[float, float, int]]] = {name: [] for name in chosen}
    for number in range(tries + 1):
        steps.step(f"round {number} of {tries}")
        for name in chosen:
            run = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", MEASURE.format(what=IMPORTS[name])],
                capture_output=True, check=False, text=True, timeout=120,
            )  # fmt: skip
            if number and run.returncode == 0:
                wall, cpu, modules = json.loads(run.stdout.splitlines()[-1])
                each[name].append((wall, cpu, modules))
    made = []
    for name, values in each.items():
        if values:
            wall, cpu, modules = np.array(values, dtype=np.float64).T
            made.append(
                ImportCost(
                    name, float(np.median(wall)), float(wall.min()), float(np.median(cpu)),
                    float(cpu.min()),
                    int(modules[0]),
                )
            )  # fmt: skip
    return made
