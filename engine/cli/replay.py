"""`anlan replay`: send a recorded session through the loop again."""

from pathlib import Path

import click

from engine.cli.installed import installed
from engine.cli.progress import Bar
from engine.runtime.replaying import verify
from engine.runtime.session_folder import SessionFolder


@click.command("replay", short_help="Replay a recorded session; prove that it decides the same.")
@click.argument("session", type=click.Path(path_type=Path))
@click.option(
    "--verify", "must_match", is_flag=True, help="End with 1 unless every decision is the same."
)
def command(session: Path, *, must_match: bool) -> int:
    """Send the samples of SESSION through the same loop again, in virtual time.

    The engine is built so that the same samples give the same decisions, bit for bit.
    With --verify any difference, or any damage of the recording, ends with 1.
    """
    found = installed()  # plugins may have added nodes to the graph
    folder = SessionFolder.find(session)
    recovered = folder.recover()
    lost = () if recovered is None else tuple(str(d) for d in recovered.damage)
    with Bar("replaying") as bar:
        verdict = verify(
            folder,
            lambda core, step: bar.at(step / 100, core.conductor.section.title.en),
            found.add_nodes,
        )
    for line in (*lost, *verdict.damage, *verdict.differences[:20]):
        click.echo(f"  {line}", err=True)
    if len(verdict.differences) > 20:
        click.echo(f"  and {len(verdict.differences) - 20} more", err=True)
    if verdict.same and not lost:
        click.echo(f"{verdict.events} events, every one the same")
        return 0
    click.echo(
        f"{verdict.events} events, {len(verdict.differences)} differences,"
        f" {len(lost) + len(verdict.damage)} places damaged",
        err=True,
    )
    return 1 if must_match else 0
