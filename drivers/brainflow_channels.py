"""Which rows of a BrainFlow board become which streams, and in which unit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.devices import ConfigError, Kind, Stream, Unit

MILLIVOLT_PER_MICROVOLT = 1e-3
ROWS: Mapping[Kind, str] = {
    Kind.ECG: "ecg_channels",
    Kind.EEG: "eeg_channels",
    Kind.EMG: "emg_channels",
    Kind.EDA: "eda_channels",
    Kind.PPG: "ppg_channels",
    Kind.SKIN_TEMP: "temperature_channels",
    Kind.ACC: "accel_channels",
    Kind.BATTERY: "battery_channel",
}
"""Where BrainFlow's description of a board lists each kind."""
ELECTRODES = ("ecg_channels", "eeg_channels", "emg_channels", "eog_channels")
"""An amplifier's electrodes are listed under all of these: it does not know where they stick."""
UNITS: Mapping[Kind, tuple[Unit, float]] = {
    Kind.ECG: (Unit.MILLIVOLT, MILLIVOLT_PER_MICROVOLT),
    Kind.EEG: (Unit.MILLIVOLT, MILLIVOLT_PER_MICROVOLT),
    Kind.EMG: (Unit.MILLIVOLT, MILLIVOLT_PER_MICROVOLT),
    Kind.EDA: (Unit.MICROSIEMENS, 1.0),
    Kind.PPG: (Unit.RAW, 1.0),
    Kind.RESP: (Unit.RAW, 1.0),
    Kind.SKIN_TEMP: (Unit.CELSIUS, 1.0),
    Kind.ACC: (Unit.G, 1.0),
    Kind.BATTERY: (Unit.PERCENT, 1.0),
}
"""Our unit, and what makes it of BrainFlow's."""
TOGETHER = frozenset({Kind.EEG, Kind.EMG, Kind.ACC})
"""Kinds whose rows make one stream with several axes."""
PRESETS: Mapping[int, str] = {0: "", 1: "_aux", 2: "_anc"}
"""BrainFlow's blocks of one board, each with a rate of its own, and how we tell them apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stream: the rows it is made of and what they are multiplied with."""

    stream: Stream
    rows: tuple[int, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class Block:
    """What comes together at one rate.

    Attributes
    ----------
    packages, stamps
        Rows of the package numbers and of the board's time stamps.
    """

    preset: int
    rate: float
    packages: int
    stamps: int
    parts: tuple[Part, ...]


def blocks_of(
    boards: Mapping[int, Mapping[str, Any]],
    chosen: Mapping[str, Any],
    scale: Mapping[str, Any],
    latency: float,
) -> tuple[Block, ...]:
    """Return what is made of a board.

    Parameters
    ----------
    boards
        BrainFlow's description by preset.
    chosen
        Rows of the default preset by kind, as the rig says.
    scale
        Factors by kind, where a board's unit is not the usual one.

    Raises
    ------
    ConfigError
        If a kind or a row does not exist, or nothing is left.
    """
    named = {_kind(word): _rows(word, rows) for word, rows in chosen.items()}
    factors = {_kind(word): _factor(word, factor) for word, factor in scale.items()}
    made: list[Block] = []
    for preset, board in sorted(boards.items()):
        rate = float(board.get("sampling_rate", 0.0))
        if rate <= 0.0 or "timestamp_channel" not in board:
            continue
        kinds = _kinds(board, named if preset == 0 else {})
        parts = tuple(_parts(kinds, board, preset, factors, latency))
        if parts:
            made.append(
                Block(
                    preset, rate, int(board["package_num_channel"]),
                    int(board["timestamp_channel"]), parts,
                )
            )  # fmt: skip
    if not made:
        raise ConfigError("measures nothing we know", where="board", zh="这块板没有我们认识的测量")
    return tuple(made)


def _kinds(
    board: Mapping[str, Any], named: Mapping[Kind, tuple[int, ...]]
) -> Iterator[tuple[Kind, tuple[int, ...]]]:
    """Yield which rows are what: what the rig says, then what only one kind can be."""
    for rows in named.values():
        for row in rows:
            if not 0 <= row < int(board["num_rows"]):
                raise ConfigError(
                    f"row {row} is not there", where="channels", hint=f"0 to {board['num_rows']}",
                    zh=f"没有第 {row} 行；可用 0 至 {board['num_rows']}",
                )  # fmt: skip
    taken = {row for rows in named.values() for row in rows}
    listed = Counter(row for key in ELECTRODES for row in _listed(board, key))
    if not taken and (unclear := sorted(row for row, times in listed.items() if times > 1)):
        raise ConfigError(
            f"its electrodes (rows {unclear[0]} to {unclear[-1]}) may be of heart, muscle or brain",
            where="channels",
            hint="say it by BrainFlow's numbers: channels = { ecg = 1, eeg = [2, 3] }",
            zh=f"它的电极（第 {unclear[0]} 至 {unclear[-1]} 行）可能贴在心脏、肌肉或头上；"
            "请按 BrainFlow 的行号写明 channels = { ecg = 1, eeg = [2, 3] }",
        )
    for kind in UNITS:
        if kind in named:
            yield kind, named[kind]
            continue
        free = [r for r in _listed(board, ROWS[kind]) if r not in taken] if kind in ROWS else []
        certain = tuple(r for r in free if listed[r] < 2)
        if certain:
            yield kind, certain


def _parts(
    kinds: Iterator[tuple[Kind, tuple[int, ...]]],
    board: Mapping[str, Any],
    preset: int,
    factors: Mapping[Kind, float],
    latency: float,
) -> Iterator[Part]:
    for kind, rows in kinds:
        unit, factor = UNITS[kind]
        factor *= factors.get(kind, 1.0)
        rate = None if kind is Kind.BATTERY else float(board["sampling_rate"])
        name = kind.value + PRESETS[preset]
        if kind in TOGETHER:
            axes = ("x", "y", "z") if kind is Kind.ACC and len(rows) == 3 else _axes(board, rows)
            yield Part(Stream(name, kind, unit, rate, latency, axes), rows, factor)
            continue
        for n, row in enumerate(rows, start=1):
            own = name if len(rows) == 1 else f"{name}_{n}"
            yield Part(Stream(own, kind, unit, rate, latency), (row,), factor)


def _axes(board: Mapping[str, Any], rows: Sequence[int]) -> tuple[str, ...]:
    names = str(board.get("eeg_names", "")).split(",")
    listed = _listed(board, "eeg_channels")
    if len(names) != len(listed):
        return tuple(map(str, rows)) if len(rows) > 1 else ("value",)
    by_row = dict(zip(listed, names, strict=True))
    return tuple(by_row.get(row, str(row)) for row in rows)


def _listed(board: Mapping[str, Any], key: str) -> list[int]:
    rows = board.get(key, [])
    return [int(r) for r in rows] if isinstance(rows, list) else [int(rows)]


def _kind(word: str) -> Kind:
    if word not in {k.value for k in UNITS}:
        raise ConfigError(
            f"{word!r} is of no kind we know",
            where="channels",
            hint="one of " + ", ".join(k.value for k in UNITS),
            zh=f"{word!r} 不是已知的种类；可用：" + "、".join(k.value for k in UNITS),
        )
    return Kind(word)


def _rows(word: str, rows: object) -> tuple[int, ...]:
    found: list[Any] = rows if isinstance(rows, list) else [rows]
    if not found or not all(isinstance(r, int) and not isinstance(r, bool) for r in found):
        raise ConfigError(
            f"is {rows!r}", where=f"channels.{word}", hint="numbers of BrainFlow's rows: [1, 2]",
            zh=f"写成了 {rows!r}；应为 BrainFlow 的行号：[1, 2]",
        )  # fmt: skip
    return tuple(found)


def _factor(word: str, factor: object) -> float:
    if not isinstance(factor, int | float) or isinstance(factor, bool) or not factor:
        raise ConfigError(
            f"is {factor!r}", where=f"scale.{word}", hint="a number other than 0",
            zh=f"写成了 {factor!r}；应为 0 以外的数",
        )  # fmt: skip
    return float(factor)
