"""Measure the skin's level and responses on drawn people and put the table into the README.

Usage: python tools/skin_figures.py [--people N] [--write]

Every cell is the mean over people, with the worst of them for the level: shapes of responses x
responses a minute x sampling x noise (1 / 5 / 20 nS). The records begin amid responses.
"""

import itertools
from pathlib import Path

import click
import numpy as np

from engine.dsp import eda_layout as at
from tests.skin_truth import SHAPES, found, level_error, match, skin
from tools.peers.tables import table

README = Path(__file__).resolve().parents[1] / "engine" / "dsp" / "README.md"
BEGIN, END = "<!-- skin:begin -->", "<!-- skin:end -->"
NOISES = (0.001, 0.005, 0.02)
FIRST_SEED = 200


def cell(shape: str, rate: float, a_minute: int, people: int) -> list[str]:
    """Return level errors, %, mean (worst person), and F1, both for each noise."""
    levels, scores = [], []
    for noise in NOISES:
        errors, f1 = [], []
        for seed in range(FIRST_SEED, FIRST_SEED + people):
            true = skin(rate, a_minute, noise, seed, shape=shape, first=-30.0)
            errors.append(100.0 * level_error(rate, true))
            _, events = found(rate, true.t, true.y)
            f1.append(match(events[:, at.O_ONSET], true.onsets)[0])
        levels.append(f"{np.mean(errors):.1f} ({max(errors):.1f})")
        scores.append(f"{np.mean(f1):.2f}")
    return [" / ".join(levels), " / ".join(scores)]


def page(people: int) -> str:
    """Return the table as Markdown."""
    rows = [
        [shape, f"{rate:g} Hz, {a_minute} a minute", *cell(shape, rate, a_minute, people)]
        for shape, rate, a_minute in itertools.product(SHAPES, (4.0, 8.0), (2, 6, 12, 20))
    ]
    said = (
        f"Level: mean error over {people} drawn people, % of the truth (worst person); responses: "
        "F1 within 2 s; noise 1 / 5 / 20 nS. Written by `python tools/skin_figures.py --write`."
    )
    head = ["shape of responses", "signal", "level, %", "F1"]
    return "\n".join([said, "", *table(head, rows)])


def put(readme: Path, begin: str, end: str, text: str) -> None:
    """Replace what stands between the two marks."""
    page_ = readme.read_text(encoding="utf-8")
    before, rest = page_.split(begin, 1)
    _, after = rest.split(end, 1)
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


@click.command()
@click.option("--people", default=8, show_default=True)
@click.option("--write", "writes", is_flag=True, help="Put the table into engine/dsp/README.md.")
def main(people: int, *, writes: bool) -> None:
    """Measure level and responses of the skin on drawn people."""
    text = page(people)
    if writes:
        put(README, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
