"""What a rig file may say about the simulated person, checked before anyone sits down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import ConfigError, FaultyFileError
from engine.streams import Stream
from engine.twin.artefacts import Artefact, artefact_from, nearest
from engine.units import Kind, Unit

SENSORS = {
    "ecg": Stream("ecg", Kind.ECG, Unit.MILLIVOLT, 250.0, 0.05),
    "ppg": Stream("ppg", Kind.PPG, Unit.RAW, 64.0, 0.05),
    "rr": Stream("rr", Kind.RRI, Unit.MILLISECOND, None, 0.20),
    "eda": Stream("eda", Kind.EDA, Unit.MICROSIEMENS, 8.0, 0.10),
    "resp": Stream("resp", Kind.RESP, Unit.RAW, 25.0, 0.10),
    "temp": Stream("temp", Kind.SKIN_TEMP, Unit.CELSIUS, 1.0, 0.50),
}
"""The sensors a simulated person can wear."""

ANSWERS = {
    "SUDS": Stream("suds", Kind.RATING, Unit.RAW, None, 1.0),
    "FMS": Stream("fms", Kind.RATING, Unit.RAW, None, 1.0),
}
"""What the person would answer if asked, by scale; it takes a second to say."""

PEOPLE = ("median", "drawn")
WHERE = "simulated-person"


@dataclass(frozen=True, slots=True)
class PersonOptions:
    """The device's table in the rig file.

    Attributes
    ----------
    seed
        Which person and hour; None takes the session's seed.
    sensors
        Names out of `SENSORS`.
    ecg_rate
        100..1000 Hz.
    person
        ``median``, or ``drawn`` from the population by the seed.
    follows
        Share of the time the guide is followed, 0..1; None leaves it to the person
        (the median one's mind wanders a fifth of the time, half a minute at a time).
    stress
        What the person brings along from the day, 0..1; wears off in a quarter of an hour.
    noise
        Multiplies every sensor's noise.
    artefacts, artefacts_per_hour
        What goes wrong: as listed, and by chance.
    answers
        Whether the person also answers self-ratings, as streams ``suds`` and ``fms``.
    drop_at, drop_for
        When the device is lost (session time) and for how long, s; None never.
    """

    seed: int | None = None
    sensors: tuple[str, ...] = ("ecg", "eda", "resp")
    ecg_rate: float = 250.0
    person: str = "median"
    follows: float | None = None
    stress: float = 0.0
    noise: float = 1.0
    artefacts: tuple[Artefact, ...] = ()
    artefacts_per_hour: float = 0.0
    answers: bool = False
    drop_at: float | None = None
    drop_for: float = 15.0


_FIGURES = {
    "ecg_rate": (100.0, 1000.0),
    "follows": (0.0, 1.0),
    "stress": (0.0, 1.0),
    "noise": (0.0, 100.0),
    "artefacts_per_hour": (0.0, 600.0),
    "drop_at": (0.0, 86400.0),
    "drop_for": (0.0, 86400.0),
}
_KEYS = ("seed", "sensors", "person", "artefacts", "answers", *_FIGURES)


def person_options(table: Mapping[str, Any]) -> PersonOptions:
    """Return what ``table`` says.

    Raises
    ------
    ConfigError
        Naming the key and the remedy; `FaultyFileError` when several keys are wrong.
    """
    read = {
        "seed": _seed,
        "sensors": _sensors,
        "person": _person,
        "artefacts": _artefacts,
        "answers": _answers,
    }
    values: dict[str, Any] = {}
    faults: list[ConfigError] = []
    for key, value in table.items():
        where = f"{WHERE}.{key}"
        try:
            if key not in _KEYS:
                raise ConfigError("unknown key", where=where, hint=nearest(key, _KEYS))  # noqa: TRY301 - all faults are gathered
            values[key] = read[key](value, where) if key in read else _figure(key, value, where)
        except ConfigError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise FaultyFileError(faults, where=WHERE)
    return PersonOptions(**values)


def _seed(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigError(f"{value!r} is not a seed", where=where, hint="a whole number from 0")
    return value


def _sensors(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise ConfigError("names no sensor", where=where, hint='write ["ecg", "eda"]')
    names = [str(name) for name in value]
    for name in names:
        if name not in SENSORS:
            raise ConfigError(f"no sensor {name!r}", where=where, hint=nearest(name, SENSORS))
        if names.count(name) > 1:
            raise ConfigError(f"{name!r} stands twice", where=where, hint="name it once")
    return tuple(names)


def _person(value: object, where: str) -> str:
    if value not in PEOPLE:
        raise ConfigError(f"no person {value!r}", where=where, hint=nearest(str(value), PEOPLE))
    return str(value)


def _answers(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{value!r} is neither true nor false", where=where, hint="write true")
    return value


def _artefacts(value: object, where: str) -> tuple[Artefact, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, Mapping) for v in value):
        hint = 'write [{ kind = "motion", at = 60 }]'
        raise ConfigError("is not a list of tables", where=where, hint=hint)
    return tuple(artefact_from(table, where=f"{where}[{i}]") for i, table in enumerate(value))


def _figure(key: str, value: object, where: str) -> float:
    low, high = _FIGURES[key]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise ConfigError(
        f"{value!r} is impossible", where=where, hint=f"a number from {low:g} to {high:g}"
    )
