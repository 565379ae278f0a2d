"""`anlan run`: a session with a protocol, a rig or a recording or a simulated person."""

from contextlib import nullcontext
from pathlib import Path

import click

from engine.cli.installed import installed
from engine.cli.language import spoken
from engine.cli.planning import make_plan, session_folder
from engine.cli.rigs import named, read_rig
from engine.cli.running import run_session
from engine.config import Rig
from engine.devices.manager import DeviceSpec
from engine.runtime.plan import load_protocol, replayed, simulated, uses_chair


@click.command("run", short_help="Run a session with a protocol.")
@click.argument("protocol")
@click.option(
    "--rig", "rig_file", type=click.Path(path_type=Path), help="The room's devices (rig.toml)."
)
@click.option(
    "--replay", "recording", type=click.Path(path_type=Path),
    help="Play a recording (CSV, EDF or a session) in place of devices.",
)  # fmt: skip
@click.option("--simulate", is_flag=True, help="Let a simulated person sit down.")
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=None,
    help="Where all randomness comes from: the same seed gives the same session.",
)  # fmt: skip
@click.option("--headless", is_flag=True, help="No window and no person to answer.")
@click.option(
    "--virtual-time", "virtual", is_flag=True,
    help="As fast as the computer can; with --replay, --simulate or a rig of such devices.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of captions and terminal.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of this session.")
@click.option("--no-stage", is_flag=True, help="Leave the pictures out.")
@click.option("--no-sound", is_flag=True, help="Leave the sound out.")
def command(
    protocol: str, rig_file: Path | None, recording: Path | None, lang: str | None,
    out: Path | None, seed: int | None, *, simulate: bool, headless: bool, virtual: bool,
    no_stage: bool, no_sound: bool,
) -> int:  # fmt: skip
    """Run a session with PROTOCOL, a name from `anlan plugins` or a TOML file.

    \b
    Who or what is measured
      --rig rig.toml       the room's own devices
      --replay FILE        a recording
      --simulate           a simulated person, who breathes with the guide
      (none of them)       no sensors: scene, sound and the guided breath

    The folder given with --out gets session.mcap, events.jsonl, report.html, a picture
    of each part (stage-*.png) and, where no sound device plays, sound.wav.

    A session goes on without its devices. Where not one of them ever sent anything the
    exit status is 3, and the report is there all the same.
    """
    if recording is not None and simulate:
        raise click.UsageError("--replay and --simulate exclude each other")
    if virtual and not (recording or simulate or rig_file):
        raise click.UsageError(
            "--virtual-time needs --replay or --simulate: people take their time"
        )
    if seed is not None and not simulate:
        raise click.UsageError("--seed belongs to --simulate")
    found = installed()
    rig = read_rig(rig_file, found.drivers(), live=not virtual) if rig_file else Rig.default()
    chosen = load_protocol(protocol, found)
    devices = None
    if recording is not None:
        devices = (replayed(recording),)
    elif simulate:
        chair = (DeviceSpec("chair", "simulated-chair"),) if uses_chair(chosen) else ()
        devices = (simulated(seed or 0, stress=0.5), *chair)
    plan = make_plan(
        chosen, rig, found, devices=devices, folder=session_folder(out, chosen.id), lang=lang,
        seed=seed or 0, headless=headless, virtual=virtual, stage=not no_stage, sound=not no_sound,
    )  # fmt: skip
    with named(rig_file) if rig_file and devices is None else nullcontext():
        return run_session(plan, spoken(lang, rig if rig_file else None))
