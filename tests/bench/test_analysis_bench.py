"""How long five minutes of a seated person take."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from engine.analysis import analyse, to_text
from engine.analysis.page import render
from tests.analysis_kit import lived


@pytest.mark.slow
def test_analysis_of_five_minutes_at_250_hz(benchmark: BenchmarkFixture) -> None:
    recording = lived(300.0, sensors=["ecg", "eda", "resp"]).recording

    analysis = benchmark(analyse, recording)

    assert analysis.good_enough


@pytest.mark.slow
def test_writing_it_as_json_and_as_a_page(benchmark: BenchmarkFixture) -> None:
    analysis = analyse(lived(300.0, sensors=["ecg", "eda", "resp"]).recording)

    made = benchmark(lambda: (to_text(analysis), render(analysis)))

    assert all(made)
