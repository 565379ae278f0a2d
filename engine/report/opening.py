"""Opens a recorded session for its report."""

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np

from engine import plugins
from engine.events import Event
from engine.report.gaps import gaps_of
from engine.report.view import Band, Device, SessionView, Shown, Source, Track
from engine.session import captions
from engine.session.format import SessionProtocol
from engine.session.reading import from_normalised
from engine.show import FIXED, Caption, Script
from engine.signals import SIGNALS
from engine.store.header import Header
from engine.store.session_file import SessionFile
from engine.streams import F64
from engine.units import Kind, Unit
from engine.vocabulary import output_names

REPLAYED = "replayed-recording"
"""Model of the device that plays an older recording back."""
COLDEST, WARMEST = 10.0, 45.0
"""°C a person's skin can have in a room; a sensor left on a warm table cannot be told from one."""
_RATE, _GUIDE = FIXED.index("pace.rate"), FIXED.index("pace.guide")


def view_of(session: Path) -> SessionView:
    """Return the session in the folder or file ``session``.

    Raises
    ------
    RecordingError
        When there is no readable recording.
    """
    path = session / "session.mcap" if session.is_dir() else session
    file = SessionFile.open(path)
    header, events = file.header, tuple(file.events())
    protocol = from_normalised(header.protocol_text)
    names = [stream.name for stream in file.streams]
    tracks = {name: Track.of(*file.series(name)) for name in SIGNALS if name in names}
    duration = max(file.duration, events[-1].t if events else 0.0)
    return SessionView(
        session=header.session,
        started=header.started,
        duration=duration,
        protocol=header.protocol,
        title=protocol.title.caption(),
        about=protocol.about.caption(),
        language=header.language,
        devices=devices_of(header, events),
        demonstration=protocol.demonstration,
        bands=bands_of(protocol, events, duration),
        events=events,
        tracks=tracks,
        shown=shown_of(header.script, *file.shows()),
        responses=_responses(file) if "eda.scr" in names else np.empty(0),
        arousal_sd=_uncertainty(file) if "arousal.detail" in names else None,
        doubts=_doubts(file),
        temperatures=_temperatures(file),
        gaps=gaps_of(file),
        measured=tuple(str(g) for g in header.setup.get("groups", ())),
        controls={**control_names(header.script.scenes), **output_names_of(header)},
        outputs=outputs_of(header),
        places=_places(file),
        versions=dict(header.versions),
        seed=header.seed,
        complete=file.complete,
        damage=tuple(
            (d.first / header.step_rate, d.last / header.step_rate)
            for d in file.damage
            if d.first >= 0
        ),
    )


def bands_of(
    protocol: SessionProtocol, events: Iterable[Event], duration: float
) -> tuple[Band, ...]:
    """Return the parts of the session as they really were."""
    phases = {phase.id: phase.title.caption() for phase in protocol.phase}
    entered = [e for e in events if e.kind == "phase_entered"]
    ends = [*(e.t for e in entered[1:]), duration]
    bands: list[Band] = []
    for event, end in zip(entered, ends, strict=False):
        name, part = str(event.facts["phase"]), str(event.facts["part"])
        title = phases.get(name) if part == "training" else captions.TITLES.get(part)
        bands.append(Band(name, part, title or Caption(name, name), event.t, end))
    return tuple(bands)


def outputs_of(header: Header) -> dict[str, Unit]:
    """Return what the room's devices could do, with the unit of each."""
    return {name: Unit(o["unit"]) for name, o in header.setup.get("outputs", {}).items()}


def output_names_of(header: Header) -> dict[str, Caption]:
    """Return what people call the outputs that say so themselves, or are known."""
    found: dict[str, Caption] = {}
    for name, facts in header.setup.get("outputs", {}).items():
        names = output_names(name, str(facts.get("zh", "")), str(facts.get("en", "")))
        if names is not None:
            found[name] = Caption(*names)
    return found


def _places(file: SessionFile) -> dict[str, Track]:
    """Return where each output was that a device told, as far as it did."""
    recorded = {stream.name for stream in file.streams}
    told = {
        name: str(o.get("position", "")) for name, o in file.header.setup.get("outputs", {}).items()
    }
    return {n: Track.of(*file.series(p)) for n, p in told.items() if p in recorded}


def _temperatures(file: SessionFile) -> dict[str, Track]:
    """Return the skin's temperatures; what no skin has is no good value."""
    found: dict[str, Track] = {}
    for stream in file.streams:
        if stream.kind is not Kind.SKIN_TEMP:
            continue
        t, x = file.series(stream.name)
        value = x[:, 0]
        known = (value >= COLDEST) & (value <= WARMEST)
        if known.any():
            stands = max(5.0, 3.0 / stream.rate) if stream.rate else 5.0
            quality = known.astype(np.float64)
            found[stream.name] = Track(t, value, quality, np.zeros_like(t), stands)
    return found


def shown_of(script: Script, t: F64, rows: F64) -> Shown:
    """Return what ``rows``, ``(n, script.width)``, showed."""
    levels = {name: rows[:, len(FIXED) + i] for i, name in enumerate(script.controls)}
    return Shown(t, rows[:, _RATE], rows[:, _GUIDE], levels)


def control_names(scenes: Iterable[str]) -> Mapping[str, Caption]:
    """Return what people call the controls of ``scenes``; a lost scene keeps its raw names.

    Plugins that look like scenes are asked first, and no more than needed: importing
    every driver and voice for a few names would take longer than the whole report.
    """
    wanted = set(scenes)
    names = {"sound.volume": Caption("音量", "Sound volume")}
    points = sorted(
        entry_points(group=plugins.GROUP), key=lambda p: ("scene" not in p.name, p.name)
    )
    for point in points:
        if not wanted:
            break
        for scene, made in plugins.load([point]).scenes().items():
            if scene in wanted:
                wanted.discard(scene)
                names |= {f"scene.{c.name}": Caption(c.zh, c.en) for c in made.controls}
    return names


def devices_of(header: Header, events: Iterable[Event]) -> tuple[Device, ...]:
    """Return the devices that measured, each with whose values it gave.

    A player of recordings counts as simulated to the engine, because it need not wait for
    the clock; what it plays is a person all the same.
    """
    models = {str(d["name"]): str(d["model"]) for d in header.rig.get("devices", ())}
    told = {
        str(e.facts.get("device")): bool(e.facts["simulated"])
        for e in events
        if e.kind == "device_state" and "simulated" in e.facts
    }
    made: list[Device] = []
    for name in map(str, header.setup.get("sources", ())):
        model = models.get(name, "")
        source: Source = "person"
        if model == REPLAYED:
            source = "replayed"
        elif told.get(name, header.simulated):
            source = "simulated"
        kinds = dict.fromkeys(s.kind for s in header.streams if s.name.startswith(f"{name}."))
        made.append(Device(name, model, source, tuple(kinds)))
    return tuple(made)


def _responses(file: SessionFile) -> F64:
    """Return the onsets of skin responses, s; they are told some seconds later."""
    axes = next(s.axes for s in file.streams if s.name == "eda.scr")
    t, x = file.series("eda.scr")
    return x[:, axes.index("onset_s")] if "onset_s" in axes else t


def _doubts(file: SessionFile) -> dict[str, Track]:
    """Return how far the heart's variability may be off, told beside it as a share of it."""
    axes = next((s.axes for s in file.streams if s.name == "heart.detail"), ())
    told = {
        f"heart.{name}_ms": (f"{name}_ms", f"{name}_doubt", f"{name}_chance")
        for name in ("rmssd", "sdnn")
    }
    known = {n: three for n, three in told.items() if set(three) <= set(axes)}
    if not known:
        return {}
    t, x = file.series("heart.detail")
    shown = x[:, axes.index("shown")] > 0.0
    t, x = t[shown], x[shown]
    made: dict[str, Track] = {}
    for name, (value, *shares) in known.items():
        off = x[:, axes.index(value)] * np.hypot(*(x[:, axes.index(share)] for share in shares))
        made[name] = Track(t, off, np.ones_like(t), np.zeros_like(t))
    return made


def _uncertainty(file: SessionFile) -> Track | None:
    axes = next(s.axes for s in file.streams if s.name == "arousal.detail")
    if "sd" not in axes:
        return None
    t, x = file.series("arousal.detail")
    sd = x[:, axes.index("sd")]
    return Track(t, sd, np.ones_like(t), np.zeros_like(t))
