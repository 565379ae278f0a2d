"""Which language a command speaks to the person at the keyboard: one rule for all of them."""

import locale
import os
from collections.abc import Mapping

import click

from engine.config import Rig
from engine.errors import ConfigError

LANGUAGES = ("zh", "en")
OWN = "ANLAN_LANG"
"""The variable that says it for anlan alone."""
SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Those that say it for every program, the first that is set."""
LANG = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language; else the rig's, $ANLAN_LANG, $LANG."
)


def spoken(chosen: str | None, rig: Rig | None = None) -> str:
    """Return the language to speak, ``zh`` or ``en``.

    The first that says one: ``--lang``; the rig file that the command was given, if it has a
    line ``language``; ``ANLAN_LANG``; the system's own, which is Chinese or else English.

    Raises
    ------
    ConfigError
        If ``ANLAN_LANG`` is neither.
    """
    if chosen is not None:
        return chosen
    if rig is not None and "language" in rig.model_fields_set:
        return rig.language
    return _own(os.environ) or _system(os.environ)


def _own(environment: Mapping[str, str]) -> str:
    told = environment.get(OWN, "")
    if told and told not in LANGUAGES:
        raise ConfigError(
            f"is {told!r}", where=OWN, hint="write zh or en", zh=f"是 {told!r}，请写 zh 或 en"
        )
    return told


def _system(environment: Mapping[str, str]) -> str:
    told = next((environment[k] for k in SYSTEM if environment.get(k)), "")
    if not told and os.name == "nt":  # it sets none, and says "Chinese (Simplified)_China"
        told = locale.getlocale(locale.LC_CTYPE)[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"
