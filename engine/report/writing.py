"""Writes the report of a recorded session to a file."""

from contextlib import suppress
from pathlib import Path

from engine.errors import AnlanError


def write_report(session: Path, out: Path) -> None:
    """Write the report of the session in the folder or file ``session`` to ``out``.

    The file is complete or not there at all: it is written beside ``out`` and then takes
    its place.

    Raises
    ------
    RecordingError
        When the session cannot be read.
    AnlanError
        When ``out`` cannot be written.
    """
    # The drawing library takes half a second and 30 MB, which no running room needs.
    from engine.report.opening import view_of  # noqa: PLC0415
    from engine.report.page import render  # noqa: PLC0415

    text = render(view_of(session))
    waiting = out.with_name(out.name + ".part")
    try:
        waiting.write_text(text, encoding="utf-8", newline="\n")
        waiting.replace(out)
    except OSError as error:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
        raise AnlanError(
            f"the report cannot be written: {error.strerror or error}",
            where=str(out),
            hint="choose another place with --out",
        ) from error
