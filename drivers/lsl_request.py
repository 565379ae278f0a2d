"""What a rig says about an LSL stream, checked."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Self

from drivers.lsl_channels import KINDS, Wanted, plain
from engine.devices import ConfigError

BY = ("stream", "type", "source_id")
"""Keys by which a stream is found; ``stream`` is LSL's name of it."""
OPTIONS = (*BY, "channels", "rate", "latency", "times", "network", "peers")
OF_A_CHANNEL = ("kind", "take", "unit")


@dataclass(frozen=True, slots=True)
class Request:
    """One entry of a rig.

    Attributes
    ----------
    by
        Which stream: LSL's name, type and source_id, as many as are given.
    wanted
        What is made of its channels; none leaves that to the metadata.
    rate
        Samples a second; 0 for an irregular stream, None where the rig does not say.
    arrival
        Whether its own stamps are of no use.
    network
        Whether other computers may be asked.
    peers
        Computers asked by name, where the network carries no multicast.
    """

    by: Mapping[str, str]
    wanted: tuple[Wanted, ...] = ()
    rate: float | None = None
    latency: float = 0.0
    arrival: bool = False
    network: bool = False
    peers: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read a device's table; raise `ConfigError` for what cannot be."""
        for key in options:
            if key not in OPTIONS:
                near = get_close_matches(key, OPTIONS, 1)
                hint = f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(OPTIONS)
                raise ConfigError(
                    "is no option of an LSL stream", where=key, hint=hint,
                    zh="LSL 流没有这个选项；"
                    + (f"是否要写 {near[0]!r}？" if near else "可用：" + "、".join(OPTIONS)),
                )  # fmt: skip
        by = {key: _text(options, key) for key in BY if key in options}
        if not by:
            raise ConfigError(
                "does not say which LSL stream",
                where="stream",
                hint='give its name (stream = "..."), its type or its source_id',
                zh='没有写明是哪一个 LSL 流；请写名称（stream = "..."）、type 或 source_id',
            )
        times = options.get("times", "lsl")
        if times not in {"lsl", "arrival"}:
            raise ConfigError(
                f"is {times!r}", where="times", hint='"lsl" or "arrival"',
                zh=f'写成了 {times!r}；应为 "lsl" 或 "arrival"',
            )  # fmt: skip
        channels = options.get("channels", {})
        if not isinstance(channels, Mapping):
            raise ConfigError(
                "is no table", where="channels", hint="[devices.channels.ecg]",
                zh="不是表；应写成 [devices.channels.ecg]",
            )  # fmt: skip
        peers = options.get("peers", ())
        if not isinstance(peers, list | tuple) or not all(isinstance(p, str) for p in peers):
            raise ConfigError(
                "is no list of names", where="peers", hint='["192.168.1.20"]',
                zh='不是名称列表；应写成 ["192.168.1.20"]',
            )  # fmt: skip
        return cls(
            by,
            tuple(_channels(channels)),
            _number(options, "rate") if "rate" in options else None,
            _number(options, "latency"),
            times == "arrival",
            bool(options.get("network", bool(peers))),
            tuple(peers),
        )

    @property
    def complete(self) -> bool:
        """Whether the room can be set up without having seen the stream."""
        return bool(self.wanted) and self.rate is not None

    @property
    def predicate(self) -> str:
        """The same for liblsl: an XPath condition."""
        return " and ".join(f"{_ELEMENT[key]}={_quoted(value)}" for key, value in self.by.items())

    def __str__(self) -> str:
        return ", ".join(f"{_ELEMENT[key]} {value!r}" for key, value in self.by.items())


_ELEMENT = {"stream": "name", "type": "type", "source_id": "source_id"}


def _channels(table: Mapping[str, Any]) -> Iterator[Wanted]:
    for name, said in table.items():
        where = f"channels.{name}"
        if not isinstance(said, Mapping):
            raise ConfigError(
                "is no table", where=where, hint='{ take = "ECG1" }',
                zh='不是表；应写成 { take = "ECG1" }',
            )  # fmt: skip
        if unknown := [key for key in said if key not in OF_A_CHANNEL]:
            raise ConfigError(
                f"knows no {unknown[0]!r}", where=where, hint="known: " + ", ".join(OF_A_CHANNEL),
                zh=f"没有 {unknown[0]!r} 这一项；可用：" + "、".join(OF_A_CHANNEL),
            )  # fmt: skip
        kind = KINDS.get(plain(str(said.get("kind", name.rstrip("_0123456789")))))
        if kind is None:
            raise ConfigError(
                "is of no kind we know", where=where, hint="kind = one of " + ", ".join(KINDS),
                zh="不是已知的种类；kind 可用：" + "、".join(KINDS),
            )  # fmt: skip
        take = said.get("take", [])
        takes = take if isinstance(take, list | tuple) else [take]
        unit = said.get("unit")
        yield Wanted(name, kind, tuple(map(str, takes)), None if unit is None else str(unit))


def _text(options: Mapping[str, Any], key: str) -> str:
    value = options[key]
    if not isinstance(value, str) or not value or ("'" in value and '"' in value):
        raise ConfigError(
            f"is {value!r}", where=key, hint="a text with one kind of quotes at most",
            zh=f"写成了 {value!r}；应为文字，其中最多只有一种引号",
        )  # fmt: skip
    return value


def _quoted(value: str) -> str:
    return f'"{value}"' if "'" in value else f"'{value}'"


def _number(options: Mapping[str, Any], key: str) -> float:
    value = options.get(key, 0.0)
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not (math.isfinite(value) and value >= 0.0):
        raise ConfigError(
            f"is {value!r}", where=key, hint="a number, 0 or more",
            zh=f"写成了 {value!r}；应为不小于 0 的数",
        )  # fmt: skip
    return float(value)
