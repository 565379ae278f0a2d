"""Shaders: read from files, put together, compiled at once, and blamed by file and line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from panda3d.core import Notify, Shader, StringStream

from engine.errors import StageError
from engine.stage.context import Context

FOLDER = Path(__file__).parent / "glsl"
_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"')
# Mesa and Intel say "name:12(5): error", NVIDIA "0(12) : error", others "ERROR: 0:12:".
_BLAME = re.compile(
    r"(?:created-shader|\d+)[:(](\d+)[):(](?:\d*[):]*)\s*(?:error|:)?[^\n]*", re.IGNORECASE
)

Origin = tuple[Path, int]


class Glsl:
    """Makes shaders out of files.

    Parameters
    ----------
    context
        Where they will run.
    folders
        Where a bare name is looked up, first to last; the engine's own folder is last.
    """

    def __init__(self, context: Context, folders: Sequence[Path] = ()) -> None:
        self._context = context
        self._folders = (*folders, FOLDER)

    def shader(self, vertex: str | Path, fragment: str | Path) -> Any:  # noqa: ANN401 - panda3d
        """Return the compiled shader.

        Raises
        ------
        StageError
            If a file is missing or does not compile; names the file and the line.
        """
        sources = [self._read(vertex), self._read(fragment)]
        made: Any = Shader.make(Shader.SL_GLSL, *(text for text, _ in sources))
        told = self._compile(made)
        if made is None or made.get_error_flag():
            which = 0 if "vertex shader" in told else 1
            raise _fault(told, sources[which][1], self.find((vertex, fragment)[which]))
        return made

    def find(self, name: str | Path) -> Path:
        """Return where ``name`` is."""
        for folder in self._folders:
            path = folder / name
            if path.is_file():
                return path
        raise StageError(
            "there is no such shader file",
            where=str(name),
            hint="looked in " + ", ".join(f.name for f in self._folders),
        )

    def _compile(self, made: Any) -> str:  # noqa: ANN401 - a panda3d Shader
        """Return what panda3d says meanwhile; it reports shaders in no other way."""
        heard = StringStream()
        Notify.ptr().set_ostream_ptr(heard, False)
        try:
            made.prepare_now(self._context.gsg.prepared_objects, self._context.gsg)
        finally:
            Notify.ptr().set_ostream_ptr(None, False)
        return bytes(heard.get_data()).decode("utf-8", "replace")

    def _read(self, name: str | Path) -> tuple[str, list[Origin]]:
        """Return the text with includes in place, and where each of its lines is from."""
        lines: list[str] = ["#version 330"]
        origins: list[Origin] = [(self.find(name), 0)]
        self._append(self.find(name), lines, origins, set())
        return "\n".join(lines) + "\n", origins

    def _append(self, path: Path, lines: list[str], origins: list[Origin], seen: set[Path]) -> None:
        seen.add(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            include = _INCLUDE.match(line)
            if include is None:
                lines.append(line)
                origins.append((path, number))
                continue
            inner = self.find(include[1])
            if inner not in seen:
                self._append(inner, lines, origins, seen)


def _fault(told: str, origins: list[Origin], fallback: Path) -> StageError:
    for line in told.splitlines()[1:]:
        found = _BLAME.match(line.removeprefix("ERROR: ").strip())
        if found is None:
            continue
        number = int(found[1])
        if 1 <= number <= len(origins):
            path, own = origins[number - 1]
            what = line.split("error:", 1)[-1].strip(" :")
            return StageError(
                f"the shader does not compile: {what}",
                where=f"{path.name}:{own}",
                hint=f"see {path.parent.parent.name}/{path.parent.name}",
            )
    return StageError(
        f"the shader does not compile: {told.strip() or 'no reason given'}", where=fallback.name
    )
