"""The numbers of the report: what a signal was in a part of the session, and how good."""

import math
from dataclasses import dataclass, replace

import numpy as np

from engine.report.definitions import DEFINITIONS, Definition, temperature
from engine.report.presence import interruptions
from engine.report.view import SessionView, Track

GOOD = 0.5
"""Quality from which a value counts."""
ENOUGH = 0.5
"""Share of a stretch that must be good before a number is told for it."""
MINUTE = 60.0
SHORTEST = 10.0
"""s; over less than this nothing is summed up."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One signal over one stretch.

    Attributes
    ----------
    value
        Median of the good values; None where there are not enough of them.
    good
        Share of the stretch with a good value, 0..1.
    corrected
        Mean share of corrected beats, 0..1.
    doubt
        How far the value may be off, one standard deviation in its unit; NaN where it is not told.
    """

    value: float | None
    good: float
    corrected: float
    doubt: float = math.nan


@dataclass(frozen=True, slots=True)
class Row:
    """One signal across the session: at rest, while training, and in recovery."""

    definition: Definition
    rest: Measure | None
    training: Measure | None
    recovery: Measure | None


@dataclass(frozen=True, slots=True)
class Quality:
    """How well one signal was heard from the baseline to the end of the recovery."""

    definition: Definition
    good: float
    corrected: float
    beats: bool
    interruptions: int


@dataclass(frozen=True, slots=True)
class Course:
    """One plain figure over the whole session, whatever its parts were.

    Attributes
    ----------
    whole, first, last
        Medians of the whole session, its first and its last minute (of a short session its
        thirds); None where too little was heard.
    """

    definition: Definition
    whole: float | None
    first: float | None
    last: float | None


GROUPS = {"heart": "heart.rate", "eda": "eda.scl_us", "resp": "resp.rate"}
"""The signal by which each sensor group is judged."""


def measure(track: Track, start: float, end: float, lead_in: float = 0.0) -> Measure:
    """Sum ``track`` up from ``start`` to ``end``, leaving ``lead_in`` s out.

    A stretch of which the lead-in leaves less than a third gives no value.
    """
    whole = share_good(track, start, end)
    begin = start + lead_in
    inside = (track.t >= begin) & (track.t < end)
    good = inside & np.isfinite(track.value) & (track.quality >= GOOD)
    corrected = float(track.corrected[inside].mean()) if inside.any() else 0.0
    told = (
        end - begin >= max(SHORTEST, (end - start) / 3.0)
        and share_good(track, begin, end) >= ENOUGH
    )
    return Measure(float(np.median(track.value[good])) if told else None, whole, corrected)


def doubted(found: Measure, view: SessionView, name: str, start: float, end: float) -> Measure:
    """Return what was found from ``start`` to ``end`` with how far it may be off.

    A doubt of the heart's variability is that of the newest minute. The minutes that lie side by
    side err each for itself, so the median of n of them is off by 1.25 / sqrt(n) of what one is
    (1.25: the median of values that scatter normally against their mean), never by more than one.
    Doubts of other signals do not fade with time.
    """
    told = view.doubts.get(name) or (view.arousal_sd if name == "arousal" else None)
    if told is None or found.value is None:
        return found
    inside = (told.t >= start) & (told.t < end) & np.isfinite(told.value)
    if not inside.any():
        return found
    off = float(np.median(told.value[inside]))
    if name in view.doubts:
        minutes = found.good * (end - start) / MINUTE
        off *= min(1.0, 1.25 / math.sqrt(max(minutes, 1.0)))
    return replace(found, doubt=off)


def share_good(track: Track, start: float, end: float) -> float:
    """Return the share of whole seconds from ``start`` to ``end`` that have a good value.

    A value stands for five seconds at most, as on the screen (a sensor that sends less often
    says so); a beat that comes every second and a breath that comes every four count alike.
    """
    seconds = np.arange(np.ceil(start), np.floor(end))
    if not len(seconds) or not len(track.t):
        return 0.0
    latest = np.searchsorted(track.t, seconds + 1.0) - 1
    known = latest >= 0
    latest = np.maximum(latest, 0)
    fresh = known & (seconds + 1.0 - track.t[latest] <= track.stands)
    good = fresh & np.isfinite(track.value[latest]) & (track.quality[latest] >= GOOD)
    return float(good.mean())


def rows(view: SessionView) -> list[Row]:
    """Return the summary of every signal that was measured."""
    stretches = [view.stretch(part) for part in ("baseline", "training", "recovery")]
    made: list[Row] = []
    for name, definition in DEFINITIONS.items():
        track = view.tracks.get(name)
        if track is None or not track.any:
            continue
        rest, training, recovery = (
            doubted(measure(track, *s, definition.lead_in), view, name, *s)
            if s is not None
            else None
            for s in stretches
        )
        if name == "pacing.plv":
            rest = recovery = None
        if name == "arousal":  # rest is its zero, by definition
            rest = None
        made.append(Row(definition, rest, training, recovery))
    for name, track in view.temperatures.items():
        told = (measure(track, *s) if s is not None else None for s in stretches)
        made.append(Row(temperature(name, view.temperatures), *told))
    return made


def qualities(view: SessionView) -> list[Quality]:
    """Return how well each connected sensor group was heard, and each temperature."""
    stretch = view.stretch("baseline", "training", "recovery")
    if stretch is None:
        return []
    lost = [str(e.facts.get("group")) for e in view.of_kind("signal_lost")]
    made: list[Quality] = []
    for group in view.measured:
        track = view.tracks.get(GROUPS.get(group, ""))
        if track is None:
            continue
        over = measure(track, *stretch)
        made.append(
            Quality(
                DEFINITIONS[GROUPS[group]], over.good, over.corrected, group == "heart",
                lost.count(group),
            )
        )  # fmt: skip
    for name, track in view.temperatures.items():
        over = measure(track, *stretch)
        told = temperature(name, view.temperatures)
        away = interruptions(view, name.partition(".")[0])
        made.append(Quality(told, over.good, over.corrected, beats=False, interruptions=away))
    return made


def courses(view: SessionView) -> list[Course]:
    """Return the course of each temperature that was heard for half of the session."""
    end = MINUTE if view.duration >= 3.0 * MINUTE else view.duration / 3.0
    made: list[Course] = []
    for name, track in view.temperatures.items():
        told = [
            measure(track, *stretch).value
            for stretch in ((0.0, view.duration), (0.0, end), (view.duration - end, view.duration))
        ]
        if told[0] is not None:
            made.append(Course(temperature(name, view.temperatures), *told))
    return made


def ratings(view: SessionView) -> dict[str, tuple[float | None, float | None]]:
    """Return each scale's last answer before the training and after it."""
    found: dict[str, dict[str, float]] = {"SUDS": {}, "FMS": {}}
    for event in view.of_kind("rating_given"):
        scale, when = str(event.facts["scale"]), str(event.facts["when"])
        found.setdefault(scale, {})[when] = float(event.facts["value"])
    return {scale: (got.get("before"), got.get("after")) for scale, got in found.items()}
