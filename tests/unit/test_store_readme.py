"""A stranger who only has the description of the file format reads every value."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from engine.events import Event
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

README = Path(__file__).parents[2] / "engine" / "store" / "README.md"


def test_the_program_in_the_description_reads_a_recording_exactly(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    index = np.arange(40.0)
    noisy = Stream("a.ecg", Kind.ECG, Unit.MILLIVOLT, 250.0)
    single = Stream("a.resp", Kind.RESP, Unit.RAW, 250.0)
    decimal = Stream("a.acc", Kind.ACC, Unit.G, 250.0, axes=("x", "y"))
    truth = {
        "input/a.ecg": Chunk(noisy, index * (1 / 250), rng.normal(size=(40, 1))),
        "input/a.resp": Chunk(
            single, 0.1 + index / 250, rng.normal(size=(40, 1)).astype("f4").astype("f8")
        ),
        "derived/a.acc": Chunk(
            decimal, index / 250 + rng.normal(size=40) / 1e5, np.round(rng.normal(size=(40, 2)), 2)
        ),
    }
    path = tmp_path / "session.mcap"
    header = Header("s", "2026", "p", "", Script(("a",), ("b",)), (noisy, single))
    with Recorder(path, header) as recorder:
        recorder.chunk(1, truth["input/a.ecg"])
        recorder.chunk(1, truth["input/a.resp"])
        recorder.derived(1, truth["derived/a.acc"])
        recorder.show(2, np.arange(13.0))
        recorder.event(2, Event(0.02, "note_taken", {"text": "平静"}))
    program = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0]

    ran = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        check=True, capture_output=True, text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    read = dict(line.split(" ", 1) for line in ran.stdout.splitlines())
    for topic, chunk in truth.items():
        unit, numbers = read[topic].split(" ", 1)
        t, x = json.loads("[" + numbers.replace("] [", "], [") + "]")
        assert unit == chunk.stream.unit
        assert t == chunk.t.tolist()
        assert x == chunk.x.tolist()
    assert "平静" in read["events"]
    assert "'step': 2" in read["closed"]
