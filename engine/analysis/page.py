"""Puts the report of an analysis together: one HTML file, both languages, nothing fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import engine.report
from engine.analysis.analysing import Analysis
from engine.analysis.course import course
from engine.analysis.lanes import lanes
from engine.analysis.naming import BREATH, HEART, SKIN, Name
from engine.analysis.plots import poincare_plot, spectrum_plot
from engine.analysis.remark import Weight
from engine.analysis.spectrum import spectrum
from engine.analysis.variability import Withheld
from engine.analysis.verdict import Verdict, because, verdict
from engine.analysis.why import reason
from engine.dsp.hrv_limits import BY_BREATH, INDICES
from engine.dsp.metric import Metric
from engine.report.page import both
from engine.report.panel import HOUR
from engine.report.phrases import clock, duration, give_or_take, join, number, share
from engine.show import Caption
from engine.store.left_out import in_chinese

FEW_WINDOWS = 15
"""So many windows that hold a heart rate are told one by one; the JSON holds them all."""
YEARS = (946_684_800.0, 4_102_444_800.0)
"""s since 1970: from 2000 to 2100."""
IN_WINDOWS = ("hr_bpm", "rmssd_ms", "sdnn_ms")
ALWAYS = frozenset({"hr_bpm", "rmssd_ms"})
FIRST = ALWAYS | {"tonic_us", "scr_per_min", "rate_bpm"}
_SPECTRAL = INDICES["lf_ms2"].meaning
RECIPE = Caption(_SPECTRAL.zh.partition("。")[2], _SPECTRAL.en.partition(". ")[2])
"""How every number of the spectrum is computed; told once."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the table: its name, what it was, how far it may be off, or why not."""

    name: Name
    value: str
    doubt: str
    quality: float
    corrected: str
    window: Caption
    reason: Caption


@dataclass(frozen=True, slots=True)
class Part:
    """A group of numbers with a heading."""

    title: Caption
    lines: Sequence[Line]

    @property
    def told(self) -> list[Line]:
        """The numbers that can be trusted."""
        return [line for line in self.lines if not line.reason.en]

    @property
    def untold(self) -> list[tuple[Caption, Caption]]:
        """Why the others are not told, each reason once, with the names of its numbers."""
        by: dict[Caption, list[Caption]] = {}
        for line in self.lines:
            if line.reason.en:
                by.setdefault(line.reason, []).append(line.name.words)
        return [(join(*names, between=Caption("、", ", ")), reason) for reason, names in by.items()]


def render(analysis: Analysis, language: str = "zh") -> str:
    """Return the report of ``analysis`` as one self-contained HTML page.

    It holds both languages; ``language``, ``zh`` or ``en``, is shown first.
    """
    own = Path(__file__).parent
    style = Path(engine.report.__file__).parent / "page.css"
    made = Environment(
        loader=FileSystemLoader(own), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    css = style.read_text(encoding="utf-8") + (own / "page.css").read_text(encoding="utf-8")
    found = spectrum(analysis.found) if analysis.whole.metrics["lf_ms2"].valid else None
    rmssd = analysis.whole.metrics["rmssd_ms"].valid
    heard = [part for part in analysis.windows if part.metrics["hr_bpm"].valid]
    windows = heard[:FEW_WINDOWS] if len(analysis.windows) > 1 else []
    numbers = parts(analysis)
    named = [
        name
        for name in HEART
        if name.metric in IN_WINDOWS and any(w.metrics[name.metric].valid for w in windows)
    ]
    return made.get_template("page.html.j2").render(
        analysis=analysis,
        language=language,
        css=Markup(css),  # noqa: S704 - our own files
        verdict=verdict(analysis),
        because=because(analysis),
        good=Verdict.GOOD,
        poor=Verdict.POOR,
        irregular=Withheld.IRREGULAR,
        parts=numbers,
        has_numbers=any(part.told for part in numbers),
        has_doubts=any(line.doubt for part in numbers for line in part.told),
        recipe=RECIPE,
        key=key_numbers(numbers),
        plots=course(analysis),
        lanes=lanes(analysis),
        spectrum=Markup(spectrum_plot(found)) if found else None,  # noqa: S704 - our own drawing
        poincare=Markup(poincare_plot(analysis.found, analysis.whole)) if rmssd else None,  # noqa: S704
        grave=[r.words for r in analysis.remarks if r.weight is not Weight.NOTE],
        notes=[r.words for r in analysis.remarks if r.weight is Weight.NOTE],
        windows=windows,
        untold=len(analysis.windows) - len(windows),
        in_windows=named,
        some_missing=any(not w.metrics[name.metric].valid for w in windows for name in named),
        version=version("anlan"),
        both=both,
        clock=clock,
        duration=duration,
        in_chinese=in_chinese,
        in_window=in_window,
        hours=analysis.heard.lasts > HOUR,
        recorded=recorded(analysis),
        share=share,
        short=short,
    )


def recorded(analysis: Analysis) -> str:
    """Return when the recording began, where its times count from 1970; nothing else."""
    began = analysis.heard.zero
    if not YEARS[0] <= began <= YEARS[1]:
        return ""
    return f"{datetime.fromtimestamp(began):%Y-%m-%d %H:%M}"  # noqa: DTZ006 - the reader's own


def key_numbers(numbers: Sequence[Part]) -> list[Line]:
    """Return what one looks at first; of the rest only what can be told."""
    lines = [line for part in numbers for line in part.lines if line.name.metric in FIRST]
    return [line for line in lines if line.name.metric in ALWAYS or not line.reason.en]


def short(meaning: Caption) -> Caption:
    """Return a definition without the recipe that many share."""
    return Caption(
        meaning.zh.replace(RECIPE.zh, "").strip(), meaning.en.replace(RECIPE.en, "").strip()
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
    breath = analysis.breath
    if breath is not None and (breath.belt or breath.metrics["rate_bpm"].valid):
        lines = _lines(BREATH, breath.metrics, analysis)
        made.append(Part(Caption("呼吸", "Breath"), lines))
    return made


def _lines(names: Sequence[Name], metrics: Mapping[str, Metric], analysis: Analysis) -> list[Line]:
    sources = analysis.heard.sources
    return [
        Line(
            name,
            *told(name, metric),
            metric.quality,
            _corrected(name.metric, metric, analysis),
            duration(metric.window_s),
            reason(name.metric, metric, sources),
        )
        for name, metric in ((name, metrics[name.metric]) for name in names)
    ]


def told(name: Name, metric: Metric) -> tuple[str, str]:
    """Return a number as written, and how far it may be off (nothing where that is not known)."""
    return give_or_take(metric.value, metric.doubt, name.decimals)


def in_window(name: Name, metric: Metric) -> tuple[str, str]:
    """Return the same of a window; of its rate a doubt is not worth a number."""
    if name.metric == "hr_bpm":
        return number(metric.value, name.decimals), ""
    return told(name, metric)


def _corrected(name: str, metric: Metric, analysis: Analysis) -> str:
    """Return the share of corrected beats, where beats are what the number is made of."""
    if name not in INDICES and name not in BY_BREATH:
        return ""
    return "–" if Withheld.IRREGULAR in analysis.whole.withheld else share(metric.corrected)
