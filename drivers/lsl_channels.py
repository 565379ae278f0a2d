"""What the channels of an LSL stream measure, by their metadata or by what the rig says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.devices import ConfigError, Kind, LinkError, Stream, Unit

KINDS: Mapping[str, Kind] = {
    "ecg": Kind.ECG, "ekg": Kind.ECG,
    "eeg": Kind.EEG,
    "emg": Kind.EMG,
    "eda": Kind.EDA, "gsr": Kind.EDA, "sc": Kind.EDA, "skinconductance": Kind.EDA,
    "ppg": Kind.PPG, "bvp": Kind.PPG, "pleth": Kind.PPG,
    "resp": Kind.RESP, "rsp": Kind.RESP, "respiration": Kind.RESP, "breathing": Kind.RESP,
    "temp": Kind.SKIN_TEMP, "temperature": Kind.SKIN_TEMP, "skintemp": Kind.SKIN_TEMP,
    "acc": Kind.ACC, "accelerometer": Kind.ACC, "acceleration": Kind.ACC, "accelerometry": Kind.ACC,
    "rr": Kind.RRI, "rri": Kind.RRI, "ibi": Kind.RRI,
    "ppi": Kind.PPI,
    "spo2": Kind.SPO2, "oximetry": Kind.SPO2,
    "battery": Kind.BATTERY,
}  # fmt: skip
"""What LSL applications call them: letters and digits only, small."""

USUAL: Mapping[Kind, Unit] = {
    Kind.ECG: Unit.MILLIVOLT, Kind.EEG: Unit.MILLIVOLT, Kind.EMG: Unit.MILLIVOLT,
    Kind.EDA: Unit.MICROSIEMENS, Kind.PPG: Unit.RAW, Kind.RESP: Unit.RAW,
    Kind.SKIN_TEMP: Unit.CELSIUS, Kind.ACC: Unit.G, Kind.RRI: Unit.MILLISECOND,
    Kind.PPI: Unit.MILLISECOND, Kind.SPO2: Unit.PERCENT, Kind.BATTERY: Unit.PERCENT,
}  # fmt: skip
"""The unit in which the room takes each kind."""

FACTORS: Mapping[Unit, Mapping[str, float]] = {
    Unit.MILLIVOLT: {
        "nv": 1e-6, "nanovolts": 1e-6, "uv": 1e-3, "microvolts": 1e-3, "microvolt": 1e-3,
        "mv": 1.0, "millivolts": 1.0, "millivolt": 1.0, "v": 1e3, "volts": 1e3, "volt": 1e3,
    },
    Unit.MICROSIEMENS: {
        "ns": 1e-3, "nanosiemens": 1e-3, "us": 1.0, "microsiemens": 1.0, "umho": 1.0,
    },
    Unit.CELSIUS: {"c": 1.0, "degc": 1.0, "celsius": 1.0, "degreescelsius": 1.0},
    Unit.G: {"g": 1.0, "mg": 1e-3, "m/s2": 1 / 9.80665, "m/s^2": 1 / 9.80665},
    Unit.MILLISECOND: {
        "ms": 1.0, "milliseconds": 1.0, "millisecond": 1.0, "s": 1e3, "seconds": 1e3, "second": 1e3,
    },
    Unit.PERCENT: {"%": 1.0, "percent": 1.0},
}  # fmt: skip
"""Units as applications write them (small, u for micro) and what makes ours of them."""

SHAPE = frozenset({Kind.ECG, Kind.EEG, Kind.EMG, Kind.PPG, Kind.RESP, Kind.ACC})
"""Kinds whose shape says something even where nobody knows the unit."""
TOGETHER = frozenset({Kind.EEG, Kind.EMG, Kind.ACC})
"""Kinds whose channels make one stream with several axes."""
BEATS = frozenset({Kind.RRI, Kind.PPI})


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel as its outlet describes it; "" where it does not."""

    label: str = ""
    kind: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """What an LSL stream says of itself; ``rate`` None is irregular, ``text`` no numbers."""

    name: str
    type: str
    channels: tuple[Channel, ...]
    rate: float | None
    text: bool = False
    source_id: str = ""
    host: str = ""

    def __str__(self) -> str:
        return f"{self.name!r} (type {self.type!r}, source_id {self.source_id!r}, on {self.host})"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of our streams, made of channels of theirs.

    Attributes
    ----------
    take
        Labels or numbers, the first is 1; none takes every channel of its kind.
    unit
        Of the outlet, where its metadata does not say; None leaves it to the metadata.
    """

    name: str
    kind: Kind
    take: tuple[str, ...] = ()
    unit: str | None = None

    def table(self) -> dict[str, object]:
        """Return it as the rig would say it."""
        said: dict[str, object] = {"kind": self.kind.value, "take": list(self.take)}
        return said if self.unit is None else {**said, "unit": self.unit}

    @property
    def ours(self) -> Unit:
        """The unit its samples have in the room."""
        raw = self.unit is not None and plain(self.unit) == "raw"
        return Unit.RAW if raw else USUAL[self.kind]

    def stream(self, rate: float | None, latency: float) -> Stream:
        """Return what it is in the room; ``rate`` is the outlet's, Hz."""
        axes = tuple(self.take) if len(self.take) > 1 else ("value",)
        if self.kind is Kind.ACC and len(self.take) in {0, 3}:
            axes = ("x", "y", "z")
        beats = self.kind in BEATS
        return Stream(self.name, self.kind, self.ours, None if beats else rate, latency, axes)

    def columns(self, outlet: Outlet) -> list[int]:
        """Return which of the outlet's channels it is made of, from 0."""
        if not self.take:
            return [i for i in range(len(outlet.channels)) if kind_at(outlet, i) is self.kind]
        labels = [c.label for c in outlet.channels]
        found: list[int] = []
        for take in self.take:
            if take in labels:
                found.append(labels.index(take))
            elif take.isdecimal() and 1 <= int(take) <= len(labels):
                found.append(int(take) - 1)
            else:
                known = ", ".join(label or str(n) for n, label in enumerate(labels, 1))
                raise LinkError(f"has no channel {take!r}", hint=f"its channels: {known}")
        return found

    def factor(self, channel: Channel) -> float:
        """Return what makes our unit of the outlet's."""
        if self.ours is Unit.RAW:
            return 1.0
        unit = self.unit if self.unit is not None else channel.unit
        factor = FACTORS[self.ours].get(plain(unit))
        if factor is None:
            raise LinkError(
                f"channel {channel.label!r} is in {unit!r}"
                if unit
                else f"channel {channel.label!r} does not say its unit",
                hint=f"say it in the rig: unit = {list(FACTORS[self.ours])[:4]}",
            )
        return factor


def plain(word: str) -> str:
    """Return a unit or a kind as our tables have it."""
    word = word.replace("µ", "u").replace("μ", "u").replace("°", "deg").casefold()
    return word.translate({ord(c): None for c in " _-"})


def kind_at(outlet: Outlet, number: int) -> Kind | None:
    """Return what a channel measures: by its own type, its label, or the stream's type."""
    channel = outlet.channels[number]
    for word in (channel.kind, channel.label.rstrip("0123456789"), outlet.type):
        if (kind := KINDS.get(plain(word))) is not None:
            return kind
    return None


def guessed(outlet: Outlet) -> tuple[Wanted, ...]:
    """Return what the metadata of ``outlet`` makes of it; raise `ConfigError` if nothing."""
    if outlet.text:
        raise ConfigError(
            f"{outlet} sends words, not samples",
            hint="marker streams cannot be measured",
            zh=f"{outlet} 发送的是文字而不是样本；标记流无法测量",
        )
    by_kind: dict[Kind, list[int]] = {}
    for number in range(len(outlet.channels)):
        kind = kind_at(outlet, number)
        if kind is not None:
            by_kind.setdefault(kind, []).append(number)
    if not by_kind:
        raise ConfigError(
            f"{outlet} does not tell what it measures",
            hint="say it in the rig: [devices.channels.ecg] take = 1 (see drivers/README.md)",
            zh=f"{outlet} 没有说明测的是什么；请在 rig 文件中写明 [devices.channels.ecg] take = 1",
        )
    return tuple(w for kind, numbers in by_kind.items() for w in _wanted(outlet, kind, numbers))


def _wanted(outlet: Outlet, kind: Kind, numbers: Sequence[int]) -> Iterator[Wanted]:
    labels = [c.label for c in outlet.channels]
    takes = [
        labels[n] if labels[n] and labels.count(labels[n]) == 1 else str(n + 1) for n in numbers
    ]
    told = all(plain(outlet.channels[n].unit) in FACTORS.get(USUAL[kind], {}) for n in numbers)
    if not told and USUAL[kind] is not Unit.RAW and kind not in SHAPE:
        raise ConfigError(
            f"{outlet} does not say the unit of its {kind}",
            hint=f'say it in the rig: [devices.channels.{kind}] unit = "..."',
            zh=f"{outlet} 没有说明 {kind} 的单位；"
            f'请在 rig 文件中写明 [devices.channels.{kind}] unit = "..."',
        )
    unit = None if told else "raw"
    if kind in TOGETHER or len(numbers) == 1:
        yield Wanted(kind.value, kind, tuple(takes), unit)
        return
    for n, take in enumerate(takes, start=1):
        yield Wanted(f"{kind.value}_{n}", kind, (take,), unit)
