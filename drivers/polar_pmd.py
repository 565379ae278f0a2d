"""Polar's measurement protocol (PMD): how Polar sensors send waveforms over Bluetooth.

The control point takes commands and answers them; the data characteristic carries frames. A
frame begins with the kind of measurement, the time of its last sample (nanoseconds since
2000-01-01 on the sensor's own clock) and a frame type whose top bit says that samples are
stored as differences.
"""

from collections.abc import Mapping, Sequence
from struct import unpack
from typing import NamedTuple

from engine.devices import WireError

CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

ECG, PPG, ACC, PPI = 0, 1, 2, 3
"""Kinds of measurement."""
GET_SETTINGS, START, STOP = 1, 2, 3
"""Operations of the control point; its answers begin with 0xF0."""
ANSWER = 0xF0
RATE, RESOLUTION, RANGE, RANGE_MILLI, CHANNELS, FACTOR = range(6)
"""Settings."""
SIZES = {RATE: 2, RESOLUTION: 2, RANGE: 2, RANGE_MILLI: 4, CHANNELS: 1, FACTOR: 4}
STATES = (
    "success", "invalid operation", "invalid measurement", "not supported", "invalid length",
    "invalid parameter", "already so", "invalid resolution", "invalid rate", "invalid range",
    "invalid MTU", "invalid channels", "invalid state", "is in its charger",
)  # fmt: skip
HEADER = 10
DIFFERENCES = 0x80
MOST_SAMPLES = 4096
"""Samples no frame holds: a block of differences of width zero could claim any number."""

Settings = Mapping[int, tuple[int, ...]]


class PmdFrame(NamedTuple):
    """One frame of data.

    Attributes
    ----------
    kind
        `ECG`, `PPG`, `ACC`, `PPI` or another.
    time
        Of the last sample, ns since 2000-01-01, on the sensor's clock.
    type
        Layout of the samples, without the top bit.
    as_differences
        Whether they are stored as differences.
    body
        The samples.
    """

    kind: int
    time: int
    type: int
    as_differences: bool
    body: bytes


class Answer(NamedTuple):
    """What the control point said.

    Attributes
    ----------
    operation, kind
        What it answers, and for which measurement.
    status
        0 is success; see `STATES`.
    settings
        Values each setting can take (of `GET_SETTINGS`) or was given (of `START`).
    """

    operation: int
    kind: int
    status: int
    settings: Settings


def read_frame(data: bytes) -> PmdFrame:
    """Return the parts of a data frame; raise `WireError` for a short one."""
    if len(data) < HEADER:
        raise WireError(f"{len(data)} bytes are no frame")
    kind, time, layout = unpack("<BQB", data[:HEADER])
    return PmdFrame(kind & 0x3F, time, layout & 0x7F, bool(layout & DIFFERENCES), data[HEADER:])


def read_answer(data: bytes) -> Answer:
    """Return what the control point said; raise `WireError` if it is no answer."""
    if len(data) < 4 or data[0] != ANSWER:
        raise WireError(f"{data.hex(' ')} is no answer")
    _, operation, kind, status = data[:4]
    # A byte tells whether more follows; what fits into one message is all that sensors say.
    settings = read_settings(data[5:]) if status == 0 and operation in {GET_SETTINGS, START} else {}
    return Answer(operation, kind & 0x3F, status, settings)


def read_settings(data: bytes) -> Settings:
    """Return the values of each setting in ``data``; raise `WireError` if it is cut short."""
    settings: dict[int, tuple[int, ...]] = {}
    at = 0
    while at < len(data):
        setting, count = data[at], data[at + 1] if at + 1 < len(data) else 0
        size = SIZES.get(setting)
        if size is None:
            raise WireError(f"there is no setting {setting}")
        end = at + 2 + count * size
        if not count or end > len(data):
            raise WireError(f"setting {setting} is cut short")
        values = range(at + 2, end, size)
        settings[setting] = tuple(int.from_bytes(data[i : i + size], "little") for i in values)
        at = end
    return settings


def write_settings(settings: Mapping[int, int]) -> bytes:
    """Return one value for each setting as `START` takes it."""
    return b"".join(
        bytes([setting, 1]) + value.to_bytes(SIZES[setting], "little")
        for setting, value in settings.items()
    )


def read_whole(body: bytes, channels: int, size: int) -> list[list[int]]:
    """Return samples of signed little-endian numbers of ``size`` bytes each."""
    step = channels * size
    if not body or len(body) % step:
        raise WireError(f"{len(body)} bytes do not hold samples of {step}")
    return [
        [
            int.from_bytes(body[at : at + size], "little", signed=True)
            for at in range(start, start + step, size)
        ]
        for start in range(0, len(body), step)
    ]


def read_differences(body: bytes, channels: int, resolution: int) -> list[list[int]]:
    """Return samples stored as differences.

    First comes a whole sample, then blocks: the width of a difference in bits, how many
    samples follow, and their differences to the sample before, packed from the lowest bit.

    Parameters
    ----------
    resolution
        Bits of a whole number.
    """
    size = -(-resolution // 8)
    at = channels * size
    if len(body) < at:
        raise WireError(f"{len(body)} bytes hold no sample of {at}")
    samples = read_whole(body[:at], channels, size)
    while at < len(body):
        if at + 2 > len(body):
            raise WireError("a block of differences is cut short")
        width, count = body[at], body[at + 1]
        at += 2
        length = -(-width * count * channels // 8)
        if at + length > len(body) or width > 32:
            raise WireError("a block of differences is cut short")
        bits = int.from_bytes(body[at : at + length], "little")
        at += length
        if len(samples) + count > MOST_SAMPLES:
            raise WireError("claims more samples than a frame holds")
        for _ in range(count):
            last, sample = samples[-1], []
            for channel in range(channels):
                step = bits & ((1 << width) - 1)
                bits >>= width
                if width and step >> (width - 1):
                    step -= 1 << width
                sample.append(last[channel] + step)
            samples.append(sample)
    return samples


def nearest(offered: Sequence[int], wanted: int) -> int:
    """Return the offered value nearest to ``wanted``; ``wanted`` itself if none is offered."""
    return min(offered, key=lambda value: abs(value - wanted), default=wanted)
