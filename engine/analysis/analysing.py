"""The five-minute seated test: everything the engine can tell from a recording, at once."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.analysis.beats import Intervals, beat_times, intervals
from engine.analysis.breath import Breath, breath
from engine.analysis.gaps import Gap, gaps
from engine.analysis.leads import BETTER, POOR, merit, others
from engine.analysis.passing import Heard, hear
from engine.analysis.plausible import check
from engine.analysis.remark import Remark, Weight
from engine.analysis.remarks import remarks
from engine.analysis.rhythm import Rhythm, rhythm
from engine.analysis.skin import Skin, skin
from engine.analysis.variability import Stretch, stretch, windows
from engine.errors import AnlanError
from engine.store.recording import Recording
from engine.streams import F64

WINDOW = 60.0
"""s of the windows the course is told in, unless asked otherwise."""
SHORTEST_WINDOW = 10.0
HEARING, WHOLE = 0.55, 0.75
"""Share of the work that is done when a day was heard, and when all of it was told at once."""
FEW = 50
"""Windows from one word of progress to the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found in a recording. All times are s on the graph's clock, from its start.

    Attributes
    ----------
    recording
        What was analysed; add ``heard.zero`` to a time to get the recording's own.
    beats
        When the heart beat, ``(n,)``.
    found
        The intervals as they were, and what they were repaired to.
    whole, windows
        Heart rate variability.
    skin, breath
        None where nothing was recorded.
    """

    recording: Recording
    heard: Heard
    beats: F64
    found: Intervals
    rhythm: Rhythm
    whole: Stretch
    windows: tuple[Stretch, ...]
    skin: Skin | None
    breath: Breath | None
    gaps: tuple[Gap, ...]
    remarks: tuple[Remark, ...]

    @property
    def good_enough(self) -> bool:
        """Whether nothing found forbids relying on the numbers that are told."""
        return not any(remark.weight is Weight.FAULT for remark in self.remarks)


class _Hearts(NamedTuple):
    """What one heart signal told of the whole recording."""

    heard: Heard
    found: Intervals
    regular: Rhythm
    onsets: F64
    whole: Stretch


def _hearts(heard: Heard) -> _Hearts:
    found, regular = intervals(heard), rhythm(heard)
    felt = heard.rows.get("resp.onset")
    onsets = felt.axis("onset_s") if felt is not None else np.empty(0)
    whole = stretch(found, regular, 0.0, heard.lasts, onsets=onsets)
    return _Hearts(heard, found, regular, onsets, whole)


def analyse(
    recording: Recording, *, window: float = WINDOW, step: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> Analysis:  # fmt: skip
    """Analyse ``recording`` as a live session would have heard it, with hindsight at its ends.

    Parameters
    ----------
    recording
        From `engine.store.recording.read_recording`.
    window, step
        Length of the windows and from one to the next, s; ``step`` is ``window`` if left out.
    progress
        Told now and then what share of the work is done, 0..1.

    Raises
    ------
    RecordingError
        When a unit cannot be right.
    AnlanError
        When the windows are impossible.
    """
    step = window if step is None else step
    if not SHORTEST_WINDOW <= window < math.inf or not 1.0 <= step < math.inf:
        raise AnlanError(
            f"windows of {window:g} s every {step:g} s make no sense",
            hint=f"windows last {SHORTEST_WINDOW:g} s or more, steps 1 s or more",
            zh=f"时间窗 {window:g} 秒、间隔 {step:g} 秒没有意义："
            f"时间窗至少 {SHORTEST_WINDOW:g} 秒，间隔至少 1 秒",
        )
    check(recording)

    def tell(share: float) -> None:
        if progress is not None:
            progress(share)

    first = _hearts(hear(recording, lambda share: tell(HEARING * share)))
    best = first
    if merit(first.whole) < POOR:
        # Of two leads one may have come off; a list of intervals may stand beside weak light.
        spare = [_hearts(hear(part)) for part in others(recording, first.heard, first.whole)]
        best = max([first, *spare], key=lambda one: merit(one.whole))
        if merit(best.whole) < BETTER * merit(first.whole):
            best = first
    heard, found, regular, onsets, whole = best
    tell(HEARING)
    skin_told, breath_told, holes = skin(heard), breath(heard, regular), gaps(heard)
    parts: list[Stretch] = []
    for part in windows(found, regular, heard.lasts, window, step, onsets=onsets):
        parts.append(part)
        if len(parts) % FEW == 0:
            tell(min(1.0, WHOLE + (1.0 - WHOLE) * part.end / heard.lasts))
    return Analysis(
        recording, heard, beat_times(heard), found, regular, whole, tuple(parts),
        skin_told, breath_told, holes,
        remarks(recording, heard, whole, skin=skin_told, breath=breath_told, gaps=holes),
    )  # fmt: skip
