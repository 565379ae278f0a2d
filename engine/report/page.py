"""Puts the report together: one HTML file, both languages, nothing fetched from anywhere."""

import math
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from engine.report.changes import changes
from engine.report.definitions import DEFINITIONS, TEMPERATURE
from engine.report.gaps import gap_lines
from engine.report.measures import GOOD, Measure, Row, qualities, ratings, rows
from engine.report.notices import course, machinery
from engine.report.panel import HOUR
from engine.report.phrases import SOURCES, clock, duration, give_or_take, measured_by, number, share
from engine.report.presence import absences
from engine.report.scales import scale_picture
from engine.report.summary import sentences
from engine.report.timeline import plots, tabs
from engine.report.unused import unused_lines
from engine.report.view import SessionView
from engine.show import Caption

Html: TypeAlias = Markup
FOLDER = Path(__file__).parent
SCALES = {
    "SUDS": (Caption("紧张程度（SUDS）", "Tension (SUDS)"), 100.0),
    "FMS": (Caption("晕动程度（FMS）", "Motion sickness (FMS)"), 20.0),
}


@cache
def template() -> Template:
    """Return the page's template; to compile it takes a quarter of what a page takes."""
    return Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    ).get_template("page.html.j2")  # fmt: skip


def render(view: SessionView) -> str:
    """Return the report of ``view`` as one self-contained HTML page."""
    answers, told = ratings(view), rows(view)
    return template().render(
        view=view,
        css=Markup((FOLDER / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        when=when(view.started),
        lasted=duration(view.duration),
        hour=HOUR,
        sentences=sentences(view),
        scales=[_scale(scale, answers) for scale in SCALES],
        rows=told,
        has_doubts=any(
            math.isfinite(part.doubt)
            for row in told
            for part in (row.rest, row.training, row.recovery)
            if part is not None
        ),
        qualities=qualities(view),
        plots=plots(view),
        tabs=tabs(view),
        sources=SOURCES,
        measured_by=measured_by,
        changes=changes(view),
        course=course(view),
        machinery=machinery(view),
        definitions=[
            *(d for d in DEFINITIONS.values() if d.signal in view.tracks),
            *([TEMPERATURE] if view.temperatures else []),
        ],
        absences=absences(view),
        gaps=list(gap_lines(view)),
        unused=list(unused_lines(view)),
        good=share(GOOD),
        both=both,
        clock=clock,
        share=share,
        measured=measured,
        heard=heard,
    )


def both(words: Caption) -> Html:
    """Return a text in both languages; the page shows one of them."""
    if words.zh == words.en:
        return escape(words.en)
    return Markup(
        '<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>'
    ).format(words.zh, words.en)


def measured(measure: Measure | None, decimals: int) -> tuple[str, str]:
    """Return a measure's value, or a dash, and how far it may be off, if that is known."""
    if measure is None:
        return number(None), ""
    return give_or_take(measure.value, measure.doubt, decimals)


def heard(row: Row) -> str:
    """Return the shares of good time of the parts that count for a signal."""
    parts = [m for m in (row.rest, row.training, row.recovery) if m is not None]
    return " · ".join(f"{100 * m.good:.0f}" for m in parts) + " %" if parts else "–"


def when(started: str) -> str:
    """Return the start in this computer's time, with its offset from UTC."""
    try:
        local = datetime.fromisoformat(started).astimezone()
    except ValueError:
        return started
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} (UTC{offset[:3]}:{offset[3:]})"


def _scale(scale: str, answers: dict[str, tuple[float | None, float | None]]) -> dict[str, Any]:
    name, top = SCALES[scale]
    before, after = answers.get(scale, (None, None))
    return {
        "name": name,
        "top": number(top),
        "before": None if before is None else number(before),
        "after": None if after is None else number(after),
        "given": before is not None or after is not None,
        "picture": scale_picture(scale, top, before, after),
    }
