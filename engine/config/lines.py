"""Finds the line of a TOML file a key stands on, so that a fault can point at it."""

import re
from typing import TypeAlias

Key: TypeAlias = tuple[str | int, ...]
"""The way to a value: names of tables and keys, numbers of list items from 0."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")


def lines_of(text: str) -> dict[Key, int]:
    """Return the line, from 1, of every key and list item of ``text``.

    ``text`` must be valid TOML (`tomllib` has read it before); this only looks where
    things stand, which `tomllib` does not tell.
    """
    scan = _Scan(text)
    scan.document()
    return scan.lines


class _Scan:
    """One pass over a valid TOML document."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lists: dict[Key, int] = {}
        self.lines: dict[Key, int] = {}

    def document(self) -> None:
        table: Key = ()
        while True:
            self._skip()
            if self._at >= len(self._text):
                return
            if self._peek("[["):
                self._at += 2
                table = self._enter_list(self._keys("]"))
                self._at += 2
            elif self._peek("["):
                self._at += 1
                table = self._resolve(self._keys("]"))
                self._note(table)
                self._at += 1
            else:
                self._pair(table)

    def _pair(self, table: Key) -> None:
        line = self._at
        path = table + self._keys("=")
        self._note(path, line)
        self._at += 1
        self._value(path)

    def _value(self, path: Key) -> None:
        self._skip()
        if self._peek('"') or self._peek("'"):
            self._string()
        elif self._peek("["):
            self._at += 1
            index = 0
            while not self._closed("]"):
                self._note((*path, index))
                self._value((*path, index))
                index += 1
        elif self._peek("{"):
            self._at += 1
            while not self._closed("}"):
                self._pair(path)
        else:
            found = _SCALAR.match(self._text, self._at)
            self._at = found.end() if found else self._at + 1

    def _closed(self, end: str) -> bool:
        """Step over a comma or the end of a list or table; tell whether it was the end."""
        self._skip()
        if self._peek(","):
            self._at += 1
            self._skip()
        if self._peek(end) or self._at >= len(self._text):
            self._at += 1
            return True
        return False

    def _keys(self, end: str) -> Key:
        """Read a dotted key up to ``end``."""
        keys: list[str] = []
        while not self._peek(end) and self._at < len(self._text):
            self._skip()
            if self._peek('"') or self._peek("'"):
                keys.append(self._string())
            elif found := _BARE.match(self._text, self._at):
                keys.append(found.group())
                self._at = found.end()
            elif not self._peek(end):
                self._at += 1
        return tuple(keys)

    def _string(self) -> str:
        quote = self._text[self._at]
        mark = quote * 3 if self._peek(quote * 3) else quote
        start = self._at = self._at + len(mark)
        while self._at < len(self._text) and not self._peek(mark):
            self._at += 2 if quote == '"' and self._peek("\\") else 1
        content = self._text[start : self._at]
        self._at += len(mark)
        if len(mark) == 3:  # a quote may stand right before the closing three
            while self._peek(quote):
                self._at += 1
        return content

    def _skip(self) -> None:
        """Step over spaces, line ends and comments."""
        while self._at < len(self._text):
            if self._peek("#"):
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at].isspace():
                self._at += 1
            else:
                return

    def _peek(self, what: str) -> bool:
        return self._text.startswith(what, self._at)

    def _note(self, path: Key, at: int | None = None) -> None:
        self._skip()
        place = self._at if at is None else at
        self.lines.setdefault(path, self._text.count("\n", 0, place) + 1)

    def _resolve(self, keys: Key) -> Key:
        """Return the full path of a table's name: within a list, its newest item is meant."""
        path: Key = ()
        for key in keys:
            path = (*path, key)
            if path in self._lists:
                path = (*path, self._lists[path])
        return path

    def _enter_list(self, keys: Key) -> Key:
        path = (*self._resolve(keys[:-1]), keys[-1])
        self._lists[path] = self._lists.get(path, -1) + 1
        self._note(path)
        entry = (*path, self._lists[path])
        self._note(entry)
        return entry
