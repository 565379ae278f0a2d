"""The page itself: whole, bilingual, harmless, and the same every time."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from engine import report
from engine.report import SessionView
from engine.report.page import render
from engine.report.timeline import timeline
from engine.session.faults import FORBIDDEN
from engine.show import Caption
from tests.report_sessions import protocol_named, rehearsed

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


@pytest.fixture(scope="module")
def view() -> SessionView:
    return rehearsed(protocol_named("capsule-20"))


@pytest.fixture(scope="module")
def html(view: SessionView) -> str:
    return render(view)


def test_the_page_is_well_formed_and_needs_nothing_from_outside(html: str) -> None:
    page = page_of(html)

    assert page.open == []
    assert page.links == []
    assert "script" not in page.tags
    assert not re.search(r"url\((?!#)|@import|https?://(?!www\.w3\.org)", html)


def test_the_page_opens_in_the_language_of_the_session(view: SessionView) -> None:
    english = render(replace(view, language="en"))

    assert re.search(r'id="show-en"[^>]* checked', english)
    assert not re.search(r'id="show-zh"[^>]* checked', english)
    assert '<html lang="en">' in english


def test_everything_said_in_one_language_is_said_in_the_other(html: str) -> None:
    chinese = len(re.findall(r'class="zh" lang="zh"', html))
    english = len(re.findall(r'class="en" lang="en"', html))

    assert chinese == english > 100


def test_what_people_typed_is_shown_as_text(view: SessionView) -> None:
    evil = Caption("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")

    page = page_of(
        render(replace(view, title=evil, session="<b>&", controls={"scene.swell": evil}))
    )

    assert not page.tags & {"script", "img"}
    assert "<script>alert(1)</script>" in page.said


def test_the_page_claims_nothing_medical(html: str) -> None:
    said = page_of(html).said.replace("不是医学检查，也不作任何医学判断", "")

    assert FORBIDDEN.search(said) is None


def test_the_same_session_gives_the_same_page(view: SessionView, html: str) -> None:
    assert render(view) == html


@pytest.mark.parametrize("origin", ["person", "simulated", "replayed"])
def test_whose_numbers_these_are_is_said_in_words(view: SessionView, origin: str) -> None:
    said = page_of(render(replace(view, origin=origin))).said  # type: ignore[arg-type]

    assert ("They belong to no one" in said) == (origin == "simulated")
    assert ("come from an older recording" in said) == (origin == "replayed")


def test_an_incomplete_recording_says_so_and_where(view: SessionView) -> None:
    said = page_of(render(replace(view, complete=False, damage=((61.0, 75.0),)))).said

    assert "Incomplete recording" in said
    assert "1:01–1:15" in said


def test_a_session_without_sensors_still_has_a_report(view: SessionView) -> None:
    bare = replace(
        view, tracks={}, measured=(), arousal_sd=None, responses=np.empty(0), events=(), bands=()
    )

    said = page_of(render(bare)).said

    assert "No sensor was connected" in said
    assert "not given" in said


def test_a_signal_without_a_single_value_is_said_to_have_none(view: SessionView) -> None:
    tracks = dict(view.tracks)
    heart = tracks["heart.rate"]
    tracks["heart.rate"] = replace(heart, value=np.full(len(heart.t), np.nan))

    assert "no value that could be shown" in timeline(replace(view, tracks=tracks))


def test_the_picture_is_valid_svg_and_stays_inside_itself(view: SessionView) -> None:
    root = ET.fromstring(timeline(view))  # noqa: S314 - made by us a moment ago

    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root.iter():
        if element.tag.endswith("rect"):
            x, y, w, h = (float(element.attrib[k]) for k in ("x", "y", "width", "height"))
            assert 0 <= x <= x + w <= width
            assert 0 <= y <= y + h <= height
        if element.tag.endswith("text"):
            assert 0 <= float(element.attrib["x"]) <= width
            assert 0 <= float(element.attrib["y"]) <= height
        for number in re.findall(r"-?\d+\.?\d*", element.attrib.get("d", "")):
            assert -10 <= float(number) <= max(width, height)


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

    for text in ("ink", "soft", "teal", "ochre", "indigo", "plum", "slate"):
        for ground in ("#ffffff", named["tint"], "#f7f9f9"):
            contrast = (light(ground) + 0.05) / (light(named[text]) + 0.05)
            assert contrast >= 4.5, (text, ground, contrast)
