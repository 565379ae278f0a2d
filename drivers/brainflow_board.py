"""Any board that BrainFlow knows: Shimmer3, EmotiBit, Muse, OpenBCI and fifty more."""

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

import numpy as np

from drivers.brainflow_channels import Block, Part, blocks_of
from drivers.brainflow_library import described, in_our_words, library, number_of, overheard
from drivers.brainflow_stand_in import BrainFlowStandIn
from drivers.brainflow_times import BoardTimes
from engine.devices import (
    Chunk,
    ConfigError,
    Context,
    Kind,
    LinkError,
    Source,
    StandIn,
    Stream,
    UnreachableError,
)

PARAMETERS: Mapping[str, type] = {
    "serial_port": str, "mac_address": str, "ip_address": str, "ip_port": int, "ip_protocol": int,
    "other_info": str, "timeout": int, "serial_number": str,
    "file": str, "file_aux": str, "file_anc": str,
    "ip_address_aux": str, "ip_address_anc": str, "ip_port_aux": int, "ip_port_anc": int,
}  # fmt: skip
"""What BrainFlow wants to know to reach a board."""
OPTIONS = (*PARAMETERS, "board", "recorded_with", "config", "channels", "scale", "latency")
DESCRIBED = "_described"
"""Where `look_up` leaves what it found; no rig says this."""
ELSEWHERE: Mapping[str, tuple[str, str, str]] = {
    "playback": ("file", "file_aux", "file_anc"),
    "streaming": ("ip_port", "ip_port_aux", "ip_port_anc"),
}
"""Boards that stand for another (``recorded_with`` names it), and where each preset comes from."""
BUFFER = 20.0
"""Seconds of samples BrainFlow keeps for us."""
BATTERY_EVERY = 10.0
"""Seconds between two levels of the battery that are passed on."""
SILENCE = 5.0
"""Seconds without a sample after which the board is connected anew: BrainFlow does not tell."""


class BrainFlowBoard(Source):
    """A board's samples, on the session's clock and in our units."""

    model = "brainflow"
    zh = "BrainFlow 采集板"
    en = "BrainFlow board"
    real_time = True
    needs = {"brainflow": "anlan[brainflow]"}  # noqa: RUF012 - a declaration

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        _check(options)
        found = options.get(DESCRIBED)
        if found is None:
            raise ConfigError(
                "was not looked up", where="board", hint="call look_up() first",
                zh="还没有查询过；请先调用 look_up()",
            )  # fmt: skip
        latency = float(options.get("latency", 0.0))
        self._number = int(found["number"])
        self._blocks = blocks_of(
            found["boards"], options.get("channels", {}), options.get("scale", {}), latency
        )
        self._latency = latency
        self._session: _Session | None = None

    @classmethod
    def look_up(cls, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask BrainFlow what the board measures."""
        _check(options)
        module = library()
        number = number_of(options.get("board"), module)
        measured = number
        places = ELSEWHERE.get(str(options.get("board")))
        if places is not None:
            measured = number_of(options.get("recorded_with"), module)
        boards = described(measured, module)
        if places is not None:
            boards = {preset: b for preset, b in boards.items() if places[preset] in options}
            if not boards:
                raise ConfigError(
                    "does not say where it comes from", where=places[0],
                    hint=f'{places[0]} = "..."',
                    zh=f'没有写明数据从哪里来；请写 {places[0]} = "..."',
                )  # fmt: skip
        found = {"number": number, "measured": measured, "boards": boards}
        return {**options, DESCRIBED: found}

    @classmethod
    def stand_in(cls) -> StandIn:
        """Return a stand-in for the bench."""
        return BrainFlowStandIn()

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What the board measures and, of its electrodes, what the rig says."""
        return tuple(p.stream for b in self._blocks for p in b.parts)

    def open(self, context: Context) -> None:
        """Connect and start the stream."""
        self.close()
        module = library()
        said = module.BrainFlowInputParams()
        for key, value in self.options.items():
            if key in PARAMETERS:
                setattr(said, key, value)
        if self._number != self.options[DESCRIBED]["measured"]:
            said.master_board = self.options[DESCRIBED]["measured"]
        board = module.BoardShim(self._number, said)
        try:
            with overheard(module):
                board.prepare_session()
                for command in self.options.get("config", ()):
                    board.config_board(command)
                rate = max(b.rate for b in self._blocks)
                board.start_stream(max(round(BUFFER * rate), 1000))
        except BaseException:
            _let_go(board)
            raise
        self._session = _Session(board, self._blocks, self._latency, context)

    def read(self, until: float) -> Iterable[Chunk]:  # noqa: ARG002 - whatever has come, has come
        """Return what came."""
        if self._session is None:
            raise LinkError("is not open")
        with in_our_words():
            return self._session.take()

    def close(self) -> None:
        """Stop the stream and let go of the board."""
        if self._session is not None:
            _let_go(self._session.board)
        self._session = None


class _Session:
    """One connection to a board."""

    def __init__(
        self,
        board: Any,  # noqa: ANN401
        blocks: tuple[Block, ...],
        latency: float,
        context: Context,
    ) -> None:
        self.board = board
        self._clock = context.clock
        self._blocks = [(b, BoardTimes(b.rate, latency)) for b in blocks]
        self._heard_at = self._clock.now()
        self._battery: dict[str, tuple[float, float]] = {}

    def take(self) -> list[Chunk]:
        chunks: list[Chunk] = []
        now = self._clock.now()
        for block, times in self._blocks:
            data = self.board.get_board_data(preset=block.preset)
            if data.shape[1]:
                self._heard_at = now
                t = times.of(data[block.packages], data[block.stamps], now)
                chunks += [c for p in block.parts if (c := self._chunk(p, t, data)) is not None]
        if now - self._heard_at > SILENCE:
            raise UnreachableError(
                f"has sent nothing for {SILENCE:g} s",
                hint="switch it on, bring it near, look at its cable or battery",
                zh=f"采集板已 {SILENCE:g} 秒没有数据：请检查电源、电池、距离和连线",
            )
        return chunks

    def _chunk(self, part: Part, t: Any, data: Any) -> Chunk | None:  # noqa: ANN401
        x = np.ascontiguousarray(data[list(part.rows)].T) * part.factor
        if part.stream.kind is not Kind.BATTERY:
            return Chunk(part.stream, t, x)
        # It comes with every sample; what counts is when it changes.
        level, now = float(x[-1, 0]), float(t[-1])
        before, told_at = self._battery.get(part.stream.name, (math.nan, -math.inf))
        if not 0.0 <= level <= 100.0 or level == before or now - told_at < BATTERY_EVERY:
            return None
        self._battery[part.stream.name] = (level, now)
        return Chunk(part.stream, t[-1:], x[-1:])


def _let_go(board: Any) -> None:  # noqa: ANN401
    """Stop and release, whatever of it is already gone."""
    for step in (board.stop_stream, board.release_session):
        with suppress(Exception):  # BrainFlow's errors are of no use any more
            step()


def _check(options: Mapping[str, Any]) -> None:
    """Raise `ConfigError` for an option that cannot be."""
    for key, value in options.items():
        if key == DESCRIBED:
            continue
        if key not in OPTIONS:
            near = get_close_matches(key, OPTIONS, 1)
            hint = f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(OPTIONS)
            raise ConfigError(
                "is no option of a BrainFlow board", where=key, hint=hint,
                zh="BrainFlow 板没有这个选项；"
                + (f"是否要写 {near[0]!r}？" if near else "可用：" + "、".join(OPTIONS)),
            )  # fmt: skip
        kind = PARAMETERS.get(key)
        if kind is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise ConfigError(
                f"is {value!r}", where=key, hint=f"a {kind.__name__}",
                zh=f"写成了 {value!r}；应为 {kind.__name__}",
            )  # fmt: skip
        if key in {"channels", "scale"} and not isinstance(value, Mapping):
            raise ConfigError(
                "is no table", where=key, hint="{ ecg = 1 }", zh="不是表；应写成 { ecg = 1 }"
            )
        if key == "config" and not (
            isinstance(value, list) and all(isinstance(v, str) for v in value)
        ):
            raise ConfigError(
                "is no list of commands", where=key, hint='["p50"]',
                zh='不是指令列表；应写成 ["p50"]',
            )  # fmt: skip
        if key == "latency" and not (isinstance(value, int | float) and value >= 0.0):
            raise ConfigError(
                f"is {value!r}", where=key, hint="seconds, 0 or more",
                zh=f"写成了 {value!r}；应为不小于 0 的秒数",
            )  # fmt: skip
