"""Measure how well arousal tells stress from rest on recorded people, and put it into the README.

Usage: python tools/arousal_figures.py [--recordings FOLDER] [--write]

Nothing is fitted: the same index, with the same numbers, sees every person as a room would. Beside
it stand the plain mean of z-scores and every channel alone. The figure is the area under the curve
(AUC) over the seconds after the baseline: the share of pairs of a stress and a rest second that
are in the right order. Seconds next to each other are alike, so the interval redraws whole minutes,
and for the people together whole people first.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from scipy.stats import rankdata

from engine.dsp.arousal import ArousalIndex
from engine.dsp.arousal_channels import SIGNS, USABLE
from engine.graph.arousal import SOURCES
from engine.graph.standard import standard_graph
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tools.peers.tables import table
from tools.skin_figures import put

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "engine" / "dsp" / "README.md"
BEGIN, END = "<!-- arousal:begin -->", "<!-- arousal:end -->"
WRIST = ("S02", "S05", "S08", "S12")
WRIST_REST = (30.0, 210.0)
"""The baseline of everybody with a wrist band, s of the recording, set before looking."""
BLOCK = 60
"""Seconds that are drawn together."""
DRAWS = 300


@dataclass(frozen=True)
class Labelled:
    """A recorded person: samples, when the baseline was, and which second was stress (1) or rest.

    ``label`` is ``(seconds,)``, NaN where nothing is said.
    """

    name: str
    samples: tuple[tuple[Stream, F64], ...]
    rest: tuple[float, float]
    label: F64


@dataclass(frozen=True)
class Scores:
    """Every second of a person: the label, and what each measure said (NaN: nothing)."""

    name: str
    label: F64
    by: Mapping[str, F64]


def wrist(folder: Path, name: str) -> Labelled:
    """Return a person of `stress_predict`: pulse, skin conductance and acceleration."""
    with np.load(folder / "stress_predict" / f"{name}.npz", allow_pickle=False) as a:
        samples = (
            (Stream("e4.ppg", Kind.PPG, Unit.RAW, 64.0), a["bvp"][:, None] / float(a["bvp_scale"])),
            (Stream("e4.eda", Kind.EDA, Unit.MICROSIEMENS, 4.0), a["eda"][:, None].astype(float)),
            (
                Stream("e4.acc", Kind.ACC, Unit.G, 32.0, axes=("x", "y", "z")),
                a["acc"].astype(float) / 64.0,
            ),
        )
        at = np.round(a["label_t_unix"] - float(a["bvp_t0"])).astype(int)
        label = np.full(int(at[-1]) + 1, np.nan)
        label[at] = a["label"]
    return Labelled(name, samples, WRIST_REST, label)


def chest(folder: Path) -> Labelled:
    """Return the person of `biopsykit_mist`: ECG, a minute of baseline, mental arithmetic."""
    with np.load(folder / "biopsykit_mist" / "Vp01.npz", allow_pickle=False) as a:
        ecg = a["ecg_adu"].astype(float)[:, None]
        begins = dict(zip(a["phase"].tolist(), a["phase_onset_s"].tolist(), strict=True))
    label = np.zeros(int(begins["End"]))
    label[int(begins["Stress"]) : int(begins["Recovery"])] = 1.0
    samples = ((Stream("chest.ecg", Kind.ECG, Unit.RAW, 256.0), ecg),)
    return Labelled("Vp01", samples, (begins["Baseline"], begins["Intervention"]), label)


def recordings_folder(given: Path | None) -> Path:
    """Return the folder of recordings: ``given``, else `ANLAN_RECORDINGS`, else beside us.

    Raises
    ------
    click.ClickException
        If one of the people is not in it.
    """
    named = given or Path(os.environ.get("ANLAN_RECORDINGS", ROOT.parent / "shared" / "data"))
    needed = [f"stress_predict/{name}.npz" for name in WRIST] + ["biopsykit_mist/Vp01.npz"]
    missing = [name for name in needed if not (named / name).is_file()]
    if missing:
        how = "--recordings" if given else "ANLAN_RECORDINGS, or --recordings,"
        raise click.ClickException(
            f"{named} lacks {', '.join(missing)}: {how} must name the folder of the recordings "
            "(the one with manifest.json)"
        )
    return named


def people(folder: Path) -> list[Labelled]:
    """Return every recording that says when there was stress."""
    return [*(wrist(folder, name) for name in WRIST), chest(folder)]


def through_the_room(
    person: Labelled,
    wanted: Collection[str],
    index: ArousalIndex | None = None,
    gone: Collection[str] = (),
    when: range = range(0),
) -> Iterator[Chunk]:
    """Send ``person`` through the graph of a room; yield the ``wanted`` streams.

    ``index`` takes the place of the room's own. The streams named by ``gone`` send nothing in
    the seconds ``when``.
    """
    wired = standard_graph([stream for stream, _ in person.samples])
    if index is not None:
        wired.arousal.index = index
    wired.arousal.begin_baseline(person.rest[0])
    wired.arousal.end_baseline(person.rest[1])
    wired.graph.keep(set(wanted))
    for second in range(len(person.label)):
        for stream, x in person.samples:
            rate = stream.rate or 1.0
            first, last = (min(len(x), round(s * rate)) for s in (second, second + 1))
            if first == last or (second in when and stream.name in gone):
                continue
            t = np.arange(first, last) / rate
            for chunk in wired.graph.push(Chunk(stream, t, x[first:last])):
                if chunk.stream.name in wanted:
                    yield chunk


def scores(person: Labelled) -> Scores:
    """Send ``person`` through the graph of a room and score every second after the baseline."""
    n = len(person.label)
    index, channels = np.full(n, np.nan), np.full((n, len(SIGNS)), np.nan)
    names = [sign.name for sign in SIGNS]
    for chunk in through_the_room(person, {"arousal", *SOURCES}):
        if chunk.stream.name == "arousal":
            seen = chunk.t.astype(int)
            index[seen[seen < n]] = chunk.x[seen < n, 0]
        elif len(chunk.t):
            name, value, quality = SOURCES[chunk.stream.name]
            axes = chunk.stream.axes
            q = chunk.x[:, axes.index(quality)]
            v = np.where(q > USABLE, chunk.x[:, axes.index(value)], np.nan)
            at = np.minimum(chunk.t.astype(int), n - 1)
            channels[at, names.index(name)] = v
    return Scores(person.name, person.label, measures(person, index, channels))


def measures(person: Labelled, index: F64, channels: F64) -> dict[str, F64]:
    """Return the index, the plain mean of z and every z, NaN before the baseline is over."""
    begin, end = (int(s) for s in person.rest)
    z = np.full_like(channels, np.nan)
    for i, sign in enumerate(SIGNS):
        x = np.array([sign.scaled(v) for v in channels[:, i]])
        rest = x[begin:end][np.isfinite(x[begin:end])]
        if len(rest) >= 2 and rest.std() > 0.0:
            z[:, i] = sign.direction * (x - rest.mean()) / rest.std()
    heard = np.isfinite(z)
    mean = np.where(
        heard.any(axis=1), np.nansum(z, axis=1) / np.maximum(heard.sum(axis=1), 1), np.nan
    )
    made = {"anlan index": index, "plain mean of z": mean}
    made |= {f"z of {sign.name}": z[:, i] for i, sign in enumerate(SIGNS)}
    return {name: np.where(np.arange(len(x)) > end, x, np.nan) for name, x in made.items()}


def auc(label: F64, score: F64) -> float:
    """Return the share of pairs of a stress and a rest second in the right order; ties are half."""
    known = np.isfinite(label) & np.isfinite(score)
    stress = label[known] == 1.0
    many, few = int(stress.sum()), int((~stress).sum())
    if not many or not few:
        return np.nan
    ranks = rankdata(score[known])
    return float((ranks[stress].sum() - many * (many + 1) / 2) / (many * few))


def interval(draw: Callable[[np.random.Generator], float]) -> tuple[float, float]:
    """Return the middle 95 % of what ``draw`` gives."""
    rng = np.random.default_rng(0)
    drawn = [draw(rng) for _ in range(DRAWS)]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def minutes(rng: np.random.Generator, n: int) -> F64:
    """Return indices of ``n`` seconds, drawn again a minute at a time."""
    begins = rng.integers(0, max(1, n - BLOCK), -(-n // BLOCK))
    return np.asarray((begins[:, None] + np.arange(BLOCK)).ravel() % n)


def of_one(person: Scores, name: str) -> tuple[float, float, float]:
    """Return AUC of a measure on one person, and its interval."""
    known = np.isfinite(person.label) & np.isfinite(person.by[name])
    label, score = person.label[known], person.by[name][known]
    if not len(label):
        return np.nan, np.nan, np.nan

    def draw(rng: np.random.Generator) -> float:
        chosen = minutes(rng, len(label)).astype(int)
        return auc(label[chosen], score[chosen])

    return auc(label, score), *interval(draw)


def of_all(everyone: list[Scores], name: str) -> tuple[float, float, float]:
    """Return AUC of all seconds of everyone together, and its interval: people, then minutes."""
    parts = []
    for person in everyone:
        known = np.isfinite(person.label) & np.isfinite(person.by[name])
        if known.any():
            parts.append((person.label[known], person.by[name][known]))

    def draw(rng: np.random.Generator) -> float:
        label, score = [], []
        for k in rng.integers(0, len(parts), len(parts)):
            chosen = minutes(rng, len(parts[k][0])).astype(int)
            label.append(parts[k][0][chosen])
            score.append(parts[k][1][chosen])
        return auc(np.concatenate(label), np.concatenate(score))

    whole = auc(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]))
    return whole, *interval(draw)


def told(found: tuple[float, float, float]) -> str:
    """Return an AUC with its interval, or a dash."""
    middle, low, high = found
    return f"{middle:.2f} ({low:.2f}-{high:.2f})" if np.isfinite(middle) else "-"


def page(everyone: list[Scores]) -> str:
    """Return the table as Markdown."""
    rows = []
    for name in everyone[0].by:
        each = [of_one(person, name) for person in everyone]
        known = [found[0] for found in each if np.isfinite(found[0])]
        if known:
            mean = f"{np.mean(known):.2f}"
            rows.append([name, *map(told, each), mean, told(of_all(everyone, name))])
    said = (
        "Area under the curve for stress against rest, with 95 % intervals (minutes drawn again; "
        "for all seconds together, people first). 0.50 is chance; a dash is a channel that was not "
        "heard in the baseline. Nothing is fitted to these people. Written by "
        "`python tools/arousal_figures.py --write`."
    )
    head = ["measure", *(person.name for person in everyone), "mean", "all seconds"]
    return "\n".join([said, "", *table(head, rows)])


@click.command()
@click.option("--recordings", type=click.Path(path_type=Path, file_okay=False))
@click.option("--write", "writes", is_flag=True, help="Put the table into engine/dsp/README.md.")
def main(recordings: Path | None, *, writes: bool) -> None:
    """Measure how well arousal tells stress from rest on recorded people."""
    text = page([scores(person) for person in people(recordings_folder(recordings))])
    if writes:
        put(README, BEGIN, END, text)
    print(text)


if __name__ == "__main__":
    main()
