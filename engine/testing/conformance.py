"""Checks that a driver keeps the contract of a driver, without its device.

A vendor's test is one call::

    def test_my_sensor_conforms() -> None:
        check_driver(MySensor, [Heard(b"...", [Reading(EDA, [1.5])])])

and ``examine(MySensor)`` says how far it has come: bronze, silver or gold.
"""

import random
from collections.abc import Iterator, Sequence

from engine.devices.driver import Driver
from engine.testing.heard import Heard, heard_of
from engine.testing.hosting import can_host, check_hosting
from engine.testing.levels import check_outputs
from engine.testing.long_wire import check_wire
from engine.testing.meaning import check_cutting, check_meaning, check_truncated
from engine.testing.noise import check_noise
from engine.testing.situations import check_motion, check_reconnection, check_stop, check_talk
from engine.testing.soak import check_soak
from engine.testing.verdict import Check, Tier, Verdict
from engine.testing.wire import wire_of


def check_driver(driver: type[Driver], heard: Sequence[Heard] = (), *, seed: int = 0) -> None:
    """Raise AssertionError with everything that is wrong with ``driver``.

    Parameters
    ----------
    driver
        The class under test.
    heard
        Messages recorded from the device; a driver with streams needs at least one. Left out,
        they are read from ``transcripts/<model>.toml`` beside the driver's module.
    seed
        Of the noise.
    """
    faults = find_faults(driver, heard or heard_of(driver), seed=seed)
    if faults:
        raise AssertionError("\n".join([f"{driver.model} is not conformant:", *faults]))


def find_faults(
    driver: type[Driver], heard: Sequence[Heard] = (), *, seed: int = 0
) -> tuple[str, ...]:
    """Return what is wrong with ``driver``, one sentence each; nothing if all is well.

    Everything but names, soak, processes and the long recording: what a test runs in a moment.
    """
    return tuple(
        fault
        for check in _moments(driver, heard, seed)
        if check.name != NAMES
        for fault in check.faults
    )


def examine(
    driver: type[Driver],
    heard: Sequence[Heard] | None = None,
    *,
    seed: int = 0,
    processes: bool = True,
) -> Verdict:
    """Return the verdict on ``driver``.

    Parameters
    ----------
    heard
        Messages recorded from the device; None reads the driver's transcript.
    processes
        Whether to run a serial driver in real processes and kill them (some seconds); without
        that it reaches bronze at most. Radios have no pseudo terminal and are not tried so.
    """
    known = heard_of(driver) if heard is None else heard
    checks = list(_moments(driver, known, seed))
    checks.append(Check(Tier.SILVER, SOAK, _gathered(check_soak(driver, known))))
    if can_host(driver):
        untried = ("was not tried with real processes",)
        faults = _gathered(check_hosting(driver, known)) if processes else untried
        checks.append(Check(Tier.SILVER, PROCESSES, faults))
    checks.append(Check(Tier.GOLD, WIRE, tuple(check_wire(driver, wire_of(driver)))))
    return Verdict(driver.model, f"{driver.__module__}.{driver.__qualname__}", tuple(checks))


NAMES = "named in both languages"
PROCESSES = "killed with SIGKILL, ended, nothing left behind"
SOAK = "ten thousand messages, no more memory"
WIRE = "half an hour of the wire, rate and latency measured"


def _moments(driver: type[Driver], heard: Sequence[Heard], seed: int) -> Iterator[Check]:
    """Yield the checks that take but a moment, in the order a vendor mends things."""
    chance = random.Random(seed)  # noqa: S311 - noise, not secrets

    def check(tier: Tier, name: str, faults: Iterator[str]) -> Check:
        return Check(tier, name, _gathered(faults))

    bronze, silver = Tier.BRONZE, Tier.SILVER
    yield check(bronze, NAMES, _unnamed(driver))
    yield check(bronze, "recorded messages", check_meaning(driver, heard))
    yield check(bronze, "cut and joined in every way", check_cutting(driver, heard, chance))
    if driver.outputs:
        yield check(bronze, "a message for every level", check_outputs(driver, chance))
    if driver.streams:
        yield check(silver, "noise", check_noise(driver, heard, chance))
        yield check(silver, "cut short", check_truncated(driver, heard))
    yield check(silver, "silence, and times", check_talk(driver, heard))
    yield check(silver, "pulled cable", check_reconnection(driver, heard))
    if driver.outputs:
        yield check(silver, "range, slew, rest, time to live", check_motion(driver, heard))
        yield check(silver, "stop, and emergency stop", check_stop(driver, heard))


def _gathered(faults: Iterator[str]) -> tuple[str, ...]:
    """Return all faults; a driver that raises where it must not is one more."""
    found: list[str] = []
    try:
        found.extend(faults)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        found.append(f"raises {type(error).__name__}: {error}")
    return tuple(found)


def _unnamed(driver: type[Driver]) -> Iterator[str]:
    for language, name in (("zh", driver.zh), ("en", driver.en)):
        if not name:
            yield f"has no name for people: {language} is empty"
