"""Whatever a session recorded, its report can be drawn and written."""

import re
import xml.etree.ElementTree as ET

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.events import Event
from engine.report import Band, Device, SessionView, Shown, Track
from engine.report.lines import pieces, steps, thinned
from engine.report.page import render
from engine.report.timeline import plots
from engine.show import Caption
from engine.streams import F64
from engine.units import Kind

ANY = st.floats(-1e9, 1e9, width=32) | st.sampled_from([np.nan, np.inf, -np.inf])
NAMES = ("heart.rate", "heart.rmssd_ms", "resp.rate", "pacing.plv", "eda.scl_us", "arousal")
RARELY = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
TEXT = st.text(max_size=12)


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    value = np.array(draw(st.lists(ANY, max_size=12)), float)
    steps_apart = draw(st.lists(st.floats(0.0, 50.0), min_size=len(value), max_size=len(value)))
    quality = draw(st.lists(st.floats(0, 1), min_size=len(value), max_size=len(value)))
    return Track(np.cumsum(steps_apart), value, np.array(quality, float), np.zeros(len(value)))


@st.composite
def sessions(draw: st.DrawFn) -> SessionView:
    duration = draw(st.floats(0.0, 8000.0))
    cuts = sorted(draw(st.lists(st.floats(0.0, duration), max_size=5)))
    bands = [
        Band(f"b{i}", draw(st.sampled_from(["baseline", "training", "recovery"])),
             Caption("一段", "part"), start, end)
        for i, (start, end) in enumerate(zip([0.0, *cuts], [*cuts, duration], strict=True))
    ]  # fmt: skip
    shown = draw(tracks())
    facts = st.dictionaries(st.sampled_from(["reason", "by", "device", "part", "state"]), TEXT)
    counts = st.dictionaries(
        st.sampled_from(["device", "messages", "heard", "samples"]),
        st.one_of(TEXT, st.integers(-1, 10**6)),
    )
    kinds = st.sampled_from(
        ["device_state", "fault_contained", "stop_requested", "note_taken", "stream_unused",
         "data_refused"]
    )  # fmt: skip
    return SessionView(
        session=draw(TEXT), started=draw(TEXT), duration=duration, protocol="p",
        title=Caption("题", draw(TEXT)), about=Caption("", ""), language="zh",
        devices=[Device(draw(TEXT), draw(TEXT), "person", (Kind.ECG, Kind.BATTERY))],
        demonstration=False, bands=bands,
        events=[
            Event(0.0, kind, draw(st.one_of(facts, counts)))
            for kind in draw(st.lists(kinds, max_size=4))
        ],
        tracks={name: draw(tracks()) for name in draw(st.sets(st.sampled_from(NAMES), max_size=2))},
        shown=Shown(shown.t, shown.value, shown.quality, {"scene.swell": shown.quality}),
        responses=draw(tracks()).t, arousal_sd=draw(st.none() | tracks()), measured=("heart",),
    )  # fmt: skip


@RARELY
@given(sessions())
def test_every_session_has_a_whole_report(view: SessionView) -> None:
    html = render(view)

    assert html.rstrip().endswith("</html>")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@RARELY
@given(sessions())
def test_every_picture_can_be_read_and_holds_no_value_that_is_none(view: SessionView) -> None:
    for plot in plots(view):
        ET.fromstring(plot.picture)  # noqa: S314 - made by us a moment ago
        assert not re.search(r'd="[^"]*(nan|inf)', plot.picture)


@given(tracks())
def test_pieces_hold_every_value_once_and_in_order(track: Track) -> None:
    found = list(pieces(track.t, track.value, 0.0))  # so short that there is nothing to thin

    assert sum(len(p.t) for p in found) == int(np.isfinite(track.value).sum())
    assert all((np.diff(p.t) >= 0).all() for p in found)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=200), st.floats(0.1, 100.0))
def test_thinning_loses_no_peak_and_no_end(values: list[float], width: float) -> None:
    t, y = np.arange(float(len(values))), np.array(values)

    found = thinned(t, y, width)

    assert (found.y.min(), found.y.max()) == (y.min(), y.max())
    assert (found.t[0], found.t[-1]) == (t[0], t[-1])
    assert (np.diff(found.t) > 0).all()


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=1, max_size=50))
def test_a_staircase_can_be_rebuilt_from_its_corners(values: list[float]) -> None:
    t, y = np.arange(float(len(values))), np.array(values)

    corners = steps(t, y)

    rebuilt: F64 = corners.y[np.searchsorted(corners.t, t, "right") - 1]
    np.testing.assert_array_equal(rebuilt, y)
