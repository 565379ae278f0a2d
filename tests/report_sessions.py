"""Sessions to write reports of: real decisions over made-up signals, the same every time."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.events import Command, Event, Notice
from engine.report import Device, SessionView, Shown, Track
from engine.report.opening import bands_of
from engine.session.board import SignalBoard
from engine.session.conductor import Conductor
from engine.session.format import SessionProtocol
from engine.session.reading import read_protocol
from engine.session.setup import Setup
from engine.show import Caption
from engine.signals import SIGNAL_AXES, SIGNALS
from engine.streams import F64, Chunk, Stream
from engine.units import Kind

PROTOCOLS = Path(__file__).parents[1] / "protocols"
NAMES = {
    "scene.swell": Caption("涌浪", "Swell"),
    "scene.wind": Caption("风", "Wind"),
    "scene.light": Caption("天光", "Light"),
    "scene.cloud": Caption("云", "Cloud"),
}
REST = {"swell": 0.3, "wind": 0.2, "light": 0.4, "cloud": 0.3}
DROPOUT = (640.0, 700.0)
"""When the skin sensor is not heard, s."""
DOUBT = (400.0, 440.0)
"""When the heart is heard badly, s."""


def protocol_named(name: str) -> SessionProtocol:
    return read_protocol(PROTOCOLS / f"{name}.toml")


def signals(seconds: float) -> dict[str, Track]:
    """Return made-up signals of someone who settles, once a second."""
    random = np.random.default_rng(7)
    t = np.arange(0.0, seconds) + 0.5
    calm = 1.0 / (1.0 + np.exp(-(t - 0.45 * seconds) / (0.08 * seconds)))

    def smooth(scale: float, width: int = 15) -> F64:
        noise = random.normal(0.0, 1.0, len(t) + width)
        return scale * np.convolve(noise, np.ones(width) / np.sqrt(width), "same")[: len(t)]

    values = {
        "heart.rate": 78.0 - 10.0 * calm + 3.0 * np.sin(t / 1.6) + smooth(1.2, 4),
        "heart.rmssd_ms": 31.0 + 22.0 * calm + smooth(2.0, 40),
        "heart.sdnn_ms": 42.0 + 25.0 * calm + smooth(2.0, 40),
        "resp.rate": 15.5 - 8.5 * calm + smooth(0.4),
        "eda.scl_us": 6.4 - 2.6 * calm + smooth(0.12, 30),
        "eda.scr_per_min": np.maximum(0.0, 7.0 - 5.0 * calm + smooth(0.6, 30)),
        "arousal": 0.25 - 1.3 * calm + smooth(0.28, 20),
        "pacing.plv": np.clip(0.45 + 0.45 * calm + smooth(0.05), 0.0, 1.0),
    }
    made: dict[str, Track] = {}
    for name, value in values.items():
        quality = np.full(len(t), 0.93)
        corrected = np.zeros(len(t))
        if name.startswith("heart."):
            corrected += 0.02
            quality[(t > DOUBT[0]) & (t < DOUBT[1])] = 0.35
            value[t < (60.0 if "ms" in name else 10.0)] = np.nan
        if name.startswith("eda."):
            lost = (t > DROPOUT[0]) & (t < DROPOUT[1])
            value[lost], quality[lost] = np.nan, 0.0
        made[name] = Track(t, value, quality, corrected)
    return made


def rehearsed(
    protocol: SessionProtocol,
    language: str = "zh",
    wishes: Mapping[int, Command | Notice] | None = None,
) -> SessionView:
    """Let a whole session happen over `signals` and return what a report needs.

    Parameters
    ----------
    wishes
        What someone wishes, or what the machinery tells, by second.
    """
    setup = Setup(
        protocol, {"dusk-ocean": REST}, groups=("heart", "eda", "resp"), sources=("person",),
        language=language, seed=7,
    )  # fmt: skip
    board, events = SignalBoard(), list[Event]()
    conductor = Conductor(setup, board, None, events.append)
    tracks = signals(1300.0)
    shown: list[tuple[float, float, float, dict[str, float]]] = []
    step = 0
    while not conductor.over and step < 130_000:
        commands: list[Command] = []
        notices: list[Notice] = []
        if step % 100 == 0:
            _hear(board, tracks, step // 100)
            wish = (wishes or {}).get(step // 100)
            commands += [wish] if isinstance(wish, Command) else []
            notices += [wish] if isinstance(wish, Notice) else []
        commands += _answers(conductor)
        conductor.step(step, commands, notices)
        show = conductor.show
        shown.append((show.time, show.pace.rate, show.pace.guide, dict(show.levels)))
        step += 10
    return _view(setup, conductor, events, tracks, shown)


def _hear(board: SignalBoard, tracks: Mapping[str, Track], second: int) -> None:
    for name, track in tracks.items():
        row = np.array([[track.value[second], track.quality[second], track.corrected[second]]])
        stream = Stream(name, Kind.DERIVED, SIGNALS[name].unit, axes=SIGNAL_AXES)
        board.take(Chunk(stream, np.array([float(second)]), row))
    for group, name in (("heart", "heart.rate"), ("eda", "eda.scl_us"), ("resp", "resp.rate")):
        stream = Stream(f"{group}.quality", Kind.DERIVED, SIGNALS["pacing.plv"].unit)
        quality = np.array([[tracks[name].quality[second]]])
        board.take(Chunk(stream, np.array([float(second)]), quality))


def _answers(conductor: Conductor) -> list[Command]:
    part, (_, elapsed) = conductor.section.part, conductor.progress
    if part == "check" and 2.0 <= elapsed < 2.1:
        return [Command("consent", "officer", {"purpose": "session"})]
    if part in {"rating", "closing"} and 1.0 <= elapsed < 1.1:
        tense, sick = (55, 1) if part == "rating" else (28, 0)
        return [
            Command("rate", "officer", {"scale": "SUDS", "value": tense}),
            Command("rate", "officer", {"scale": "FMS", "value": sick}),
        ]
    return []


def _view(
    setup: Setup,
    conductor: Conductor,
    events: list[Event],
    tracks: dict[str, Track],
    shown: list[tuple[float, float, float, dict[str, float]]],
) -> SessionView:
    end = conductor.now
    cut = {
        n: Track(k.t[k.t < end], k.value[k.t < end], k.quality[k.t < end], k.corrected[k.t < end])
        for n, k in tracks.items()
    }
    guide = np.array([g for _, _, g, _ in shown])
    t = np.array([t for t, _, _, _ in shown])
    following = cut["pacing.plv"]
    led = np.interp(following.t, t, guide) > 0.5
    cut["pacing.plv"] = replace(following, value=np.where(led, following.value, np.nan))
    arousal = cut["arousal"]
    lost = (arousal.t > DROPOUT[0]) & (arousal.t < DROPOUT[1])
    sd = np.where(lost, 0.6, 0.35)
    responses = np.random.default_rng(3).uniform(20.0, end, 45)
    protocol = setup.protocol
    return SessionView(
        session="k7m2-0412",
        started="2026-03-02T10:15:00+00:00",
        duration=end,
        protocol=protocol.id,
        title=protocol.title.caption(),
        about=protocol.about.caption(),
        language=setup.language,
        devices=(
            Device("band", "heart-rate-band", "person", (Kind.RRI,)),
            Device("palm", "eda-puck", "person", (Kind.EDA,)),
            Device("belt", "breath-belt", "person", (Kind.RESP,)),
        ),
        demonstration=protocol.demonstration,
        bands=bands_of(protocol, events, end),
        events=tuple(events),
        tracks=cut,
        shown=Shown(
            t,
            np.array([r for _, r, _, _ in shown]),
            guide,
            {name: np.array([lv[name] for _, _, _, lv in shown]) for name in setup.rest()},
        ),
        responses=np.sort(responses),
        doubts={
            name: Track(k.t, share * k.value, np.ones_like(k.t), np.zeros_like(k.t))
            for name, share in (("heart.rmssd_ms", 0.08), ("heart.sdnn_ms", 0.2))
            for k in (cut[name],)
        },
        arousal_sd=Track(arousal.t, sd, np.ones_like(sd), np.zeros_like(sd)),
        measured=setup.groups,
        controls=NAMES | {"sound.volume": Caption("音量", "Sound volume")},
        versions={"anlan": "0.1.0", "python": "3.11.2", "numpy": "2.2.0"},
        seed=setup.seed,
    )
