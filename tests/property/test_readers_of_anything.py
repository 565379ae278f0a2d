"""A file of any content is read or refused in our own words; nothing else can happen."""

import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import AnlanError
from engine.events import Command
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.recording import READERS, read_recording
from engine.store.recovery import recover
from engine.store.session_file import SessionFile
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
from tests.recorded_files import xdf, xdf_stream

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


RR = "".join(f"{800 + 7 * (k % 9)}\n" for k in range(30)).encode()


def a_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("EDA.csv", "1500000000.0\n4.0\n" + "1.5\n" * 40)
        files.writestr("IBI.csv", "1500000000.0, IBI\n0.8,0.8\n1.7,0.9\n2.6,0.9\n")
    return packed.getvalue()


def an_xdf() -> bytes:
    t = np.arange(200) / 100.0
    with tempfile.TemporaryDirectory() as folder:
        stream = xdf_stream(
            1, "belt", "Resp", 100.0, {"resp": "1"}, t.tolist(), np.sin(t)[:, np.newaxis]
        )
        return xdf(Path(folder) / "p.xdf", stream).read_bytes()


A_TABLE = "# rate=250\nt,ecg[mV],eda[uS]\n" + "".join(f"{k / 250},{k},{k / 7}\n" for k in range(20))
A_POLAR_LOG = "Phone timestamp;RR-interval [ms]\n" + "".join(
    f"2026-05-01T09:00:{k:02d}.000;{900 + k}\n" for k in range(40)
)
ORIGINALS = {
    "p.csv": A_TABLE.encode(), "p.edf": an_edf(), "p.mcap": a_session(), "p.rr": RR,
    "p.csv.gz": gzip.compress(A_TABLE.encode(), mtime=0), "p.zip": a_zip(), "p.xdf": an_xdf(),
    "polar.txt": A_POLAR_LOG.encode(), "flow.csv": b"duration,offline\n" + b"800,0\n790,1\n" * 20,
    "p.hrm": b"[Params]\nInterval=238\n[HRData]\n" + RR,
    "comma.csv": A_TABLE.replace(",", ";").replace(".", ",").encode("utf-16"),
}  # fmt: skip

changes = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)), max_size=4
)
"""Where (share of the file), how many bytes are taken out, what is put in their place."""


def changed(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, taken, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + taken :]
    return data


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(ORIGINALS)), changes)
def test_a_file_with_any_damage_is_read_or_refused_by_name(
    name: str, edits: list[tuple[float, int, bytes]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(changed(ORIGINALS[name], edits))
        try:
            made = read_recording(path)
        except AnlanError as error:
            assert name in str(error)  # noqa: PT017 - being refused is one of two ways
            assert edits
        else:
            assert all(len(t.t) == len(t.x) >= 2 for t in made.tracks)
            assert all(np.all(np.diff(t.t) > 0) for t in made.tracks)


@pytest.mark.parametrize("name", sorted(ORIGINALS))
def test_an_undamaged_file_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(ORIGINALS[name])

    assert len(read_recording(path).tracks[0].t) >= 2


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=400), st.sampled_from([*sorted(READERS), ".csv.gz"]))
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
        path.write_bytes(changed(ORIGINALS["p.mcap"], edits))
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
