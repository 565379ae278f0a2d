"""Shared fixtures."""

import os
from pathlib import Path

import pytest

from engine.clock import VirtualClock

ROOT = Path(__file__).parents[1]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(scope="session")
def recordings() -> Path:
    """Return the folder of real recordings, or skip: they are never part of the project."""
    given = os.environ.get("ANLAN_RECORDINGS")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    if not (folder / "manifest.json").is_file():
        pytest.skip(f"no recordings at {folder}; set ANLAN_RECORDINGS to their folder")
    return folder
