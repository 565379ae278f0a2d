"""How what a message was read as differs from what it was said to mean."""

import math
from collections.abc import Iterator, Sequence

from engine.devices.reading import Reading


def same(said: Sequence[Reading], meant: Sequence[Reading]) -> bool:
    """Whether two lists of readings say the same; a missing sample is like any other."""
    return not any(unlike(said, meant))


def unlike(said: Sequence[Reading], meant: Sequence[Reading]) -> Iterator[str]:
    """Yield only what differs, as "expected ..., got ...", field by field."""
    if len(said) != len(meant):
        yield f"expected {_brief(meant)}, got {_brief(said)}"
        return
    for n, (a, b) in enumerate(zip(said, meant, strict=True), 1):
        which = f"reading {n}" if len(meant) > 1 else ""
        for fault in _fields(a, b):
            yield " ".join(filter(None, (which, fault)))


def _fields(said: Reading, meant: Reading) -> Iterator[str]:
    if said.stream != meant.stream:
        if said.stream.name != meant.stream.name:
            yield f"stream: expected {meant.stream.name!r}, got {said.stream.name!r}"
        else:
            yield f"stream {meant.stream.name!r}: got another declaration than that in `streams`"
        return
    name = f"{meant.stream.name!r}"
    if not _equal(said.values, meant.values):
        yield f"{name} values: expected {_numbers(meant.values)}, got {_numbers(said.values)}"
    if not _equal(said.times or (), meant.times or ()) or (said.times is None) != (
        meant.times is None
    ):
        yield f"{name} times: expected {_times(meant)}, got {_times(said)}"
    if said.missing != meant.missing:
        yield f"{name} missing: expected {meant.missing}, got {said.missing}"


def _equal(
    a: Sequence[float] | Sequence[Sequence[float]], b: Sequence[float] | Sequence[Sequence[float]]
) -> bool:
    left, right = flat(a), flat(b)
    return len(left) == len(right) and all(
        x == y or (math.isnan(x) and math.isnan(y)) for x, y in zip(left, right, strict=True)
    )


def flat(values: Sequence[float] | Sequence[Sequence[float]]) -> list[float]:
    """Return the values of all axes in a row."""
    row: list[float] = []
    for value in values:
        row += [float(v) for v in value] if isinstance(value, Sequence) else [float(value)]
    return row


def _brief(readings: Sequence[Reading]) -> str:
    """Return readings as a person would say them."""
    return "; ".join(f"{r.stream.name!r} {_numbers(r.values)}" for r in readings) or "no reading"


def _numbers(values: Sequence[float] | Sequence[Sequence[float]]) -> str:
    return str([list(v) if isinstance(v, Sequence) else float(v) for v in values])


def _times(reading: Reading) -> str:
    return "none" if reading.times is None else str([float(t) for t in reading.times])
