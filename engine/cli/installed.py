"""What is installed, with a word about every plugin that had to be left out."""

import click

from engine import plugins
from engine.cli.interrupted import LeavingAtOnce
from engine.errors import AnlanError


def installed() -> plugins.Plugins:
    """Return every plugin that works; say on stderr which do not, and why.

    Whoever misses a device has to learn that its plugin is broken, and not that its model is
    unknown.
    """
    found = loaded()
    found.drivers()  # what is wrong with a declaration shows when it is asked for
    for name, fault in found.broken.items():
        tell(name, fault, "left out ")
    return found


def loaded() -> plugins.Plugins:
    """Return every plugin; what it imports may be left at any moment."""
    with LeavingAtOnce():
        return plugins.load()


def tell(name: str, fault: AnlanError, left_out: str = "") -> None:
    """Say on stderr, in both languages, what is wrong with the plugin ``name``."""
    click.echo(f"未加载插件 {name}：{fault.in_chinese or '原因见下一行'}", err=True)
    click.echo(f"anlan: {left_out}{fault}", err=True)
