"""The stage's process: ready, pictures when asked, an end when told."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.clock import SystemClock
from engine.pace import Pace
from engine.processes.block import SharedBlock
from engine.processes.link import Message
from engine.show import Caption, Script, Show
from engine.stage.process import SOFTWARE_PATIENCE, StageSpec, run

pytestmark = pytest.mark.slow

SCRIPT = Script(("dusk-ocean",), ("scene.swell",), (Caption("慢慢呼吸", "Breathe slowly"),))
SIZE = (96, 54)


class Tie:
    """The child's end of a link to a room that stops it once it got what it asked for."""

    def __init__(self, *asked: Message, stops_after: int) -> None:
        self.clock = SystemClock()
        self.beats = 0
        self.allowed: list[float] = []
        self.sent: list[Message] = []
        self._asked = list(asked)
        self._stops_after = stops_after

    @property
    def stopping(self) -> bool:
        return sum(verb == "saved" for verb, _ in self.sent) >= self._stops_after

    def beat(self) -> None:
        self.allow(0.0)

    def allow(self, seconds: float) -> None:
        self.beats += 1
        self.allowed.append(seconds)

    def received(self) -> list[Message]:
        given, self._asked = self._asked, []
        return given

    def send(self, verb: str, /, **facts: Any) -> None:
        self.sent.append((verb, facts))


@pytest.fixture(autouse=True)
def unchanged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep what the process does to itself from staying with the tests."""
    monkeypatch.setattr(os, "nice", lambda step: step)
    monkeypatch.setenv("LP_NUM_THREADS", "1")
    yield
    gc.enable()
    gc.unfreeze()


@pytest.fixture
def row() -> np.ndarray[Any, np.dtype[np.float64]]:
    made = np.zeros(SCRIPT.width)
    Show(time=30.0, pace=Pace(guide=1.0), caption=0, levels={"scene.swell": 0.2}).fill(SCRIPT, made)
    return made


@pytest.fixture
def block(row: np.ndarray[Any, np.dtype[np.float64]]) -> Iterator[SharedBlock]:
    made = SharedBlock.create(SCRIPT.width)
    made.write(row)
    yield made
    made.close()
    made.unlink()


def test_a_live_stage_tells_it_is_ready_and_keeps_the_next_frame(
    block: SharedBlock, tmp_path: Path
) -> None:
    path = tmp_path / "now.png"
    tie = Tie(("snapshot", {"path": str(path)}), stops_after=1)

    run(StageSpec(SCRIPT, block.name, SIZE), tie)

    verbs = [verb for verb, _ in tie.sent]
    assert verbs == ["ready", "saved"]
    assert tie.sent[0][1]["first_frame_s"] > 0
    assert tie.sent[1][1] == {"path": str(path)}
    assert path.stat().st_size > 1000
    assert tie.beats >= 1


def test_only_a_stage_without_a_graphics_card_asks_for_time_to_draw(
    block: SharedBlock, tmp_path: Path
) -> None:
    tie = Tie(("snapshot", {"path": str(tmp_path / "now.png")}), stops_after=1)

    run(StageSpec(SCRIPT, block.name, SIZE), tie)

    software = tie.sent[0][1]["software"]
    assert set(tie.allowed) == {SOFTWARE_PATIENCE if software else 0.0}


def test_a_stage_without_a_block_draws_stills_that_do_not_depend_on_each_other(
    row: np.ndarray[Any, np.dtype[np.float64]], tmp_path: Path
) -> None:
    later = row.copy()
    later[0] = 90.0
    asked = [
        ("still", {"row": r.tolist(), "path": str(tmp_path / name)})
        for name, r in (("a.png", row), ("b.png", later), ("c.png", row))
    ]
    tie = Tie(*asked, stops_after=3)

    run(StageSpec(SCRIPT, None, SIZE), tie)

    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert a == c
    assert a != b


def test_a_picture_that_cannot_be_kept_is_told_and_the_show_goes_on(
    block: SharedBlock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    tie = Tie(("snapshot", {"path": str(tmp_path / "file" / "a.png")}), stops_after=1)

    run(StageSpec(SCRIPT, block.name, SIZE), tie)

    assert [verb for verb, _ in tie.sent] == ["ready", "fault", "saved"]
    assert tie.sent[1][1]["code"] == "picture_not_kept"


def test_a_window_without_a_display_becomes_a_picture_off_screen(
    block: SharedBlock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    tie = Tie(("snapshot", {"path": str(tmp_path / "now.png")}), stops_after=1)

    run(StageSpec(SCRIPT, block.name, SIZE, window=True), tie)

    assert [verb for verb, _ in tie.sent] == ["fault", "ready", "saved"]
    assert tie.sent[0][1]["code"] == "no_window"
    assert "off screen" in tie.sent[0][1]["message"]
