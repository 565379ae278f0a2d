"""Recordings made for analysing them: a simulated person's, with what their body really did."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner, Result

from engine.analysis.layout import AnalysisLayout
from engine.cli.entry import anlan
from engine.clock import VirtualClock
from engine.devices.source import Context
from engine.pace import Pace
from engine.show import Show
from engine.store.recording import Recording, Track
from engine.streams import F64, Stream
from engine.twin import slots
from engine.twin.simulated import SimulatedPerson
from engine.units import Kind, Unit


@dataclass(frozen=True, slots=True)
class Lived:
    """A recording of a simulated person and the beats of their heart, s."""

    recording: Recording
    beats: F64


def lived(lasts: float, **options: Any) -> Lived:
    """Return ``lasts`` seconds of a simulated person sitting quietly."""
    paced = options.pop("paced", 0.0)
    person = SimulatedPerson({"seed": 7, **options})
    pace = Pace(0.0, paced, 0.4, 1.0) if paced else Pace()
    person.open(Context("officer", VirtualClock(), 0, lambda: Show(pace=pace)))
    parts: dict[str, tuple[Stream, list[F64], list[F64]]] = {}
    beats: set[float] = set()
    for until in np.arange(1.0, lasts + 0.5, 1.0).tolist():
        for chunk in person.read(until):
            _, t, x = parts.setdefault(chunk.stream.name, (chunk.stream, [], []))
            t.append(chunk.t)
            x.append(chunk.x)
        beats.update(person.body.beats[:, slots.BEAT_TIME].tolist())
    tracks = tuple(
        Track(stream, np.concatenate(t), np.concatenate(x)) for stream, t, x in parts.values()
    )
    return Lived(Recording(Path("simulated.csv"), tracks), np.array(sorted(beats)))


def of_intervals(ms: F64, name: str = "rr") -> Recording:
    """Return a recording of R-R intervals that follow one another."""
    stream = Stream(name, Kind.RRI, Unit.MILLISECOND)
    return Recording(Path("rr.txt"), (Track(stream, np.cumsum(ms) / 1000.0, ms[:, np.newaxis]),))


def of_ecg(
    x: F64, rate: float = 250.0, unit: Unit = Unit.MILLIVOLT, t: F64 | None = None
) -> Recording:
    """Return a recording of one electrocardiogram."""
    stream = Stream("ecg", Kind.ECG, unit, rate)
    times = np.arange(len(x)) / rate if t is None else t
    return Recording(Path("ecg.csv"), (Track(stream, times, x[:, np.newaxis]),))


def write(path: Path, text: str) -> Path:
    """Write a text file and return where."""
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    """Run ``anlan analyse`` with these arguments."""
    return CliRunner().invoke(anlan, ["analyse", *map(str, arguments)])


def results(path: Path, *arguments: object) -> dict[str, Any]:
    """Return the JSON of ``anlan analyse``, which keeps to the published layout."""
    done = run(path, "--json", "-", *arguments)
    assert done.exit_code == 0, done.output
    return valid(done.stdout)


def valid(text: str) -> dict[str, Any]:
    """Return the JSON ``text`` after checking that it keeps to the published layout."""
    AnalysisLayout.model_validate_json(text)
    made: dict[str, Any] = json.loads(text)
    return made
