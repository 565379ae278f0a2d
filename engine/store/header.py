"""The first page of a recording: everything needed to understand and replay it."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from engine.errors import RecordingError
from engine.events import Facts, to_json
from engine.show import Caption, Script
from engine.streams import Stream
from engine.units import Kind, Unit

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What a session was: written once, before the first sample.

    Attributes
    ----------
    session
        Id of the session; never a person's name.
    started
        Wall time at session time 0.0, ISO 8601 in UTC. The only wall time in the file.
    protocol, protocol_text
        Id of the protocol and its full text, so the session replays even when the
        protocol's file has changed since.
    rig
        The rig as it was given, as plain JSON values.
    setup
        What the session was made of beyond its protocol (controls, outputs, sensor groups),
        as plain JSON values; a replay needs it.
    script
        What stage and sound were handed; says what the columns of each show row are.
    streams
        The devices' streams, names qualified.
    versions
        Software, by name: ours and what our numbers depend on.
    simulated
        Whether any value came from a simulated device.
    step_rate
        Steps a second; session time of step k is exactly ``k / step_rate``.
    cipher
        How blocks are encrypted; ``none`` is the only one so far.
    """

    session: str
    started: str
    protocol: str
    protocol_text: str
    script: Script
    streams: tuple[Stream, ...] = ()
    rig: Facts = field(default_factory=dict[str, Any])
    setup: Facts = field(default_factory=dict[str, Any])
    language: str = "zh"
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    simulated: bool = False
    step_rate: int = 100
    cipher: str = "none"
    format: int = FORMAT

    def to_json(self) -> str:
        """Return the header as one line of JSON."""
        flat = {f.name: getattr(self, f.name) for f in fields(self)}
        flat["script"] = asdict(self.script)
        flat["streams"] = [stream_facts(s) for s in self.streams]
        return to_json(flat)

    def front(self) -> dict[str, str]:
        """Return what any MCAP tool shows of the session, and the whole header, checked."""
        text = self.to_json()
        return {
            "format": str(self.format),
            "session": self.session,
            "started": self.started,
            "cipher": self.cipher,
            "header": text,
            "crc32": f"{zlib.crc32(text.encode()):08x}",
        }

    @classmethod
    def from_json(cls, text: str | bytes, *, where: str = "") -> "Header":
        """Return the header written in ``text``.

        Raises
        ------
        RecordingError
            When it was written by a newer version, or needs a key we do not have.
        """
        facts: dict[str, Any] = json.loads(text)
        if facts.get("format") != FORMAT:
            raise RecordingError(
                f"is written in format {facts.get('format')}, this version reads {FORMAT}",
                where=where,
                hint="install the version of anlan that wrote it, or a newer one",
            )
        if facts["cipher"] != "none":
            raise RecordingError(
                f"is encrypted with {facts['cipher']!r}, which this version cannot read",
                where=where,
                hint="install a version of anlan with that cipher",
            )
        script = facts["script"]
        facts["script"] = Script(
            scenes=tuple(script["scenes"]),
            controls=tuple(script["controls"]),
            captions=tuple(Caption(**c) for c in script["captions"]),
            language=script["language"],
            seed=script["seed"],
        )
        facts["streams"] = tuple(stream_of(s) for s in facts["streams"])
        known = {f.name for f in fields(cls)}
        return cls(**{k: v for k, v in facts.items() if k in known})


def stream_facts(stream: Stream) -> dict[str, Any]:
    """Return ``stream`` as plain JSON values."""
    return asdict(stream)


def stream_of(facts: Mapping[str, Any]) -> Stream:
    """Return the stream described by ``facts``."""
    return Stream(
        name=str(facts["name"]),
        kind=Kind(facts["kind"]),
        unit=Unit(facts["unit"]),
        rate=None if facts["rate"] is None else float(facts["rate"]),
        latency=float(facts["latency"]),
        axes=tuple(facts["axes"]),
    )
