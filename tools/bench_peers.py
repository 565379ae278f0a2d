"""Compare our signal processing with the libraries people use today, on the same data.

Usage: python tools/bench_peers.py [--quick] [--part heart ...] [--json OUT] [--write]

The peers are in the dependency group ``peers``; one that is missing or fails is told as such.
"""

# One thread each: idle threads spinning would be counted as a peer's work.
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import logging
from pathlib import Path

import click

from tools.peers.attempts import Failures, quiet
from tools.peers.breath import breath_costs, breath_scores
from tools.peers.cost import costs
from tools.peers.heart_accuracy import accuracies
from tools.peers.heart_live import OURS, delays, watch
from tools.peers.heart_peers import heart_peers
from tools.peers.heart_records import made_hearts, real_hearts
from tools.peers.imports import import_costs
from tools.peers.intervals import breathing_scores, injected_scores, labelled_scores
from tools.peers.page import PARTS, page, write
from tools.peers.results import Results, absent
from tools.peers.skin import skin_costs, skin_scores
from tools.peers.steps import Steps

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "engine" / "dsp" / "README.md"
SLOW, FAST = 0.25, 0.02
"""Hops of the live comparison, s."""
SWIFT_US = 4000.0
"""A peer whose run costs less than this can be run at the fast hop at all."""


def recordings_folder(given: Path | None) -> Path:
    """Return the folder of recordings."""
    folder = given or Path(os.environ.get("ANLAN_RECORDINGS", ROOT.parent / "shared" / "data"))
    if not (folder / "manifest.json").is_file():
        raise click.ClickException(
            f"no recordings at {folder}; name their folder with --recordings or ANLAN_RECORDINGS"
        )
    return folder


def live(results: Results, recordings: Path, failures: Failures, steps: Steps) -> None:
    """Compare delay and cost: all at 250 ms, the swift ones also at 20 ms."""
    clean, *_, noisy = real_hearts(recordings, quick=True)
    until = 25.0 if results.quick else 60.0
    watched = watch(clean, heart_peers(), failures, steps, hop=SLOW, until=until)
    results.heart_cost = costs({n: w.seconds for n, w in watched.items()}, OURS)
    results.delay = delays(clean, watched, hop=SLOW, until=until)
    swift = {row.name for row in results.heart_cost if row.median_us < SWIFT_US}
    chosen = [peer for peer in heart_peers() if peer.name in swift]
    until = 20.0 if results.quick else 40.0
    for heart in (noisy,) if results.quick else (clean, noisy):
        watched = watch(heart, chosen, failures, steps, hop=FAST, until=until)
        results.delay += delays(heart, watched, hop=FAST, until=until)


def measured(recordings: Path, parts: tuple[str, ...], steps: Steps, *, quick: bool) -> Results:
    """Run the parts and return what they found."""
    results = Results(quick, absent=absent())
    with quiet():
        logging.disable(logging.CRITICAL)
        for part in parts:
            steps.begin(part)
            failures = Failures()
            if part == "heart":
                hearts = [*real_hearts(recordings, quick=quick), *made_hearts(quick=quick)]
                results.accuracy = accuracies(hearts, heart_peers(), failures, steps)
            elif part == "live":
                live(results, recordings, failures, steps)
            elif part == "skin":
                results.skin = skin_scores(failures, steps, quick=quick)
                results.skin_cost = skin_costs(failures, steps, quick=quick)
            elif part == "intervals":
                results.injected = injected_scores(recordings, failures, steps)
                results.labelled = labelled_scores(recordings, failures, steps)
                results.breathing = breathing_scores(failures, steps)
            elif part == "breath":
                results.breath = breath_scores(recordings, failures, steps, quick=quick)
                results.breath_cost = breath_costs(recordings, failures, steps, quick=quick)
            else:
                results.imports = import_costs(steps, quick=quick)
            results.failures[part] = failures.told()
        logging.disable(logging.NOTSET)
    results.seconds = steps.seconds
    return results


@click.command()
@click.option("--recordings", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--quick", is_flag=True, help="Fewer and shorter signals, about a minute.")
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="Only these.")
@click.option(
    "--write", "writes", is_flag=True, help="Renew these parts' tables in engine/dsp/README.md."
)
def main(
    recordings: Path | None, out: Path | None, parts: tuple[str, ...], *, quick: bool, writes: bool
) -> None:
    """Compare our signal processing with its peers on the same data, in one run."""
    steps = Steps()
    results = measured(recordings_folder(recordings), parts or tuple(PARTS), steps, quick=quick)
    if out is not None:
        out.write_text(json.dumps(results.as_json(), indent=1), encoding="utf-8")
    if writes:
        write(README, results)
    print(page(results))
    print(f"{results.seconds:.0f} s")


if __name__ == "__main__":
    main()
