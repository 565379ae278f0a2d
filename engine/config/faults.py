"""Turns what is wrong with a file into sentences: where it stands, what is wrong, the remedy."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.config.lines import Key
from engine.errors import ConfigError


class Fault(ConfigError):  # noqa: N818 - people call it a fault
    """One thing that is wrong in a file; ``line`` is where, 0 for the file as a whole."""

    line: int = 0


@dataclass(frozen=True, slots=True)
class Where:
    """Names places in one file so that a person and ``grep`` both find them.

    Attributes
    ----------
    file
        The file's path as the reader knows it.
    content
        What the file says, as plain values: list items are called by their id or name.
    lines
        The line of each key, where known.
    """

    file: str
    content: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lines: Mapping[Key, int] = field(default_factory=dict[Key, int])

    def __call__(self, key: Key) -> str:
        """Return e.g. ``calm.toml:41: phase 2 "breathe" > bind 1 > signal``."""
        line = self.line(key)
        place = self._place(key)
        file = f"{self.file}:{line}" if line else self.file
        return f"{file}: {place}" if place else file

    def value(self, key: Key) -> object:
        """Return what the file says at ``key``."""
        here: Any = self.content
        for step in key:
            here = _inside(here, step)
        return here

    def line(self, key: Key) -> int:
        """Return the line of ``key``, or of the nearest table around it; 0 if unknown."""
        for end in range(len(key), 0, -1):
            if key[:end] in self.lines:
                return self.lines[key[:end]]
        return 0

    def _place(self, key: Key) -> str:
        words: list[str] = []
        here: Any = self.content
        for step in key:
            here = _inside(here, step)
            if isinstance(step, str):
                words.append(step)
            else:
                name = _inside(here, "id") or _inside(here, "name")
                item = f'{step + 1} "{name}"' if isinstance(name, str) else str(step + 1)
                words[-1:] = [f"{words[-1]} {item}" if words else item]
        return " > ".join(words)


def file_fault(where: Where, key: Key, what: str, hint: str) -> Fault:
    """Return the fault ``what`` at ``key`` with its remedy."""
    fault = Fault(what, where=where(key), hint=hint)
    fault.line = where.line(key)
    return fault


def model_faults(error: ValidationError, model: type[BaseModel], where: Where) -> list[Fault]:
    """Return one fault for each thing pydantic found, in the order of the file."""
    schema = model.model_json_schema()
    found = error.errors()
    told = [
        _fault(dict(one), schema, where)
        for one in found
        # A list counts as too short when its items are faulty: those are told themselves.
        if not (one["type"] == "too_short" and any(_within(o["loc"], one["loc"]) for o in found))
    ]
    return sorted(told, key=lambda fault: fault.line)


def nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean 'x'?", or a list of what there is."""
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, 1, 0.7)
    if near:
        return f"did you mean {near[0]!r}?"
    return otherwise or ("there are " + ", ".join(choices) if choices else "there are none")


def _fault(found: Mapping[str, Any], schema: Mapping[str, Any], where: Where) -> Fault:
    key: Key = found["loc"]
    kind: str = found["type"]
    name = str(key[-1]) if key else ""
    if kind == "extra_forbidden":
        known = _at(schema, schema, key[:-1]).get("properties", {})
        keys = "the keys here are " + ", ".join(known)
        return file_fault(where, key, f"there is no key {name!r} here", nearest(name, known, keys))
    wanted = _at(schema, schema, key)
    if kind == "missing":
        if isinstance(key[-1], int):
            whole = _describe(schema, _at(schema, schema, key[:-1]))
            return file_fault(where, key[:-1], f"must be {whole}", "one value is missing")
        return file_fault(
            where, key, "is missing", f"add {name} = ..., {_describe(schema, wanted)}"
        )
    if kind in {"value_error", "assertion_error"}:
        what, _, hint = str(found["ctx"]["error"]).partition("; ")
        return file_fault(where, key, what, hint or "mend it")
    given = where.value(key)
    what = f"must be {_describe(schema, wanted)}, not {_shown(given)}"
    return file_fault(where, key, what, _remedy(kind, name, given, wanted))


def _remedy(kind: str, name: str, given: object, wanted: Mapping[str, Any]) -> str:
    """Return what to do about a value of the wrong kind or size."""
    if "const" in wanted:
        return f"write {name} = {wanted['const']!r}"
    if "enum" in wanted and isinstance(given, str):
        return nearest(given, [str(v) for v in wanted["enum"]], "choose one of these")
    if isinstance(given, Mapping) and kind in {"float_type", "int_type"}:
        inner = next(iter(given), "...")
        return f'a dotted name goes in quotes: "{name}.{inner}" = ...'
    if isinstance(given, str) and _is_number(given) and kind in {"float_type", "int_type"}:
        return "write it without quotes"
    if "type" in kind and wanted.get("type") == "string":
        return 'write it in quotes: "..."'
    return "choose a value within what is allowed"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _describe(root: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Say in words what a place may hold."""
    if "pattern" in wanted:
        return str(wanted.get("description", f"a text of the form {wanted['pattern']}"))
    if "enum" in wanted:
        return "one of " + ", ".join(repr(v) for v in wanted["enum"])
    if "const" in wanted:
        return repr(wanted["const"])
    kind = wanted.get("type")
    if kind in {"number", "integer"}:
        return ("a number" if kind == "number" else "a whole number") + _range(wanted)
    if kind == "array":
        return _describe_list(root, wanted)
    if kind == "object":
        keys = ", ".join(wanted.get("required", wanted.get("properties", {})))
        return f"a table with {keys}" if keys else "a table"
    return {"string": "a text", "boolean": "true or false"}.get(str(kind), "another value")


def _describe_list(root: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    pair = wanted.get("prefixItems")
    if pair:
        return f"a list of {len(pair)} values, each {_describe(root, _follow(root, pair[0]))}"
    return f"a list, each item {_describe(root, _follow(root, wanted.get('items', {})))}"


def _range(wanted: Mapping[str, Any]) -> str:
    low, above = wanted.get("minimum"), wanted.get("exclusiveMinimum")
    high, below = wanted.get("maximum"), wanted.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    limits = (("from", low), ("above", above), ("at most", high), ("below", below))
    told = [f"{words} {value:g}" for words, value in limits if value is not None]
    return " " + " and ".join(told) if told else ""


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, time)):
        return f"the date or time {value}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _at(root: Mapping[str, Any], schema: Mapping[str, Any], key: Key) -> Mapping[str, Any]:
    """Return the part of a JSON schema that speaks about ``key``."""
    here = _follow(root, schema)
    for step in key:
        if isinstance(step, int):
            pair = here.get("prefixItems", [])
            inner = pair[step] if step < len(pair) else here.get("items", {})
        else:
            inner = here.get("properties", {}).get(step, here.get("additionalProperties", {}))
        here = _follow(root, inner)
    return here


def _follow(root: Mapping[str, Any], schema: object) -> Mapping[str, Any]:
    """Return ``schema`` with its reference resolved; of "this or null", this."""
    if not isinstance(schema, Mapping):
        return {}
    for option in schema.get("anyOf", ()):
        if option.get("type") != "null":
            return {**_follow(root, option)}
    if "$ref" in schema:
        found: Mapping[str, Any] = root["$defs"][str(schema["$ref"]).rpartition("/")[2]]
        return found
    return schema


def _within(inner: Key, outer: Key) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _inside(value: Any, step: str | int) -> Any:  # noqa: ANN401 - plain values of a file
    if isinstance(value, Mapping) and isinstance(step, str):
        return value.get(step)
    if isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
