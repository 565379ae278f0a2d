"""Shared fixtures."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

# Two workers have two processors: threads of a library would only wait for one another.
# Read by numpy when it is imported, so before anything of ours is.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from engine.clock import VirtualClock
from engine.testing import soak

ROOT = Path(__file__).parents[1]

# The same examples every time: what fails today failed when it was written, and nobody's
# unlucky draw stops another's work. `--hypothesis-profile exploring` draws new ones, and more.
settings.register_profile("dependable", max_examples=40, deadline=None, derandomize=True)
settings.register_profile("exploring", max_examples=1000, deadline=None)
# A hundred times slower without machine code (`NUMBA_DISABLE_JIT=1`): the same laws, fewer times.
settings.register_profile("interpreted", max_examples=4, deadline=None, derandomize=True)
compiled = os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}
settings.load_profile("dependable" if compiled else "interpreted")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that no worker ends long after the others."""
    long = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Set apart what the tests stand on: looking for rubbish then passes over it.

    Every search of a soak would else walk through all modules and tests there are, a third of a
    second each time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def short_soak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a decoder hear three thousand messages; the slow tests of each driver take all."""
    monkeypatch.setattr(soak, "MESSAGES", 3_000)


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Return the folder of real recordings, or skip: they are never part of the project."""
    given = os.environ.get("ANLAN_RECORDINGS")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    if not (folder / "manifest.json").is_file():
        pytest.skip(f"no recordings at {folder}; set ANLAN_RECORDINGS to their folder")
    return folder
