"""Whatever is recorded comes back bit for bit, in its order, at its step."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.events import Command, Event, Notice
from engine.show import Script
from engine.store.floats import Packer, pack_times, unpack
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.session_file import SessionFile
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit

STREAMS = (
    Stream("a.ecg", Kind.ECG, Unit.MILLIVOLT, 250.0),
    Stream("b.acc", Kind.ACC, Unit.G, 50.0, axes=("x", "y", "z")),
    Stream("c.rri", Kind.RRI, Unit.MILLISECOND),
)
HEADER = Header("s", "2026-01-01T00:00:00+00:00", "p", "", Script(("a",), ()), STREAMS)

any_bits = st.integers(0, 2**64 - 1)
"""Every float64 there is: NaN with any payload, infinities, subnormals, both zeros."""
facts = st.dictionaries(
    st.text(max_size=4),
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    max_size=3,
)
words = st.one_of(
    st.builds(Command, st.sampled_from(["set", "note"]), st.text(max_size=5), facts),
    st.builds(Notice, st.sampled_from(["device_state", "fault_contained"]), facts),
)


def arrays(n: int, m: int) -> st.SearchStrategy[F64]:
    return hnp.arrays(np.uint64, (n, m), elements=any_bits).map(lambda a: a.view(np.float64))


@st.composite
def chunks(draw: st.DrawFn) -> Chunk:
    stream = draw(st.sampled_from(STREAMS))
    n = draw(st.integers(0, 9))
    return Chunk(stream, draw(arrays(n, 1)).reshape(n), draw(arrays(n, len(stream.axes))))


def as_bytes(item: object) -> object:
    if isinstance(item, Chunk):
        return (item.stream, item.t.tobytes(), item.x.tobytes(), item.x.shape)
    return item


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 60), chunks() | words), max_size=30))
def test_a_session_replays_to_exactly_what_reached_it(
    told: list[tuple[int, Chunk | Command | Notice]],
) -> None:
    step, expected = 0, dict[int, tuple[list[object], list[object], list[object]]]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.mcap"
        with Recorder(path, HEADER) as recorder:
            for later, what in told:
                step += later
                kinds = expected.setdefault(step, ([], [], []))
                if isinstance(what, Chunk):
                    recorder.chunk(step, what)
                    kinds[0].append(as_bytes(what))
                elif isinstance(what, Command):
                    recorder.command(step, what)
                    kinds[1].append(what)
                else:
                    recorder.notice(step, what)
                    kinds[2].append(what)
                recorder.event(step, Event(step / 100, "note_taken", {"n": later}))
        session = SessionFile.open(path)

    got = {s.step: s for s in session.steps()}
    assert list(got) == list(expected)
    for at, (samples, commands, notices) in expected.items():
        assert [as_bytes(c) for c in got[at].chunks] == samples
        assert list(got[at].commands) == commands
        assert list(got[at].notices) == notices
    assert len(session.events()) == len(told)
    assert session.last_step == step


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 12).flatmap(lambda n: arrays(n, 2)), min_size=1, max_size=5))
def test_packing_changes_no_bit_of_any_number(blocks: list[F64]) -> None:
    packer = Packer()

    for x in blocks:
        back = unpack(packer.pack(x), *x.shape)
        assert back.tobytes() == x.tobytes()
        assert back.flags.c_contiguous


@settings(derandomize=True, deadline=None)
@given(
    st.integers(0, 6),
    hnp.arrays(np.int32, (20, 2), elements=st.integers(-(2**29), 2**29)),
    hnp.arrays(np.float32, (20, 2)),
)
def test_counts_and_single_precision_survive_their_short_forms(
    decimals: int, counts: F64, single: F64
) -> None:
    for x in (counts / 10.0**decimals, -counts / 10.0**decimals, single.astype(np.float64)):
        back = unpack(Packer().pack(x), 20, 2)
        assert back.tobytes() == x.tobytes()
        assert back.flags.c_contiguous


@settings(derandomize=True, deadline=None)
@given(
    st.integers(0, 10**7),
    st.floats(0.1, 5000.0) | st.sampled_from([4.0, 32.0, 100.0, 130.0, 250.0, 1000.0]),
    st.integers(1, 300),
    st.sampled_from(["divided", "times", "stepped", "jittered"]),
)
def test_times_of_any_making_come_back_bit_for_bit(
    start: int, rate: float, n: int, making: str
) -> None:
    index = np.arange(n, dtype=np.float64)
    t: F64 = {
        "divided": (start + index) / rate,
        "times": (start + index) * (1.0 / rate),
        "stepped": start / rate + index / rate,
        "jittered": (start + index) / rate + 1e-4 * np.sin(index),
    }[making]
    packed = pack_times(t, rate)

    assert unpack(packed, n, 1).tobytes() == t.tobytes()
    assert making == "jittered" or len(packed) == 17
