"""The page itself: whole, bilingual, harmless, and the same every time."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rc_context, rcParams

from engine import report
from engine.report import Device, SessionView, drawing
from engine.report.page import render
from engine.report.phrases import NBSP
from engine.report.timeline import Plot, fitted, plots, tabs
from engine.report.view import Source
from engine.session.faults import FORBIDDEN
from engine.show import Caption
from engine.units import Kind
from tests.report_sessions import protocol_named, rehearsed

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    """Checks nesting and gathers what the page says and links to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.said = ""
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [v or "" for k, v in attrs if k in {"src", "href", "action", "data"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.said += data


def page_of(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def page_with(drawn: list[Plot], view: SessionView) -> str:
    """Return the page of a session whose plots are drawn already."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engine.report.page.plots", lambda _view: drawn)
        return render(view)


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(protocol_named("capsule-20"))


@pytest.fixture(scope="module")
def drawn(view: SessionView) -> list[Plot]:
    return plots(view)


@pytest.fixture(scope="module")
def html(view: SessionView, drawn: list[Plot]) -> str:
    return page_with(drawn, view)


@pytest.fixture
def wordy(view: SessionView, monkeypatch: pytest.MonkeyPatch) -> SessionView:
    """Return the same session without its plots: for what is told in words."""
    monkeypatch.setattr("engine.report.page.plots", lambda _view: [])
    return view


def test_the_page_is_well_formed_and_needs_nothing_from_outside(html: str) -> None:
    page = page_of(html)

    assert page.open == []
    assert page.links == []
    assert "script" not in page.tags
    assert not re.search(r"url\((?!#)|@import|https?://(?!www\.w3\.org)", html)


def test_numbers_of_variability_say_how_far_they_may_be_off(wordy: SessionView) -> None:
    said = page_of(render(wordy)).said

    assert re.search(rf"RMSSD\s+.*?\d+\s+±{NBSP}\d", said, re.DOTALL)
    assert "± is how far a number may be off" in said
    assert "±" not in page_of(render(replace(wordy, doubts={}, arousal_sd=None))).said


def test_the_page_opens_in_the_language_of_the_session(wordy: SessionView) -> None:
    english = render(replace(wordy, language="en"))

    assert re.search(r'id="show-en"[^>]* checked', english)
    assert not re.search(r'id="show-zh"[^>]* checked', english)
    assert '<html lang="en">' in english


def test_everything_said_in_one_language_is_said_in_the_other(html: str) -> None:
    chinese = len(re.findall(r'class="zh" lang="zh"', html))
    english = len(re.findall(r'class="en" lang="en"', html))

    assert chinese == english > 100


def test_what_people_typed_is_shown_as_text(wordy: SessionView) -> None:
    evil = Caption("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")

    page = page_of(
        render(replace(wordy, title=evil, session="<b>&", controls={"scene.swell": evil}))
    )

    assert not page.tags & {"script", "img"}
    assert "<script>alert(1)</script>" in page.said


def test_the_page_claims_nothing_medical(html: str) -> None:
    said = page_of(html).said.replace("不是医学检查，也不作任何医学判断", "")

    assert FORBIDDEN.search(said) is None


def test_the_same_session_gives_the_same_page(view: SessionView, html: str) -> None:
    assert render(view) == html


def given_by(*sources: Source) -> tuple[Device, ...]:
    kinds = (Kind.ECG, Kind.EDA, Kind.RESP)
    return tuple(
        Device(f"d{i}", f"model-{i}", source, (kind,))
        for i, (source, kind) in enumerate(zip(sources, kinds, strict=False))
    )


@pytest.mark.parametrize("source", ["person", "simulated", "replayed"])
def test_whose_numbers_these_are_is_said_in_words(wordy: SessionView, source: Source) -> None:
    said = page_of(render(replace(wordy, devices=given_by(source, source)))).said

    assert ("They belong to no one" in said) == (source == "simulated")
    assert ("come from an older recording, made" in said) == (source == "replayed")
    assert ("what the recorded person was doing" in said) == (source == "replayed")


def test_one_simulated_device_among_others_makes_no_one_of_nobody(wordy: SessionView) -> None:
    mixed = replace(wordy, devices=given_by("person", "simulated", "replayed"))

    said = " ".join(page_of(render(mixed)).said.split())

    assert mixed.origin == "mixed"
    assert "They belong to no one" not in said
    assert "They stand for no one" not in said
    assert "心电ECG：: 本人the person" in said
    assert "皮电skin conductance：: 模拟（程序生成，不属于任何人）" in said


def test_the_devices_are_listed_with_their_models(html: str) -> None:
    assert all(model in html for model in ("heart-rate-band", "eda-puck", "breath-belt"))


def test_an_incomplete_recording_says_so_and_where(wordy: SessionView) -> None:
    said = page_of(render(replace(wordy, complete=False, damage=((61.0, 75.0),)))).said

    assert "Incomplete recording" in said
    assert "1:01–1:15" in said


def test_a_session_without_sensors_still_has_a_report(view: SessionView) -> None:
    bare = replace(
        view,
        tracks={},
        measured=(),
        devices=(),
        arousal_sd=None,
        responses=np.empty(0),
        events=(),
        bands=(),
    )

    said = page_of(render(bare)).said

    assert "No sensor was connected" in said
    assert "not given" in said


def test_a_signal_without_a_single_value_is_said_to_have_none(view: SessionView) -> None:
    tracks = dict(view.tracks)
    heart = tracks["heart.rate"]
    tracks["heart.rate"] = replace(heart, value=np.full(len(heart.t), np.nan))

    without = replace(view, tracks=tracks)
    drawn = plots(without)

    assert [p.id for p in drawn if p.empty] == ["heart.rate"]
    assert "no value that could be shown" in page_of(page_with(drawn, without)).said


def numbers_in(plot: Plot) -> ET.Element:
    return ET.fromstring(plot.picture)  # noqa: S314 - made by us a moment ago


def test_each_picture_is_valid_and_what_is_drawn_stays_inside_it(drawn: list[Plot]) -> None:
    for plot in drawn:
        root = numbers_in(plot)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for path in root.iter(f"{SVG}path"):
            if "stroke:" in path.attrib.get("style", "") and "clip-path" in path.attrib:
                found = re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.attrib["d"])
                assert found
                assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in found)


def test_the_pictures_hold_numbers_only_and_no_word_that_would_need_a_language(
    drawn: list[Plot],
) -> None:
    said = [t.text or "" for plot in drawn for t in numbers_in(plot).iter(f"{SVG}text")]

    assert len(said) > 20
    assert all(re.fullmatch(r"[\d.:\u2212]+", words) for words in said)


def test_no_two_pictures_of_a_page_share_an_id(html: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', html)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)


def test_only_the_last_plot_has_the_clock(drawn: list[Plot]) -> None:
    assert ["0:00</text>" in plot.picture for plot in drawn] == [False] * 6 + [True]


def test_low_quality_is_hatched_and_gaps_stay_empty(view: SessionView, drawn: list[Plot]) -> None:
    heart, skin = (next(p for p in drawn if p.id == name) for name in ("heart.rate", "eda.scl_us"))

    assert "<pattern" in heart.picture
    assert "<pattern" not in skin.picture
    line = max(re.findall(r' d="([^"]+)"', skin.picture), key=len)
    assert line.count("M") == 2


def test_the_names_of_the_parts_stand_where_the_parts_are(view: SessionView) -> None:
    found = tabs(view)

    assert [t.number for t in found][:2] == ["", ""]
    assert found[-1].left + found[-1].width == pytest.approx(100 * 400 / 410)
    assert all(one.left + one.width == pytest.approx(two.left) for one, two in pairwise(found))


def test_noise_never_fills_a_plot() -> None:
    assert fitted([np.array([70.0, 70.2])], least=20.0) == pytest.approx((60.1, 80.1))
    assert fitted([np.array([1.0, 2.0])], least=8.0, floor=0.0) == (0.0, 8.0)
    assert fitted([np.array([np.nan])], least=5.0, floor=0.0) == pytest.approx((0.0, 5.3))


def test_a_person_with_other_settings_of_matplotlib_gets_the_same_picture(
    view: SessionView,
) -> None:
    few = replace(view, tracks={"heart.rate": view.tracks["heart.rate"]})
    drawn = plots(few)

    with rc_context({"svg.fonttype": "path", "axes.facecolor": "red", "font.size": 30.0}):
        assert plots(few) == drawn
        assert rcParams["font.size"] == 30.0


def test_every_number_says_what_it_is_and_its_code(html: str) -> None:
    said = page_of(html).said

    assert "LOINC 8867-4" in said
    assert "LOINC 80404-7" in said
    assert said.count("LOINC") == 2


def test_colours_are_readable_on_their_grounds() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    css = Path(str(report.__file__)).with_name("page.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))

    assert {n: c for n, c in named.items() if n in {"teal", "ink", "soft", "tint", "line"}} == {
        "teal": drawing.TEAL, "ink": drawing.INK, "soft": drawing.SOFT, "tint": drawing.TINT,
        "line": drawing.LINE,
    }  # fmt: skip
    texts = [named[text] for text in ("ink", "soft", "teal", "ochre")]
    for colour in [*texts, *(stroke.colour for stroke in drawing.STROKES)]:
        for ground in ("#ffffff", named["tint"], drawing.PALE):
            contrast = (light(ground) + 0.05) / (light(colour) + 0.05)
            assert contrast >= 4.5, (colour, ground, contrast)


def test_strokes_differ_in_more_than_their_colour() -> None:
    shapes = {(stroke.dashes, stroke.width) for stroke in drawing.STROKES}

    assert len(shapes) == len(drawing.STROKES)
