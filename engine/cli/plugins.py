"""`anlan plugins`: every plugin, what it brings, what is wrong with the others."""

import json

import click

from engine.cli.installed import loaded, tell
from engine.devices.catalog import remedy


@click.command("plugins", short_help="Show every plugin and what it brings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> int:
    """Show every installed plugin: where it comes from and what it brings.

    A plugin that cannot be loaded is shown with its fault; the others work all the same,
    and the command still ends with 1 so that a script notices.
    """
    found = loaded()
    brought = {
        "drivers": list(found.drivers()),
        "scenes": list(found.scenes()),
        "protocols": list(found.protocols()),
        "voices": list(found.voices()),
    }
    needs = {m: how for m, kind in found.drivers().items() if (how := remedy(kind))}
    if as_json:
        table = {
            "plugins": found.origin,
            "broken": {name: str(fault) for name, fault in found.broken.items()},
            **brought,
            "needs": needs,
        }
        click.echo(json.dumps(table, ensure_ascii=False, indent=2))
    else:
        for name, origin in sorted(found.origin.items()):
            mark = "broken" if name in found.broken else "ok"
            click.echo(f"{mark:<8}{name:<28}{origin}")
        for what, names in brought.items():
            click.echo(f"{what:<10}{', '.join(names) or '-'}")
        for model, how in needs.items():
            click.echo(f"{'needs':<10}{model}: {how}")
        for name in sorted(set(found.broken) - set(found.origin)):
            click.echo(f"{'broken':<8}{name}")
    for name, fault in found.broken.items():
        tell(name, fault)
    return 1 if found.broken else 0
