"""The `anlan` command: finds the right file, and turns errors into sentences and codes."""

import difflib
import importlib
import sys
from collections.abc import Sequence

import click

from engine.cli.interrupted import LINE, STATUS, LeavingAtOnce
from engine.cli.refused import as_fault
from engine.errors import AnlanError

COMMANDS = {
    "demo": "Run a whole session in 90 seconds with a simulated person.",
    "run": "Run a session with a protocol.",
    "replay": "Replay a recorded session; with --verify, prove that it decides the same.",
    "analyse": "Analyse any recording: the five-minute seated test.",
    "report": "Write the report of a recorded session again.",
    "devices": "Show the devices of a room and what each one measures.",
    "driver": "Begin a driver for a new device, or check how far one is proved.",
    "plugins": "Show every plugin, what it brings, and what is wrong with the others.",
    "check": "Check protocol, rig and recording files; tell all their faults.",
    "doctor": "Check that this computer has what a session needs.",
}
"""Commands in the order a newcomer needs them; each lives in a file of its name."""


class Commands(click.Group):
    """Loads a command's file only when it is wanted, so that help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in teaching order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or say which one was probably meant."""
        if cmd_name in COMMANDS:
            with LeavingAtOnce():
                module = importlib.import_module(f"engine.cli.{cmd_name}")
            command: click.Command = module.command
            return command
        near = difflib.get_close_matches(cmd_name, COMMANDS, 1)
        if near:
            ctx.fail(f"there is no command {cmd_name!r}; did you mean {near[0]!r}?")
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 fine, 1 something is wrong with your files, 2 usage, 3 hardware "
    "(also: no device of a session's rig ever sent anything).",
)
@click.version_option(package_name="anlan", prog_name="anlan")
def anlan() -> None:
    """Anlan 安澜: relaxation sessions that follow the person, and say why.

    \b
    Begin with
      anlan demo                                a whole session, nothing else needed
      anlan run slow-paced-breathing --simulate --seed 7 --headless --virtual-time
      anlan check my-protocol.toml              all faults of a file at once

    A wellness product: it measures and accompanies, it makes no medical claim.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    try:
        result = anlan.main(
            args=None if arguments is None else list(arguments),
            prog_name="anlan",
            standalone_mode=False,
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as request:
        return int(request.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(LINE, err=True)
        return STATUS
    except AnlanError as error:
        return _tell(error)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:  # a file no command thought of: no reason for a traceback
        fault = as_fault(error)
        if fault is None:
            raise
        return _tell(fault)
    return int(result) if isinstance(result, int) else 0


def _tell(error: AnlanError) -> int:
    """Say in both languages what went wrong; return the exit status."""
    for line in error.lines_zh:
        click.echo(line, err=True)
    click.echo(f"anlan: {error}", err=True)
    return error.exit_code
