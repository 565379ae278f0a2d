"""Every driver that ships is examined as a vendor's would be, real processes and all."""

import multiprocessing
import os
from pathlib import Path

import pytest

from drivers.gsr_line import GsrLine
from drivers.heart_rate_band import HeartRateBand
from engine.devices import Driver
from engine.testing import Tier, examine, heard_of, hosting
from engine.testing.hosting import check_hosting
from engine.testing.names import RATE
from tests.shipped import SHIPPED

HEARD = heard_of(GsrLine)


class Stillborn(HeartRateBand):
    """A Bluetooth driver that greets with a mistake."""

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


HOSTED = {
    "gsr-line",
    "drift-chair",
    "modbus-chair",
    "heart-rate-band",
    "polar-h10",
    "okin-recliner",
}
"""One of each family is killed; the others are the same but for their bytes."""


@pytest.mark.slow
@pytest.mark.parametrize("driver", SHIPPED, ids=lambda d: d.model)
def test_every_driver_that_ships_is_silver_and_says_why_it_is_not_gold(
    driver: type[Driver],
) -> None:
    verdict = examine(driver, processes=driver.model in HOSTED)
    faults = [f for c in verdict.checks if c.tier is not Tier.GOLD for f in c.faults]

    if driver.model in HOSTED:
        assert verdict.tier is Tier.SILVER, verdict.text()
        assert "no wire is recorded" in verdict.next_step
    else:
        assert faults == ["was not tried with real processes"], verdict.text()
    assert {c.name for c in verdict.unexamined} <= {RATE}


@pytest.mark.slow
def test_a_bluetooth_driver_that_fails_in_its_own_process_is_found() -> None:
    faults = list(check_hosting(Stillborn, heard_of(HeartRateBand)))

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
    monkeypatch.setattr(hosting, "STARTS_WITHIN", 15.0)
    faults = list(check_hosting(Mortal, HEARD))

    assert any("does not come back after SIGKILL" in f for f in faults)
