"""The command line: one file per command, help that teaches, errors that say what to do."""

from engine.cli.interrupted import LeavingAtOnce


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    with LeavingAtOnce():
        from engine.cli.entry import run  # noqa: PLC0415 - what takes time, after Ctrl-C is taken

    return run(arguments)


__all__ = ["main"]
