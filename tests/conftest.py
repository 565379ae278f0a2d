"""Shared fixtures."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from engine.clock import VirtualClock
from engine.testing import soak

ROOT = Path(__file__).parents[1]

# The same examples every time: what fails today failed when it was written, and nobody's
# unlucky draw stops another's work. `--hypothesis-profile exploring` draws new ones, and more.
settings.register_profile("dependable", max_examples=40, deadline=None, derandomize=True)
settings.register_profile("exploring", max_examples=1000, deadline=None)
settings.load_profile("dependable")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give what shares a fixture of its module to one worker: each would make it again."""
    if isinstance(item, pytest.Function) and item.get_closest_marker("xdist_group") is None:
        shared = shared_by_module(item)
        if shared is not None:
            item.add_marker(pytest.mark.xdist_group(shared))


def shared_by_module(item: pytest.Function) -> str | None:
    """Return a name of what a test shares with others of its module, or None."""
    scopes = {
        name: found[-1].scope for name, found in item._fixtureinfo.name2fixturedefs.items() if found
    }
    shared = [name for name, scope in scopes.items() if scope == "module"]
    if not shared:
        return None
    # One that is made in several ways is another one each time.
    ways = getattr(item, "callspec", None)
    made = [str(ways.indices[name]) for name in shared if ways and name in ways.indices]
    return "-".join([item.path.stem, *made])


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
