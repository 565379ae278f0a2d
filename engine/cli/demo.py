"""`anlan demo`: a whole session in 90 seconds, nothing else needed."""

from pathlib import Path

import click

from engine.cli.installed import loaded
from engine.cli.language import spoken
from engine.cli.planning import make_plan, session_folder
from engine.cli.running import run_session
from engine.config import Rig
from engine.runtime.plan import load_protocol, simulated


@click.command("demo", short_help="Run a whole session in 90 seconds.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of this session.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of captions and terminal.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=7, show_default=True)
@click.option("--headless", is_flag=True, help="No window, even where there is a display.")
@click.option("--virtual-time", "virtual", is_flag=True, help="As fast as the computer can.")
def command(out: Path | None, lang: str | None, seed: int, *, headless: bool, virtual: bool) -> int:
    """Run a whole session in 90 seconds, live, with a simulated person.

    Consent, sensors, baseline, the guided breath over the sea at dusk, recovery, report:
    everything a real session has, only shorter. Without a display the stage renders off
    screen; without a sound device the sound goes to sound.wav. A session this short says
    nothing about anyone; the report says so too.
    """
    found = loaded()
    chosen = load_protocol("demo", found)
    plan = make_plan(
        chosen, Rig.default(), found, devices=(simulated(seed, stress=0.5, follows=1.0),),
        folder=session_folder(out, "demo"), lang=lang, seed=seed, headless=headless,
        virtual=virtual,
    )  # fmt: skip
    return run_session(plan, spoken(lang))
