"""Takes in any stream of the Lab Streaming Layer: amplifiers, wristbands, other programs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.lsl_channels import Outlet, Wanted, guessed
from drivers.lsl_network import ANSWER_WITHIN, find, library, outlet_of
from drivers.lsl_request import Request
from drivers.lsl_stand_in import LslStandIn
from drivers.lsl_times import StampTimes, lsl_to_session
from engine.devices import (
    Chunk,
    ConfigError,
    Context,
    LinkError,
    Source,
    StandIn,
    Stream,
    UnreachableError,
)

F64 = NDArray[np.float64]

PULL = 512
"""Samples taken at once."""
PULLS = 8
"""Times that many in one turn, at most: a backlog must not hold up the heartbeat."""
BUFFER = 20
"""Seconds liblsl keeps for a room that is busy."""
OTHER_RATE = 0.01
"""Share by which an outlet's rate may differ from the one the session was set up with."""


class LslInlet(Source):
    """Samples of an LSL stream, on the session's clock."""

    model = "lsl-inlet"
    zh = "LSL 数据流"
    en = "LSL stream"
    real_time = True
    needs = {"pylsl": "anlan[lsl]"}  # noqa: RUF012 - a declaration

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._request = Request.of(options)
        rate, latency = self._request.rate or None, self._request.latency
        self._wanted = {w.stream(rate, latency): w for w in self._request.wanted}
        if not self._request.complete:
            raise ConfigError(
                "does not say everything the room has to know",
                where="channels",
                hint="give channels and rate, or start the stream before the session",
                zh="房间需要知道的内容没有写全；请写明 channels 和 rate，或在流程之前先启动该流",
            )
        self._connection: _Connection | None = None

    @classmethod
    def look_up(cls, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the stream what it measures, where the rig does not say."""
        request = Request.of(options)
        if request.complete:
            return options
        lsl = library(request)
        inlet = lsl.StreamInlet(find(lsl, request), BUFFER, recover=False)
        try:
            outlet = outlet_of(inlet.info(ANSWER_WITHIN))
        except RuntimeError as error:
            raise LinkError(f"{request} does not answer: {error}") from error
        wanted = request.wanted or guessed(outlet)
        told = {w.name: w.table() for w in wanted}
        rate = outlet.rate or 0.0 if request.rate is None else request.rate
        return {**options, "channels": told, "rate": rate}

    @classmethod
    def stand_in(cls) -> StandIn:
        """Return a stand-in for the bench."""
        return LslStandIn()

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What the rig says, or what the stream said of itself."""
        return tuple(self._wanted)

    def open(self, context: Context) -> None:
        """Find the stream, subscribe, and learn how its clock stands to ours."""
        self.close()
        request = self._request
        lsl = library(request)
        inlet = lsl.StreamInlet(find(lsl, request), BUFFER, recover=False)
        try:
            outlet = outlet_of(inlet.info(ANSWER_WITHIN))
            parts = self._parts(outlet)
            inlet.open_stream(ANSWER_WITHIN)
            correction = 0.0 if request.arrival else inlet.time_correction(ANSWER_WITHIN)
        except RuntimeError as error:
            raise UnreachableError(
                f"the LSL stream does not answer: {error}",
                hint="let UDP and TCP ports 16571 to 16604 through both computers' firewalls",
                zh="LSL 数据流没有应答：请在两台电脑的防火墙中放行 UDP 和 TCP 端口 16571 至 16604",
            ) from error
        offset = correction + lsl_to_session(lsl.local_clock, context.clock)
        times = StampTimes(request.rate, request.latency, context.clock, offset)
        self._connection = _Connection(lsl, inlet, parts, times, correction)

    def read(self, until: float) -> Iterable[Chunk]:  # noqa: ARG002 - whatever has come, has come
        """Return what came, with LSL's stamps brought to the session's clock."""
        if self._connection is None:
            raise LinkError("is not open")
        return self._connection.take(arrival=self._request.arrival)

    def close(self) -> None:
        """Let go of the stream."""
        self._connection = None  # liblsl ends its threads with the last reference

    def _parts(self, outlet: Outlet) -> list["_Part"]:
        """Return how our streams are made of its channels; refuse what has changed."""
        if outlet.text:
            raise LinkError(f"{outlet} sends words, not samples")
        rate, declared = outlet.rate or 0.0, self._request.rate or 0.0
        if abs(rate - declared) > OTHER_RATE * declared and rate:
            raise UnreachableError(
                f"{outlet} sends {rate:g} samples a second; the session expects {declared:g}",
                hint="set it to the old rate, or begin a new session",
                zh=f"采样率变为 {rate:g} Hz，本次会话需要 {declared:g} Hz：请改回或重新开始",
            )
        parts: list[_Part] = []
        for stream, wanted in self._wanted.items():
            columns = wanted.columns(outlet)
            if len(columns) != len(stream.axes):
                raise LinkError(
                    f"{outlet} has {len(columns)} channels for {stream.name!r}; "
                    f"the session expects {len(stream.axes)}",
                    hint="name them with take = [...] in the rig",
                )
            factors = np.array([wanted.factor(outlet.channels[n]) for n in columns])
            parts.append(_Part(stream, wanted, columns, factors))
        return parts


@dataclass(frozen=True, slots=True)
class _Part:
    """One of our streams: which columns of a pull, and what they are multiplied with."""

    stream: Stream
    wanted: Wanted
    columns: list[int]
    factors: F64


class _Connection:
    """One subscription, from its beginning to its loss."""

    CORRECT_EVERY = 200
    """Turns between two looks at the clocks (about 2 s, as often as liblsl measures)."""

    def __init__(
        self,
        lsl: Any,  # noqa: ANN401 - pylsl has no types
        inlet: Any,  # noqa: ANN401
        parts: list[_Part],
        times: StampTimes,
        correction: float,
    ) -> None:
        self._lsl, self._inlet, self._parts, self._times = lsl, inlet, parts, times
        self._correction = correction
        self._turns = 0

    def take(self, *, arrival: bool) -> list[Chunk]:
        chunks: list[Chunk] = []
        try:
            for _ in range(PULLS):
                x, stamps = self._inlet.pull_chunk(0.0, PULL, as_numpy=True)
                if not len(stamps):
                    break
                t = self._times.of_arrival(len(stamps)) if arrival else self._times.of(stamps)
                values: F64 = x.astype(np.float64)
                chunks += [
                    Chunk(p.stream, t, values[:, p.columns] * p.factors) for p in self._parts
                ]
            self._turns += 1
            if not arrival and self._turns % self.CORRECT_EVERY == 0:
                self._correct()
        except self._lsl.util.LostError as error:
            raise UnreachableError(
                "the LSL stream is gone",
                hint="its program ended, or its computer left the network; "
                "it is taken up again when it is back",
                zh="LSL 数据流已中断：发送程序已退出或其电脑离开了网络；恢复后会自动接上",
            ) from error
        return chunks

    def _correct(self) -> None:
        try:
            correction = self._inlet.time_correction(0.0)
        except self._lsl.util.TimeoutError:
            return
        self._times.offset += correction - self._correction
        self._correction = correction
