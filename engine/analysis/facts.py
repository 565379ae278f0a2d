"""Writes an analysis as JSON, for programs; every number says how far it can be trusted."""

import json
import math
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, TypeAlias

import numpy as np

from engine.analysis.analysing import Analysis
from engine.analysis.naming import NAMES
from engine.analysis.rhythm import TOO_MUCH
from engine.analysis.variability import Stretch, Withheld
from engine.dsp.metric import Metric
from engine.dsp.rr_layout import Beat
from engine.streams import F64

SCHEMA = "anlan.analysis/1"
Table: TypeAlias = dict[str, Any]


def facts(analysis: Analysis) -> Table:
    """Return ``analysis`` as plain JSON values; see README.md of this folder."""
    heard = analysis.heard
    zero = heard.zero
    return {
        "schema": SCHEMA,
        "anlan": version("anlan"),
        "file": analysis.recording.path.name,
        "start_s": _number(zero),
        "duration_s": _number(heard.lasts),
        "sources": {group: _source(analysis, group) for group in heard.sources},
        "good_enough": analysis.good_enough,
        "rhythm": rhythm_word(analysis),
        "remarks": [
            {"weight": r.weight.value, "code": r.code, "zh": r.words.zh, "en": r.words.en}
            for r in analysis.remarks
        ],
        "quality": _quality(analysis),
        "hrv": {
            "whole": _stretch(analysis.whole, zero),
            "windows": [_stretch(part, zero) for part in analysis.windows],
        },
        "eda": _skin(analysis),
        "resp": _breath(analysis),
        "beats_s": _numbers(analysis.beats + zero),
        "rr": _intervals(analysis),
        "definitions": definitions(analysis),
    }


def to_text(analysis: Analysis) -> str:
    """Return `facts` as JSON text; lists of numbers stay on one line."""
    table = facts(analysis)
    parts = (f"  {json.dumps(key)}: {_laid_out(value)}" for key, value in table.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def rhythm_word(analysis: Analysis) -> str:
    """Return ``regular``, ``too irregular for HRV`` or ``unknown``.

    Too few usable beats for any variability are too few to call them regular.
    """
    if not analysis.rhythm.known or not analysis.found.judged.any():
        return "unknown"
    share = analysis.rhythm.share(0.0, analysis.heard.lasts)
    if share > TOO_MUCH:
        return "too irregular for HRV"
    few = {Withheld.NOTHING, Withheld.MISSING} & set(analysis.whole.withheld)
    return "unknown" if few else "regular"


def definitions(analysis: Analysis) -> Mapping[str, Table]:
    """Return what each metric is, by its name: unit and wording in both languages."""
    told: dict[str, Metric] = dict(analysis.whole.metrics)
    for part in (analysis.skin, analysis.breath):
        told |= part.metrics if part is not None else {}
    return {
        name: {"unit": m.unit, "zh": NAMES[name].meaning.zh, "en": NAMES[name].meaning.en}
        for name, m in told.items()
    }


def _source(analysis: Analysis, group: str) -> Table:
    stream = analysis.heard.sources[group].stream
    return {
        "stream": stream.name, "kind": stream.kind.value, "unit": stream.unit.value,
        "rate_hz": _number(stream.rate),
    }  # fmt: skip


def _quality(analysis: Analysis) -> Table:
    heard, whole, zero = analysis.heard, analysis.whole, analysis.heard.zero
    made: Table = {
        "gaps": [
            {"stream": g.stream, "start_s": _number(g.start + zero), "end_s": _number(g.end + zero),
             "flat": g.flat}
            for g in analysis.gaps
        ],
        "ignored": list(analysis.recording.ignored),
    }  # fmt: skip
    if "heart" in heard.sources:
        made["heart"] = {
            "quality": _number(whole.quality), "covered": _number(whole.covered),
            "corrected": _number(whole.corrected),
            "irregular": _number(analysis.rhythm.share(0.0, heard.lasts)),
            "irregular_s": [[_number(a + zero), _number(b + zero)]
                            for a, b in analysis.rhythm.irregular.tolist()],
        }  # fmt: skip
    if analysis.skin is not None:
        made["eda"] = {
            "quality": _number(_mean(analysis.skin.quality)), "good": _number(analysis.skin.good),
            "responder": analysis.skin.responder,
        }  # fmt: skip
    if analysis.breath is not None:
        made["resp"] = {
            "quality": _number(_mean(analysis.breath.quality)),
            "known": _number(analysis.breath.known), "fit": _number(analysis.breath.fit),
        }  # fmt: skip
    return made


def _stretch(part: Stretch, zero: float) -> Table:
    return {
        "start_s": _number(part.start + zero), "end_s": _number(part.end + zero),
        "covered": _number(part.covered), "corrected": _number(part.corrected),
        "quality": _number(part.quality), "withheld": [why.value for why in part.withheld],
        **{name: _metric(metric) for name, metric in part.metrics.items()},
    }  # fmt: skip


def _metric(metric: Metric) -> Table:
    return {
        "value": _number(metric.value) if metric.valid else None, "valid": bool(metric.valid),
        "quality": _number(metric.quality), "corrected": _number(metric.corrected),
        "window_s": _number(metric.window_s), "doubt": _number(metric.doubt),
        "why": metric.why.value if metric.why is not None else None,
    }  # fmt: skip


def _skin(analysis: Analysis) -> Table | None:
    skin, zero = analysis.skin, analysis.heard.zero
    if skin is None:
        return None
    responses = zip(
        (skin.onset + zero).tolist(), (skin.peak + zero).tolist(), skin.amplitude_us.tolist(),
        strict=True,
    )  # fmt: skip
    return {
        "t_s": _numbers(skin.t + zero), "tonic_us": _numbers(skin.tonic_us),
        "quality": _numbers(skin.quality),
        "scr": [
            {"onset_s": _number(o), "peak_s": _number(p), "amplitude_us": _number(a)}
            for o, p, a in responses
        ],
        "whole": {name: _metric(metric) for name, metric in skin.metrics.items()},
    }  # fmt: skip


def _breath(analysis: Analysis) -> Table | None:
    breath = analysis.breath
    if breath is None:
        return None
    return {
        "source": "sensor" if breath.belt else "heartbeats",
        "t_s": _numbers(breath.t + analysis.heard.zero), "rate_bpm": _numbers(breath.rate_bpm),
        "quality": _numbers(breath.quality),
        "whole": {name: _metric(metric) for name, metric in breath.metrics.items()},
    }  # fmt: skip


def _intervals(analysis: Analysis) -> list[Table]:
    found = analysis.found
    rows = zip(
        (found.t + analysis.heard.zero).tolist(), found.ms.tolist(), found.code.tolist(),
        found.nn_ms.tolist(), found.quality.tolist(), found.kinds(), strict=True,
    )  # fmt: skip
    return [
        {
            "t_s": _number(t), "ms": _number(ms), "kind": kind,
            "found": Beat(code).name.lower(), "nn_ms": _number(nn), "quality": _number(quality),
        }
        for t, ms, code, nn, quality, kind in rows
    ]  # fmt: skip


def _mean(values: F64) -> float:
    return float(np.mean(values)) if len(values) else math.nan


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(value) for value in np.asarray(values, np.float64).tolist()]


def _number(value: float | None) -> float | None:
    """Return a number to a millionth; what is not one becomes null."""
    return round(value, 6) if value is not None and math.isfinite(value) else None


def _laid_out(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = ",\n".join(f"    {_compact(row)}" for row in value)
        return f"[\n{rows}\n  ]"
    if isinstance(value, dict) and value:
        rows = ",\n".join(f"    {json.dumps(k)}: {_inner(v)}" for k, v in value.items())
        return f"{{\n{rows}\n  }}"
    return _compact(value)


def _inner(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = ",\n".join(f"      {_compact(row)}" for row in value)
        return f"[\n{rows}\n    ]"
    return _compact(value)


def _compact(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
