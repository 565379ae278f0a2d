"""Checks that a driver keeps the contract of a driver, without its device.

A vendor's test is one call::

    def test_my_sensor_conforms() -> None:
        check_driver(MySensor, [Heard(b"...", [Reading(EDA, [1.5])])])

and ``examine(MySensor)`` says how far it has come: bronze, silver or gold.
"""

import random
from collections.abc import Callable, Iterator, Sequence

from engine.devices.driver import Driver
from engine.devices.links import SerialLink
from engine.errors import AnlanError, FaultyFileError
from engine.testing import names
from engine.testing.heard import Heard, heard_of, transcript_of
from engine.testing.hosting import cannot_host, check_hosting
from engine.testing.levels import check_outputs, check_places, check_stillness
from engine.testing.long_wire import check_wire
from engine.testing.meaning import check_cutting, check_meaning, check_truncated
from engine.testing.messages import check_messages
from engine.testing.names import CUT, MEANING, MESSAGES, PROCESSES, ROUNDS, SOAK, WIRE
from engine.testing.naming import unnamed
from engine.testing.noise import check_noise
from engine.testing.patience import LONGEST, NeverEndsError, patience
from engine.testing.raised import Raised
from engine.testing.short_wire import meaning_of, rate_of
from engine.testing.situations import check_motion, check_reconnection, check_stop, check_talk
from engine.testing.soak import check_soak
from engine.testing.talk import check_rounds
from engine.testing.verdict import Check, Tier, Verdict
from engine.testing.wire import WireRecording, wire_of


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

    Everything but soak, processes and what takes a long recording: what a test runs in a
    moment. A recording of the wire beside the transcript has to mean what it meant.
    """
    return tuple(fault for check in _moments(driver, heard, seed) for fault in check.faults)


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
        Whether to run the driver in real processes and kill them (some seconds); without
        that it reaches bronze at most.
    """
    try:
        known = heard_of(driver) if heard is None else heard
    except AnlanError as error:
        each = error.faults if isinstance(error, FaultyFileError) else (error,)
        faults = tuple(f"{transcript_of(driver).name} {fault}" for fault in each)
        return _verdict(driver, [Check(Tier.BRONZE, MESSAGES, faults)])
    checks = list(_moments(driver, known, seed))
    if raising := _raising(checks):
        where = (
            RAISES if raising.tier is Tier.BRONZE else f"the driver raises ({raising.name}), {MEND}"
        )
        checks += [Check(Tier.SILVER, name, unexamined=where) for name in (SOAK, PROCESSES)]
    else:
        checks.append(Check(Tier.SILVER, SOAK, _gathered(check_soak(driver, known))))
        why = cannot_host(driver)
        untried = ("was not tried with real processes",)
        faults = _hosted(driver, known) if processes and not why else untried
        checks.append(Check(Tier.SILVER, PROCESSES, () if why else faults, why))
    checks.append(_made(Tier.GOLD, WIRE, lambda: check_wire(driver, wire_of(driver))))
    return _verdict(driver, checks)


def _verdict(driver: type[Driver], checks: Sequence[Check]) -> Verdict:
    return Verdict(driver.model, f"{driver.__module__}.{driver.__qualname__}", tuple(checks))


MEND = "mend that first"
RAISES = f"the driver raises on what is recorded; {MEND}"

Rows = Iterator[tuple[Tier, str, Callable[[], Iterator[str]]]]


def _moments(driver: type[Driver], heard: Sequence[Heard], seed: int) -> Iterator[Check]:
    """Yield the checks that take but a moment, in the order a vendor mends things."""
    chance = random.Random(seed)  # noqa: S311 - noise, not secrets
    bronze: list[Check] = []
    for tier, name, faults_of in _first(driver, heard, chance):
        in_vain = name in {CUT, ROUNDS} and _raising(bronze) is not None
        made = Check(tier, name, unexamined=RAISES) if in_vain else _made(tier, name, faults_of)
        bronze.append(made)
    bronze += _of_wire(driver, meaning_of)
    yield from bronze
    raises = _raising(bronze) is not None
    for row in _then(driver, heard, chance):
        yield Check(*row[:2], unexamined=RAISES) if raises else _made(*row)
    if not raises:
        yield from _of_wire(driver, rate_of)


def _first(driver: type[Driver], heard: Sequence[Heard], chance: random.Random) -> Rows:
    bronze = Tier.BRONZE
    if driver.outputs:
        yield bronze, names.NAMED, lambda: unnamed(driver.outputs)
    yield bronze, names.BYTES, lambda: check_messages(driver, heard)
    yield bronze, MESSAGES, lambda: check_meaning(driver, heard)
    if driver.streams:
        yield bronze, ROUNDS, lambda: check_rounds(driver, heard)
    if isinstance(driver.link, SerialLink):  # a radio delivers a message whole or not at all
        yield bronze, CUT, lambda: check_cutting(driver, heard, chance)
    if driver.outputs:
        yield bronze, names.LEVELS, lambda: check_outputs(driver, chance)
        yield bronze, names.STILL, lambda: check_stillness(driver, heard)


def _then(driver: type[Driver], heard: Sequence[Heard], chance: random.Random) -> Rows:
    silver = Tier.SILVER
    if driver.streams:
        yield silver, names.NOISE, lambda: check_noise(driver, heard, chance)
    if driver.streams and isinstance(driver.link, SerialLink):
        yield silver, names.SHORT, lambda: check_truncated(driver, heard)
    yield silver, names.SILENCE, lambda: check_talk(driver, heard)
    yield silver, names.PULLED, lambda: check_reconnection(driver, heard)
    if any(o.places for o in driver.outputs):
        yield silver, names.PLACES, lambda: check_places(driver)
    if driver.outputs:
        yield silver, names.MOTION, lambda: check_motion(driver, heard)
        yield silver, names.STOP, lambda: check_stop(driver, heard)


def _made(tier: Tier, name: str, faults_of: Callable[[], Iterator[str]]) -> Check:
    return Check(tier, name, _gathered(faults_of()))


def _raising(checks: Sequence[Check]) -> Check | None:
    return next((check for check in checks if check.raises), None)


def _of_wire(
    driver: type[Driver],
    checks_of: Callable[[type[Driver], WireRecording | None], Iterator[Check]],
) -> list[Check]:
    """Return what the recording beside the driver proves; one that cannot be read is a fault."""
    try:
        return list(checks_of(driver, wire_of(driver)))
    except Exception as error:  # noqa: BLE001 - a vendor's file, played by a vendor's code
        return [Check(Tier.BRONZE, MEANING, (Raised.of(error),))]


def _gathered(faults: Iterator[str]) -> tuple[str, ...]:
    """Return all faults; a driver that raises where it must not is one more."""
    found: list[str] = []
    try:
        with patience(LONGEST):
            found.extend(faults)
    except (Exception, NeverEndsError) as error:  # noqa: BLE001 - that is what is looked for
        found.append(Raised.of(error))
    return tuple(found)


def _hosted(driver: type[Driver], heard: Sequence[Heard]) -> tuple[str, ...]:
    """Return what goes wrong with real processes, which have time limits of their own."""
    try:
        return tuple(check_hosting(driver, heard))
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return (Raised.of(error),)
