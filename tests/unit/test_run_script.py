"""`./run`, the one file that needs nothing installed."""

import signal
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Self

import pytest

SCRIPT = Path(__file__).parents[2] / "run"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module that sets nothing up."""
    loader = SourceFileLoader("run_script", str(SCRIPT))
    spec = spec_from_loader("run_script", loader)
    assert spec is not None
    made = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(made)
    monkeypatch.setattr(made, "setup", lambda *, dev: None)
    return made


def called(run: ModuleType, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """Return the programs ``./run WORDS`` calls, each with its arguments in one line."""
    lines: list[str] = []

    def call(program: str, *arguments: str) -> int:
        lines.append(" ".join([program, *arguments]))
        return 0

    monkeypatch.setattr(run, "call", call)
    monkeypatch.setattr(run, "heard", lambda *command: (call(*command), ""))
    monkeypatch.setattr(sys, "argv", ["./run", *words])
    assert run.main() == 0
    return lines


@pytest.mark.parametrize(
    ("words", "end"),
    [
        (["test", "-m", "quiet", "-x"], "pytest -m quiet -x"),
        (["test", "tests/unit", "-k", "pacer"], "pytest tests/unit -k pacer"),
        (["bench", "-k", "room", "-v"], "-q -k room -v"),
        (["bench", "tests/bench/test_ble_bench.py"], "-q tests/bench/test_ble_bench.py"),
        (["demo", "--lang", "en"], "anlan demo --lang en"),
    ],
)
def test_words_for_the_program_that_is_called_reach_it(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, words: list[str], end: str
) -> None:
    (line,) = called(run, monkeypatch, *words)

    assert line.endswith(end)


def test_a_benchmark_that_is_named_runs_alone(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    (everything,) = called(run, monkeypatch, "bench", "-v")
    (one,) = called(run, monkeypatch, "bench", "tests/bench/test_ble_bench.py::test_it")

    assert "pytest tests/bench --" in everything
    assert "pytest --" in one


def test_what_measures_real_time_runs_last_and_by_itself(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = called(run, monkeypatch, "test")

    assert lines[-1] == "pytest -m quiet"
    assert sum("-m not quiet" in line for line in lines) == 1
    assert {"mypy", "pyright", "lint-imports"} <= set(lines)


def test_a_check_that_fails_is_told_and_fails_the_run(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "call", lambda *_: 0)
    monkeypatch.setattr(run, "heard", lambda program, *_: (int(program == "mypy"), "a.py:1: no\n"))
    monkeypatch.setattr(sys, "argv", ["./run", "test", "--fast"])

    assert run.main() == 1
    told = capsys.readouterr().out
    assert "a.py:1: no" in told
    assert "FAILED: mypy" in told


class Session:
    """A program that goes on for a while after Ctrl-C; nobody may kill it."""

    def __init__(self, status: int) -> None:
        self._says = [KeyboardInterrupt, KeyboardInterrupt, None]
        self._status = status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def wait(self) -> int:
        said = self._says.pop(0)
        if said is not None:
            raise said
        return self._status


@pytest.mark.parametrize(("status", "told"), [(0, 0), (3, 3), (-signal.SIGTERM, 143)])
def test_a_program_ends_by_itself_after_ctrl_c(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, status: int, told: int
) -> None:
    session = Session(status)
    monkeypatch.setattr(run.subprocess, "Popen", lambda *_, **__: session)

    assert run.call("anlan", "demo") == told
