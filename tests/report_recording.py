"""Writes a rehearsed session as a recording, so that a report can be opened from a file."""

from pathlib import Path

import numpy as np

from engine.pace import Pace
from engine.report import SessionView
from engine.session.format import SessionProtocol
from engine.session.reading import normalised
from engine.session.setup import Setup
from engine.show import Script, Show
from engine.signals import SIGNAL_AXES, SIGNALS
from engine.store.header import Header
from engine.store.recorder import Recorder
from engine.streams import Chunk, Stream
from engine.units import Kind, Unit

SCR = Stream("eda.scr", Kind.DERIVED, Unit.MICROSIEMENS, axes=("onset_s", "amplitude_us"))
HEART = Stream(
    "heart.detail", Kind.DERIVED, Unit.RAW,
    axes=("shown", *(f"{k}_{n}" for k in ("rmssd", "sdnn") for n in ("ms", "doubt", "chance"))),
)  # fmt: skip
DETAIL = Stream("arousal.detail", Kind.DERIVED, Unit.BASELINE_SD, 1.0, axes=("z_hr", "sd"))


def record(view: SessionView, protocol: SessionProtocol, folder: Path) -> Path:
    """Write ``view`` to ``folder/session.mcap`` and return that path."""
    controls = tuple(sorted(view.shown.levels))
    script = Script(("dusk-ocean",), controls, language=view.language, seed=view.seed)
    header = Header(
        session=view.session, started=view.started, protocol=protocol.id,
        protocol_text=normalised(protocol), script=script, language=view.language, seed=view.seed,
        setup=Setup(
            protocol, {"dusk-ocean": {}}, groups=tuple(view.measured),
            sources=tuple(device.name for device in view.devices),
        ).facts(),
        rig={"devices": [{"name": d.name, "model": d.model} for d in view.devices]},
        streams=tuple(
            Stream(f"{d.name}.{kind}", kind, Unit.RAW, 10.0)
            for d in view.devices for kind in d.measures
        ),
        versions=view.versions, simulated=any(d.source != "person" for d in view.devices),
    )  # fmt: skip
    path = folder / "session.mcap"
    recorder = Recorder(path, header)
    for t, action in sorted(_entries(view, script), key=lambda entry: entry[0]):
        step = round(t * 100)
        if isinstance(action, Chunk):
            recorder.derived(step, action)
        elif isinstance(action, Show):
            row = np.zeros(script.width)
            action.fill(script, row)
            recorder.show(step, row)
    for event in view.events:
        recorder.event(max(round(view.duration * 100), 0), event)
    recorder.close("complete", step=round(view.duration * 100))
    return path


def _entries(view: SessionView, script: Script) -> list[tuple[float, Chunk | Show]]:
    made: list[tuple[float, Chunk | Show]] = []
    for name, k in view.tracks.items():
        stream = Stream(name, Kind.DERIVED, SIGNALS[name].unit, axes=SIGNAL_AXES)
        rows = np.column_stack((k.value, k.quality, k.corrected))
        made += [(t, Chunk(stream, k.t[i : i + 1], rows[i : i + 1])) for i, t in enumerate(k.t)]
    for onset in view.responses.tolist():
        known = min(onset + 7.0, view.duration)
        made.append((known, Chunk(SCR, np.array([known]), np.array([[onset, 0.1]]))))
    if view.arousal_sd is not None:
        sd = view.arousal_sd
        rows = np.column_stack((np.zeros(len(sd.t)), sd.value))
        made += [(t, Chunk(DETAIL, sd.t[i : i + 1], rows[i : i + 1])) for i, t in enumerate(sd.t)]
    if view.doubts:
        two = [
            (view.tracks[name].value, view.doubts[name].value / view.tracks[name].value)
            for name in ("heart.rmssd_ms", "heart.sdnn_ms")
        ]
        t = view.tracks["heart.rmssd_ms"].t
        told = ((value, 0.6 * share, 0.8 * share) for value, share in two)
        rows = np.column_stack((np.ones(len(t)), *(column for three in told for column in three)))
        made += [(at, Chunk(HEART, t[i : i + 1], rows[i : i + 1])) for i, at in enumerate(t)]
    shown = view.shown
    for i, t in enumerate(shown.t.tolist()):
        pace = Pace(0.0, shown.rate[i], 0.4, shown.guide[i])
        levels = {name: float(line[i]) for name, line in shown.levels.items()}
        made.append((t, Show(time=t, pace=pace, levels=levels)))
    return made
