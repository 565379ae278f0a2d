"""Prints what a benchmark found out besides its time: latencies, shares of a core, sizes."""

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

FOUND = pytest.StashKey[dict[str, dict[str, object]]]()


@pytest.fixture(autouse=True)
def found(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep what the benchmark tells of itself."""
    yield
    made = request.node.funcargs.get("benchmark")
    if isinstance(made, BenchmarkFixture) and made.extra_info:
        request.config.stash.setdefault(FOUND, {})[request.node.name] = dict(made.extra_info)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it below the table of times, which for these hold waiting, too."""
    kept = terminalreporter.config.stash.get(FOUND, {})
    if kept:
        terminalreporter.section("found besides the time")
    for name, facts in kept.items():
        terminalreporter.line(f"{name}: " + ", ".join(f"{k} {_short(v)}" for k, v in facts.items()))


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
