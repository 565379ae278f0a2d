"""`anlan report`: write a session's report again."""

from pathlib import Path

import click

from engine.cli.private import private
from engine.report import write_report
from engine.runtime.session_folder import SessionFolder


@click.command("report", short_help="Write the report of a recorded session again.")
@click.argument("session", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write; report.html in the session's folder if left out.",
)
def command(session: Path, out: Path | None) -> int:
    """Write the report of SESSION, a session's folder or its session.mcap.

    The report is one HTML file in Chinese and English that needs no network and prints
    on A4. A session whose room was cut off is recovered first.
    """
    folder = SessionFolder.find(session)
    target = out or folder.report
    with private():
        folder.recover()
        write_report(folder.recording, target)
    click.echo(f"report: {target}")
    return 0
