"""Puts the report of an analysis together: one HTML file, both languages, nothing fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import engine.report
from engine.analysis.analysing import Analysis
from engine.analysis.course import course
from engine.analysis.naming import BREATH, HEART, SKIN, Name
from engine.analysis.plots import poincare_plot, spectrum_plot
from engine.analysis.remarks import Weight
from engine.analysis.spectrum import spectrum
from engine.analysis.variability import Withheld
from engine.analysis.verdict import Verdict, verdict
from engine.dsp.hrv_limits import INDICES
from engine.dsp.metric import Metric
from engine.report.page import both
from engine.report.phrases import GROUP_NAMES, clock, duration, number, share
from engine.show import Caption

FEW_WINDOWS = 30
"""So many windows are told one by one; the JSON holds them all."""
IN_WINDOWS = ("hr_bpm", "rmssd_ms", "sdnn_ms")


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the table: its name, what it was, how good, over how long, or why not."""

    name: Name
    value: str
    quality: float
    window: Caption
    reason: Caption


@dataclass(frozen=True, slots=True)
class Part:
    """A group of numbers with a heading."""

    title: Caption
    lines: Sequence[Line]


def render(analysis: Analysis) -> str:
    """Return the report of ``analysis`` as one self-contained HTML page."""
    own = Path(__file__).parent
    style = Path(engine.report.__file__).parent / "page.css"
    made = Environment(
        loader=FileSystemLoader(own), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    css = style.read_text(encoding="utf-8") + (own / "page.css").read_text(encoding="utf-8")
    found = spectrum(analysis.found) if analysis.whole.metrics["lf_ms2"].valid else None
    rmssd = analysis.whole.metrics["rmssd_ms"].valid
    told = analysis.windows[:FEW_WINDOWS] if len(analysis.windows) > 1 else ()
    return made.get_template("page.html.j2").render(
        analysis=analysis,
        css=Markup(css),  # noqa: S704 - our own files
        verdict=verdict(analysis),
        good=Verdict.GOOD,
        poor=Verdict.POOR,
        parts=list(parts(analysis)),
        plots=course(analysis),
        spectrum=Markup(spectrum_plot(found)) if found else None,  # noqa: S704 - our own drawing
        poincare=Markup(poincare_plot(analysis.found, analysis.whole)) if rmssd else None,  # noqa: S704
        grave=[r.words for r in analysis.remarks if r.weight is not Weight.NOTE],
        notes=[r.words for r in analysis.remarks if r.weight is Weight.NOTE],
        told=told,
        untold=len(analysis.windows) - len(told),
        in_windows=[name for name in HEART if name.metric in IN_WINDOWS],
        groups=GROUP_NAMES,
        version=version("anlan"),
        both=both,
        clock=clock,
        duration=duration,
        number=number,
        share=share,
    )


def parts(analysis: Analysis) -> list[Part]:
    """Return the numbers of everything that was recorded, in groups."""
    made: list[Part] = []
    if "heart" in analysis.heard.sources:
        metrics = analysis.whole.metrics
        made.append(Part(Caption("心跳", "Heartbeat"), _lines(HEART, metrics, analysis)))
    if analysis.skin is not None:
        lines = _lines(SKIN, analysis.skin.metrics, analysis)
        made.append(Part(Caption("皮电", "Skin"), lines))
    if analysis.breath is not None:
        lines = _lines(BREATH, analysis.breath.metrics, analysis)
        made.append(Part(Caption("呼吸", "Breath"), lines))
    return made


def _lines(names: Sequence[Name], metrics: Mapping[str, Metric], analysis: Analysis) -> list[Line]:
    return [
        Line(
            name,
            number(metrics[name.metric].value, name.decimals),
            metrics[name.metric].quality,
            duration(metrics[name.metric].window_s),
            _reason(name.metric, metrics[name.metric], analysis),
        )
        for name in names
    ]


def _reason(name: str, metric: Metric, analysis: Analysis) -> Caption:
    """Return why a number is not told; nothing if it is."""
    index = INDICES.get(name)
    if metric.valid:
        return Caption("", "")
    if index is None:
        return Caption("可用的时间不够", "not enough good time")
    if Withheld.IRREGULAR in analysis.whole.withheld and index.needs_regular:
        return Caption("心律不够规则", "rhythm too irregular")
    if metric.window_s < index.least:
        least = duration(index.least)
        return Caption(f"需要 {least.zh}可用的心跳", f"needs {least.en} of usable heartbeat")
    if metric.corrected > index.most_corrected:
        most = share(index.most_corrected)
        return Caption(f"修正的心跳多于 {most}", f"more than {most} of the beats corrected")
    if analysis.whole.withheld and index.needs_regular:
        return Caption("见上面的说明", "see above")
    return Caption("无法确定", "cannot be told")
