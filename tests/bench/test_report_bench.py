"""How long the report of a twenty-minute session takes."""

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.report import write_report
from engine.report.page import render
from tests.report_recording import record
from tests.report_sessions import protocol_named, rehearsed


@pytest.mark.slow
def test_report_from_a_recording(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    protocol = protocol_named("capsule-20")
    record(rehearsed(protocol), protocol, tmp_path)

    benchmark(write_report, tmp_path, tmp_path / "report.html")

    assert (tmp_path / "report.html").stat().st_size < 400_000


def test_report_page(benchmark: BenchmarkFixture) -> None:
    view = rehearsed(protocol_named("capsule-20"))

    assert benchmark(render, view)
