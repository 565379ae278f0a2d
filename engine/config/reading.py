"""Reads a TOML file into a typed model, or says everything that is wrong with it."""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.config.faults import Fault, Where, model_faults, nearest
from engine.config.lines import lines_of
from engine.errors import FaultyFileError

M = TypeVar("M", bound=BaseModel)
LARGEST = 1_000_000
"""Bytes; a file people write by hand is never this long."""

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where in it each thing stands."""

    content: dict[str, Any]
    where: Where

    def decode(self, model: type[M]) -> tuple[M | None, list[Fault]]:
        """Return the content as ``model``, or None and every fault."""
        try:
            return validated(model, self.content), []
        except ValidationError as error:
            return None, model_faults(error, model, self.where)


def read_toml(path: Path, model: type[M]) -> M:
    """Return the file at ``path`` as ``model``.

    Raises
    ------
    FaultyFileError
        Listing all faults at once; each names the file, the line, the key and a remedy.
    """
    made, faults = read_document(path).decode(model)
    if made is None:
        raise FaultyFileError(faults, where=str(path))
    return made


def validated(model: type[M], content: object) -> M:
    """Return plain TOML values as ``model``, taking no text for a number and the like.

    The way over JSON is what lets pydantic be strict about values and still take a list
    for a pair of numbers.
    """
    return model.model_validate_json(json.dumps(content, default=_never), strict=True)


def _never(value: object) -> object:
    """Stand for a date or time, which no key of ours takes: as a table it fits nowhere."""
    return {"date or time": str(value)}


def read_document(path: Path) -> Document:
    """Return what the TOML file at ``path`` says.

    Raises
    ------
    FaultyFileError
        When it is missing, not readable, not UTF-8 or not TOML.
    """
    text = _text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _alone(path, *_syntax(str(error), text)) from None
    return Document(content, Where(str(path), content, lines_of(text)))


def _text(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise _alone(path, "", "is far too long for a file of this kind", "give another file")
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        hint = nearest(path.name, beside, "check the name and the folder")
        raise _alone(path, "", "there is no such file", hint) from None
    except IsADirectoryError:
        raise _alone(path, "", "is a folder", "give a file that ends in .toml") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise _alone(path, "", f"cannot be read: {why}", "check its permissions") from None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save the file again with the encoding UTF-8"
        raise _alone(path, f":{line}", "is not written in UTF-8", hint) from None


def _syntax(message: str, text: str) -> tuple[str, str, str]:
    """Return position, sentence and remedy for what `tomllib` says."""
    found = _POSITION.search(message)
    what = message[: found.start()] if found else message
    line, column = (found.group(1), found.group(2)) if found else (None, None)
    if line is None:
        line, column = str(text.count("\n") + 1), "1"
    hint = "look at this place and just before it"
    if "Invalid value" in what:
        hint = 'a text goes in quotes, "like this"; numbers are written 12.5; true and false small'
    elif "overwrite" in what or "twice" in what or "once" in what:
        hint = "the same key stands twice in one table; keep one"
    elif "Illegal character '\\n'" in what or "Unterminated string" in what:
        hint = "a closing quote is missing"
    elif "Expected '='" in what:
        hint = "a line is: key = value"
    elif "Unclosed" in what:
        hint = "a closing bracket is missing"
    return f":{line}:{column}", f"is not valid TOML: {what[:1].lower()}{what[1:]}", hint


def _alone(path: Path, position: str, what: str, hint: str) -> FaultyFileError:
    fault = Fault(what, where=f"{path}{position}", hint=hint)
    return FaultyFileError([fault], where=str(path))
