"""Every driver that ships is examined as a vendor's would be, real processes and all."""

import multiprocessing
import os
from pathlib import Path

import pytest

from drivers.gsr_line import GsrLine
from engine.devices import Driver
from engine.testing import Tier, examine, heard_of
from engine.testing.hosting import check_hosting
from tests.shipped import SHIPPED

HEARD = heard_of(GsrLine)


class Stillborn(GsrLine):
    """Greets with a mistake."""

    model = "stillborn"

    def hello(self) -> tuple[bytes, ...]:
        if multiprocessing.parent_process() is not None:
            raise RuntimeError("a mistake only its own process sees")
        return ()


class Mortal(GsrLine):
    """Survives being connected once and no more: it trusts a file that is gone."""

    model = "mortal"

    def hello(self) -> tuple[bytes, ...]:
        if multiprocessing.parent_process() is not None:
            Path(os.environ["ANLAN_TEST_MARK"]).unlink()
        return ()


@pytest.mark.slow
@pytest.mark.parametrize("driver", SHIPPED, ids=lambda d: d.model)
def test_every_driver_that_ships_is_silver_and_says_why_it_is_not_gold(
    driver: type[Driver],
) -> None:
    verdict = examine(driver)

    assert verdict.tier is Tier.SILVER, verdict.text()
    assert "no wire is recorded" in verdict.next_step


@pytest.mark.slow
def test_a_driver_that_fails_in_its_own_process_is_found() -> None:
    faults = list(check_hosting(Stillborn, HEARD))

    assert len(faults) == 1
    assert "does not start" in faults[0]
    assert "RuntimeError: a mistake only its own process sees" in faults[0]


@pytest.mark.slow
def test_a_driver_that_does_not_come_back_after_a_kill_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    mark.touch()
    monkeypatch.setenv("ANLAN_TEST_MARK", str(mark))
    faults = list(check_hosting(Mortal, HEARD))

    assert any("does not come back after SIGKILL" in f for f in faults)
