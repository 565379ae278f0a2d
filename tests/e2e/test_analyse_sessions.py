"""A session of ours analysed, whole and damaged: what is left is told, what is lost named."""

from pathlib import Path

import numpy as np
import pytest

from engine.dsp.jit import COMPILED
from engine.show import Script
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.store.session_file import SessionFile
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit
from tests.analysis_kit import results, run
from tests.synthetic_heart import Ecg, ecg

pytestmark = pytest.mark.skipif(not COMPILED, reason="minutes of signal take too long uncompiled")

RATE = 250.0
STEPS = 100


@pytest.fixture(scope="module")
def heart() -> Ecg:
    return ecg(RATE, 120.0, seed=4)


@pytest.fixture(scope="module")
def session(heart: Ecg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a session of two minutes."""
    folder = tmp_path_factory.mktemp("session")
    stream = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, RATE)
    header = Header("s", "2026", "p", "", Script(("a",), ()), (stream,))
    recorder = Recorder(folder / "session.mcap", header)
    for first in range(0, len(heart.t), 25):
        part = slice(first, first + 25)
        step = round(first / RATE * STEPS)
        recorder.chunk(step, Chunk(stream, heart.t[part], heart.x[part, np.newaxis]))
    recorder.close("complete", step=120 * STEPS)
    return folder


def rate_of(heart: Ecg) -> float:
    return 60.0 / float(np.diff(heart.r).mean())


def test_a_whole_session_is_told_without_a_word_of_damage(session: Path, heart: Ecg) -> None:
    told = results(session)

    assert told["quality"]["ignored"] == []
    assert told["quality"]["gaps"] == []
    assert told["hrv"]["whole"]["hr_bpm"]["value"] == pytest.approx(rate_of(heart), rel=0.01)


def test_a_session_cut_short_says_where_it_ends(session: Path, heart: Ecg, tmp_path: Path) -> None:
    data = (session / "session.mcap").read_bytes()
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(data[: len(data) // 2])

    told = results(cut)

    assert any(
        words.startswith("not closed: nothing after") for words in told["quality"]["ignored"]
    )
    assert 45.0 < told["duration_s"] < 75.0
    assert told["hrv"]["whole"]["hr_bpm"]["value"] == pytest.approx(rate_of(heart), rel=0.02)


def test_one_flipped_bit_costs_a_second_at_most_and_is_told(
    session: Path, heart: Ecg, tmp_path: Path
) -> None:
    path = session / "session.mcap"
    file = SessionFile.open(path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle] ^= 1
    hurt = tmp_path / "hurt.mcap"
    hurt.write_bytes(data)
    lost = {d.what for d in SessionFile.open(hurt).damage}

    told = results(hurt)

    assert not file.damage
    assert lost
    assert all(any(what in words for words in told["quality"]["ignored"]) for what in lost)
    missing = sum(gap["end_s"] - gap["start_s"] for gap in told["quality"]["gaps"])
    assert missing <= 1.1
    assert told["hrv"]["whole"]["hr_bpm"]["value"] == pytest.approx(rate_of(heart), rel=0.02)


@pytest.mark.parametrize("kept", [0, 300])
def test_a_session_of_which_nothing_is_left_is_refused(
    session: Path, tmp_path: Path, kept: int
) -> None:
    path = tmp_path / "s.mcap"
    path.write_bytes((session / "session.mcap").read_bytes()[:kept])

    done = run(path)

    assert done.exit_code == 1
    assert "holds no readable session" in str(done.exception)
