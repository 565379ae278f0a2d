"""Whatever a recorder's file holds, it is read or refused in our own words."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import AnlanError
from engine.store.recording import read_recording
from tests.recorded_files import empatica, wfdb, xdf, xdf_stream


def an_xdf() -> bytes:
    t = (np.arange(300) / 250.0).tolist()
    with tempfile.TemporaryDirectory() as folder:
        stream = xdf_stream(1, "s", "ECG", 250.0, {"ECG": "mV"}, t, np.ones((300, 1)))
        return xdf(Path(folder) / "p.xdf", stream).read_bytes()


def a_header() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        counts = np.arange(300, dtype=np.int64)
        return wfdb(Path(folder), [("MLII", counts), ("RESP", counts)], "212").read_bytes()


def a_band() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return empatica(Path(folder), zipped=True).read_bytes()


POLAR = "Phone timestamp;RR-interval [ms]\n" + "".join(
    f"2026-05-01T09:00:{k:02d}.000;{900 + k}\n" for k in range(50)
)
ORIGINALS = {
    "p.xdf": an_xdf(), "r.hea": a_header(), "e.zip": a_band(), "p.txt": POLAR.encode(),
    "r.rr": b"800\n810\n790\n" * 20,
}  # fmt: skip

changes = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40)), max_size=4
)
"""Where (share of the file), how many bytes are taken out, what is put in their place."""


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(ORIGINALS)), changes)
def test_a_changed_file_is_read_or_refused(
    name: str, edits: list[tuple[float, int, bytes]]
) -> None:
    data = ORIGINALS[name]
    for where, taken, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + taken :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        (Path(folder) / "r.dat").write_bytes(bytes(range(90)) * 10)
        try:
            made = read_recording(path)
        except AnlanError:
            return
        for track in made.tracks:
            assert len(track.t) == len(track.x)
            assert np.all(np.diff(track.t) > 0)
