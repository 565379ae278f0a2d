"""Reads a protocol file, and tells everything that is wrong with it at once."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.config import Document, Fault, nearest, read_document
from engine.config.lines import Key
from engine.config.reading import validated
from engine.errors import ConfigError, FaultyFileError
from engine.session import faults
from engine.session.faults import Rules
from engine.session.format import (
    Binding,
    Envelope,
    Evidence,
    SessionProtocol,
    Span,
    Until,
)  # fmt: skip
from engine.signals import SENSOR_GROUPS, SIGNALS, Signal

M = TypeVar("M", bound=BaseModel)


def read_protocol(
    path: Path,
    *,
    scenes: Mapping[str, type[Any]] | None = None,
    signals: Mapping[str, Signal] = SIGNALS,
) -> SessionProtocol:
    """Return the protocol in the file at ``path``.

    Parameters
    ----------
    scenes
        The scenes of the room by id; None leaves scenes and their controls unchecked.
    signals
        The signals a protocol may use.

    Raises
    ------
    FaultyFileError
        Listing all faults of form and of meaning; each names the file, the line, the key
        and a remedy. A table that is sound is checked for its meaning even where
        another is not, so that one round of mending is enough.
    """
    document = read_document(path)
    protocol, told = document.decode(SessionProtocol)
    rules = _rules(document, scenes, signals)
    found: list[Fault] = [*told, *_meaning(document, rules, protocol, path.stem)]
    found.sort(key=_line)
    if protocol is None or found:
        raise FaultyFileError(found, where=str(path))
    return protocol


def find_protocol(name: str, protocols: Mapping[str, Path]) -> Path:
    """Return the file of the protocol called ``name``; a path to a file stands for itself.

    Raises
    ------
    ConfigError
        When there is none, with the nearest name.
    """
    if name in protocols:
        return protocols[name]
    if name.endswith(".toml"):
        return Path(name)
    raise ConfigError("there is no such protocol", where=name, hint=nearest(name, protocols))


def normalised(protocol: SessionProtocol) -> str:
    """Return the protocol as canonical JSON: equal protocols give equal text."""
    return json.dumps(
        protocol.model_dump(mode="json"),
        ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False,
    )  # fmt: skip


def from_normalised(text: str) -> SessionProtocol:
    """Return the protocol that `normalised` wrote as ``text``."""
    return SessionProtocol.model_validate_json(text, strict=True)


def _rules(
    document: Document,
    scenes: Mapping[str, type[Any]] | None,
    signals: Mapping[str, Signal],
) -> Rules:
    content = document.content
    asked = [*_list(content, "needs"), *_list(content, "wants")]
    limits: dict[str, Span] = {}
    for control, span in _table(content, "limits").items():
        numbers = [v for v in span if _is_number(v)] if isinstance(span, list) else []
        if len(numbers) == 2:
            limits[control] = (float(min(numbers)), float(max(numbers)))
    controls = (
        None
        if scenes is None
        else {name: [c.name for c in scene.controls] for name, scene in scenes.items()}
    )
    return Rules(
        document.where, [g for g in asked if g in SENSOR_GROUPS], limits, controls, signals
    )


def _meaning(
    document: Document, rules: Rules, protocol: SessionProtocol | None, stem: str
) -> Iterator[Fault]:
    content = document.content
    demo = content.get("demonstration") is True
    name = content.get("id")
    if isinstance(name, str) and name != stem:
        hint = f"call the file {name}.toml, or write id = {json.dumps(stem)}"
        yield rules.tell(("id",), f"the file is called {stem!r}, the protocol {name!r}", hint)
    yield from faults.word_faults(rules, content)
    if isinstance(content.get("scene"), str):
        yield from rules.scene(("scene",), content["scene"])
    yield from faults.limit_faults(rules, _table(content, "limits"))
    envelope = _sound(Envelope, content.get("envelope", {}))
    if envelope is not None:
        yield from faults.envelope_faults(rules, envelope, demo=demo)
    sources = [_sound(Evidence, e) for e in _list(content, "evidence")]
    if all(sources):
        yield from faults.evidence_faults(rules, [s for s in sources if s], demo=demo)
    phases = [p for p in _list(content, "phase") if isinstance(p, dict)]
    yield from faults.same_id_faults(rules, phases)
    for i, table in enumerate(phases):
        yield from _phase(rules, ("phase", i), table)
    if protocol is not None:
        yield from faults.whole_faults(rules, protocol)


def _phase(rules: Rules, key: Key, table: dict[str, Any]) -> Iterator[Fault]:
    """Check as much of a phase as is sound."""
    scene = table.get("scene")
    if isinstance(scene, str):
        yield from rules.scene((*key, "scene"), scene)
        wanted = {c: float(v) for c, v in _table(table, "set").items() if _is_number(v)}
        yield from faults.setting_faults(rules, (*key, "set"), wanted, scene)
    bindings: list[Binding] = []
    for j, entry in enumerate(_list(table, "bind")):
        binding = _sound(Binding, entry)
        if binding is not None:
            bindings.append(binding)
            yield from faults.binding_faults(rules, (*key, "bind", j), binding, str(scene))
        elif isinstance(entry, dict):
            yield from faults.name_faults(rules, (*key, "bind", j), entry, str(scene))
    yield from faults.rivalry_faults(rules, (*key, "bind"), bindings)
    until = _sound(Until, table["until"]) if "until" in table else None
    if until is not None:
        yield from faults.until_faults(rules, (*key, "until"), until, table.get("lasts"))
    else:
        yield from faults.name_faults(rules, (*key, "until"), _table(table, "until"), str(scene))


def _sound(model: type[M], content: object) -> M | None:
    """Return ``content`` as ``model``, or None; what is wrong with it was told already.

    A key that does not exist is no reason to leave the others unread.
    """
    if isinstance(content, dict):
        content = {k: v for k, v in content.items() if k in model.model_fields}
    try:
        return validated(model, content)
    except ValidationError:
        return None


def _line(fault: Fault) -> int:
    return fault.line


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    return list(found) if isinstance(found, list) else []


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    return dict(found) if isinstance(found, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
