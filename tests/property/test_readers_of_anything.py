"""A file of any content is read or refused in our own words; nothing else can happen."""

import tempfile
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import AnlanError
from engine.events import Command
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.recording import read_recording
from engine.store.recovery import recover
from engine.store.session_file import SessionFile
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

pytestmark = pytest.mark.slow


def an_edf() -> bytes:
    signal = edfio.EdfSignal(np.sin(np.arange(512.0)), 256, label="ECG", physical_dimension="mV")
    return edfio.Edf([signal]).to_bytes()


def a_session() -> bytes:
    stream = Stream("a.ecg", Kind.ECG, Unit.MILLIVOLT, 100.0)
    header = Header("s", "2026", "p", "", Script(("a",), ()), (stream,))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.mcap"
        with Recorder(path, header) as recorder:
            for k in range(400):
                recorder.chunk(k, Chunk(stream, np.array([k / 100]), np.array([[k / 7]])))
                if k % 90 == 0:
                    recorder.command(k, Command("rate", "officer", {"value": k}))
        return path.read_bytes()


A_TABLE = "# rate=250\nt,ecg[mV],eda[uS]\n" + "".join(f"{k / 250},{k},{k / 7}\n" for k in range(20))
ORIGINALS = {".csv": A_TABLE.encode(), ".edf": an_edf(), ".mcap": a_session()}

changes = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)), max_size=4
)
"""Where (share of the file), how many bytes are taken out, what is put in their place."""


def changed(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, taken, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + taken :]
    return data


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(ORIGINALS)), changes)
@example(".csv", [])
@example(".edf", [])
@example(".mcap", [])
def test_a_file_with_any_damage_is_read_or_refused_by_name(
    kind: str, edits: list[tuple[float, int, bytes]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"p{kind}"
        path.write_bytes(changed(ORIGINALS[kind], edits))
        try:
            made = read_recording(path)
        except AnlanError as error:
            assert "p" + kind in str(error)  # noqa: PT017 - being refused is one of two ways
            assert edits
        else:
            assert all(len(t.t) == len(t.x) >= 2 for t in made.tracks)
            assert all(np.all(np.diff(t.t) > 0) for t in made.tracks)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".edf", ".bdf", ".mcap"]))
def test_any_bytes_at_all_are_read_or_refused_by_name(data: bytes, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"p{kind}"
        path.write_bytes(data)
        try:
            read_recording(path)
        except AnlanError as error:
            assert "p" + kind in str(error)  # noqa: PT017


@settings(max_examples=250, deadline=None, derandomize=True)
@given(changes)
def test_a_damaged_session_gives_true_values_only_before_and_after_recovery(
    edits: list[tuple[float, int, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.mcap"
        path.write_bytes(changed(ORIGINALS[".mcap"], edits))
        try:
            before = read_values(path)
            recover(path)
            after = read_values(path)
        except AnlanError:
            return

    assert before == after
    for step, values in before:
        assert values == [step / 7]


def read_values(path: Path) -> list[tuple[int, list[float]]]:
    return [(s.step, [float(c.x[0, 0]) for c in s.chunks]) for s in SessionFile.open(path).steps()]
