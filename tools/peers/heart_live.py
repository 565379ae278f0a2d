"""The same detectors live: every 250 ms an update, peers on the latest 10 s each time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.dsp import qrs_layout as at
from engine.dsp.qrs import QrsDetector
from engine.graph.cardiac import wire_heart
from engine.graph.graph import Graph
from engine.streams import F64, Chunk, Stream
from engine.units import Kind, Unit
from tools.peers.attempts import Failures
from tools.peers.beat_score import nearest
from tools.peers.cost import timed
from tools.peers.heart_peers import HeartPeer
from tools.peers.heart_records import Heart
from tools.peers.steps import Steps

WINDOW = 10.0
"""s a peer looks back: fewer and their thresholds fail, more costs them more."""
NEAR = 0.150
"""A report this near to a beat is one of it, s."""
SETTLED = 3.0
"""s after a beat within which its reports are followed."""
OURS, OURS_SOON, OURS_ALL = "anlan", "anlan, announced", "anlan, all of the heart"


@dataclass(slots=True)
class Watched:
    """What one detector reported at which update, and what each update cost it."""

    reports: list[tuple[float, F64]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Delay:
    """From an R peak to its report; ms, made-up and lost ones a minute.

    ``first`` is the first update with a report of the beat, ``settled`` the first from
    which on no update lost it again. ``made_up`` counts places where any update reported a
    beat that is none. ``moved_ms`` is the standard deviation of the first reported time
    around the true one, a constant lag taken out.
    """

    name: str
    heart: str
    hop_ms: float
    first_ms: float
    first_p95_ms: float
    settled_p95_ms: float
    made_up: float
    lost: float
    moved_ms: float


class LiveHeart:
    """Our detector and our whole heart, given a record bit by bit."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart
        self._detector = QrsDetector(heart.rate)
        self._stream = Stream("strap.ecg", Kind.ECG, Unit.MILLIVOLT, heart.rate)
        self._graph = Graph()
        self._graph.source(self._stream)
        wire_heart(self._graph, self._stream)
        self._fed = 0

    def advance(self, to: int, now: float, watched: Mapping[str, Watched]) -> None:
        """Push the samples up to ``to`` and note what was reported and what it cost."""
        x = self._heart.x[self._fed : to]
        t = np.arange(self._fed, to) / self._heart.rate
        self._fed = to
        rows, spent = timed(self._detector.push, x, t)
        found = np.array(rows)
        kinds = found[:, at.KIND]
        sure = np.isin(kinds, (at.CONFIRMED, at.LATE))
        watched[OURS].reports.append((now, found[sure, at.TIME]))
        watched[OURS].seconds.append(spent)
        watched[OURS_SOON].reports.append((now, found[kinds == at.ANNOUNCED, at.TIME]))
        chunk = Chunk(self._stream, t, np.ascontiguousarray(x[:, None]))
        _, spent = timed(self._push, chunk)
        watched[OURS_ALL].seconds.append(spent)

    def _push(self, chunk: Chunk) -> list[Chunk]:
        return list(self._graph.push(chunk))


def watch(
    heart: Heart,
    peers: Sequence[HeartPeer],
    failures: Failures,
    steps: Steps,
    *,
    hop: float,
    until: float,
) -> dict[str, Watched]:
    """Run everyone over ``heart``, in turn at each update; the first 10 s are not counted."""
    watched = {name: Watched() for name in (OURS, OURS_SOON, OURS_ALL)}
    watched |= {peer.name: Watched() for peer in peers}
    live = LiveHeart(heart)
    window = round(WINDOW * heart.rate)
    last = min(until, heart.x.size / heart.rate)
    updates = int(last / hop)
    for peer in peers:  # imports and first-time work are not an update's
        failures.attempt(peer.name, "live", peer.find, heart.x[:window], heart.rate)
    for k in range(1, updates + 1):
        now = k * hop
        to = round(now * heart.rate)
        live.advance(to, now, watched)
        if to < window:
            continue
        if k % round(10.0 / hop) == 0:
            steps.step(f"{heart.name}, every {1e3 * hop:.0f} ms: {now:.0f} of {last:.0f} s")
        latest = heart.x[to - window : to]
        begin = (to - window) / heart.rate
        for peer in peers:
            found, spent = timed(failures.attempt, peer.name, "live", peer.find, latest, heart.rate)
            seen = watched[peer.name]
            if found is None:
                seen.reports.append((now, np.zeros(0)))
                continue
            seen.reports.append((now, begin + np.asarray(found)))
            seen.seconds.append(spent)
    first = round(WINDOW / hop)
    for name in (OURS, OURS_ALL):
        watched[name].seconds = watched[name].seconds[first:]
    return watched


def delay(
    name: str, heart: Heart, seen: Watched, hop: float, until: float, *, keeps: bool
) -> Delay:
    """Return when and how reliably beats were reported.

    ``keeps`` tells of a detector that reports each beat once and never takes it back.
    """
    last = min(until, heart.x.size / heart.rate)
    begin, end = WINDOW + 1.0, last - SETTLED
    truth = heart.beats[(heart.beats > begin) & (heart.beats < end)]
    first = np.full(truth.size, np.nan)
    told = np.full(truth.size, np.nan)
    settled = np.full(truth.size, np.nan)
    present = np.zeros(truth.size, dtype=bool)
    wrong: list[float] = []
    for now, times in seen.reports:
        times = times[(times > begin - NEAR) & (times < end + NEAR)]  # noqa: PLW2901
        here = np.zeros(truth.size, dtype=bool)
        if times.size:
            to = nearest(truth, times)
            here = np.abs(times[to] - truth) <= NEAR
            new = here & np.isnan(first)
            first[new], told[new] = now, times[to][new]
            apart = np.abs(heart.beats[nearest(times, heart.beats)] - times)
            fresh = (times > begin) & (times < end) & (times > now - SETTLED)
            wrong.extend(times[fresh & (apart > NEAR)].tolist())
        young = (truth <= now) & (now <= truth + SETTLED)
        if keeps:
            settled = first
        else:
            begins = young & here & ~present
            settled[begins] = now
            settled[young & ~here] = np.nan
            present = np.where(young, here, present)
    places = np.sort(np.array(wrong))
    made_up = 0 if places.size == 0 else 1 + int(np.sum(np.diff(places) > NEAR))
    minutes = (end - begin) / 60.0
    late = 1e3 * (first - truth)
    seen_late = late[np.isfinite(late)]
    kept = 1e3 * (settled - truth)
    kept = kept[np.isfinite(kept)]
    moved = 1e3 * (told - truth)[np.isfinite(told)]

    def percentile(x: F64, q: float) -> float:
        return float(np.percentile(x, q)) if x.size else float("nan")

    return Delay(
        name, heart.name, 1e3 * hop, percentile(seen_late, 50), percentile(seen_late, 95),
        percentile(kept, 95), made_up / minutes,
        float(truth.size - kept.size) / minutes, float(np.std(moved)) if moved.size else np.nan,
    )  # fmt: skip


def delays(
    heart: Heart, watched: Mapping[str, Watched], *, hop: float, until: float
) -> list[Delay]:
    """Return the delays of everyone who reported anything."""
    return [
        delay(name, heart, seen, hop, until, keeps=name.startswith("anlan"))
        for name, seen in watched.items()
        if any(times.size for _, times in seen.reports)
    ]
