"""Whoever starts a part of the engine waits for that part only."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.dsp.jit import COMPILED

HEAVY = (
    "scipy.signal", "scipy.stats", "matplotlib", "panda3d", "bleak", "jinja2", "numba", "pydantic",
    "sounddevice", "edfio", "rich", "asyncio",
)  # fmt: skip
WITHOUT = {
    "engine.plugins": HEAVY,
    "engine.cli.entry": HEAVY,
    "engine.twin.simulated": tuple(h for h in HEAVY if h != "rich"),
    "engine.stage.process": tuple(h for h in HEAVY if h != "panda3d"),
    "engine.graph.standard": tuple(h for h in HEAVY if h != "numba"),
    "engine.sound.process": tuple(h for h in HEAVY if h != "numba"),
    "engine.runtime.room": (*HEAVY[:6], "sounddevice", "edfio"),
    "engine.analysis": HEAVY[:6],
}  # fmt: skip
"""By what is imported: what that must not bring along."""

FLOOR = """
import time
begun = time.process_time()
import numpy, numba
@numba.njit("float64(float64)", cache=True)
def nothing(x):
    return x
print(time.process_time() - begun)
"""
SIGNALS = """
import time
begun = time.process_time()
import engine.graph.standard
from engine.dsp.warmup import warmup
warmup()
print(time.process_time() - begun)
import sys
print([m for m in ("scipy.linalg", "numpy.f2py", "cffi", "numba.np.arraymath") if m in sys.modules])
"""


def told(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    return run.stdout


QUICK = ("engine.plugins", "engine.cli.entry", "engine.twin.simulated", "engine.stage.process")
"""What is loaded in a moment; the others bring the compiler."""


@pytest.mark.parametrize(
    "module", [pytest.param(m, marks=() if m in QUICK else pytest.mark.slow) for m in WITHOUT]
)
def test_nothing_heavy_is_imported_by_what_does_not_need_it(module: str) -> None:
    code = f"import json, sys, {module}\nprint(json.dumps(sorted(sys.modules)))"

    loaded = set(json.loads(told(code)))

    assert [heavy for heavy in WITHOUT[module] if heavy in loaded] == []


def test_help_comes_without_numpy() -> None:
    code = (
        "import sys\nfrom engine.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(m for m in ('numpy', 'numba', 'scipy', 'rich') if m in sys.modules))"
    )

    assert told(code).splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="compilation is switched off")
def test_a_live_room_designs_its_filters_without_scipys_signal() -> None:
    code = (
        "import sys\nfrom tests.wired_rig import FOUR, played, recorded\n"
        "list(played(FOUR, recorded(FOUR, 10.0)))\n"
        "print([m for m in ('scipy.signal', 'scipy.stats', 'matplotlib') if m in sys.modules])"
    )

    assert told(code).splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="compilation is switched off")
def test_the_whole_signal_engine_starts_in_little_more_than_numba_itself(tmp_path: Path) -> None:
    """Both are processor time with files in memory, in turn, so that a busy computer cancels out.

    The floor is numba and one function out of its cache, for which numba readies its whole
    compiler: all filters and their kernels, which need none of it, cost hardly more.
    """
    floor_file = tmp_path / "floor.py"  # numba keeps the machine code of files only
    floor_file.write_text(FLOOR)
    told(SIGNALS)

    def floor() -> float:
        run = subprocess.run(
            [sys.executable, floor_file], check=True, capture_output=True, text=True, timeout=120
        )
        return float(run.stdout)

    floor()
    ratios = []
    for _ in range(5):
        took, compiler = told(SIGNALS).splitlines()
        ratios.append(float(took) / floor())

        assert compiler == "[]"

    assert np.median(ratios) < 1.15
