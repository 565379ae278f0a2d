"""The command line: one file per command, help that teaches, errors that say what to do."""

from engine.cli.entry import main

__all__ = ["main"]
