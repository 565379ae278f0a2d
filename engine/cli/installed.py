"""What is installed, with a word about every plugin that had to be left out."""

import click

from engine import plugins


def installed() -> plugins.Plugins:
    """Return every plugin that works; say on stderr which do not, and why.

    Whoever misses a device has to learn that its plugin is broken, and not that its model is
    unknown.
    """
    found = plugins.load()
    found.drivers()  # what is wrong with a declaration shows when it is asked for
    for fault in found.broken.values():
        click.echo(f"anlan: left out {fault}", err=True)
    return found
