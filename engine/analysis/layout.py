"""The layout of the JSON that `anlan analyse` writes, checkable and published as a schema.

Only tests and `tools/make_schema.py` read it: a run that writes JSON need not load it.
"""

import json
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share: TypeAlias = Annotated[float, Field(ge=0.0, le=1.0)]
Positive: TypeAlias = Annotated[float, Field(ge=0.0)]
Kind: TypeAlias = Literal["normal", "ectopic", "missed", "extra", "misplaced"]
Found: TypeAlias = Literal[
    "normal", "ectopic", "pause", "extra", "missed", "misplaced", "learn", "gap", "foreign"
]
Why: TypeAlias = Literal[
    "rhythm too irregular",
    "too short",
    "too many corrected beats",
    "too much missing",
    "too doubtful",
    "too few unbroken stretches",
    "there is none",
]
Rhythm: TypeAlias = Literal["regular", "too irregular for HRV", "unknown"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Metric(_Strict):
    """A number and how far it can be trusted; ``value`` is null unless ``valid``.

    ``doubt`` is how far it may be off, one standard deviation in its unit; null where none is
    told. ``why`` says why there is no value; null where there is one.
    """

    value: float | None
    valid: bool
    quality: Share
    corrected: Share
    window_s: Positive
    doubt: Positive | None
    why: Why | None

    @model_validator(mode="after")
    def _told_or_not(self) -> Self:
        if not (self.value is None) == (self.why is not None) == (not self.valid):
            raise ValueError("a value is told exactly when it is valid")
        return self


class Source(_Strict):
    """What a group was read from."""

    stream: str
    kind: str
    unit: str
    rate_hz: Positive | None


class Remark(_Strict):
    """One thing to know, in both languages."""

    weight: Literal["fault", "care", "note"]
    code: str
    zh: str
    en: str


class Gap(_Strict):
    """A stretch without samples, or with one that does not move."""

    stream: str
    start_s: float
    end_s: float
    flat: bool


class HeartQuality(_Strict):
    """How good the heartbeat was."""

    quality: Share
    covered: Share
    corrected: Share
    irregular: Share
    irregular_s: list[tuple[float, float]]


class SkinQuality(_Strict):
    """How good skin conductance was."""

    quality: Share | None
    good: Share
    responder: bool | None


class BreathQuality(_Strict):
    """How good the breath was."""

    quality: Share | None
    known: Share
    fit: Share | None


class Quality(_Strict):
    """Everything about how good the recording is."""

    gaps: list[Gap]
    ignored: list[str]
    heart: HeartQuality | None = None
    eda: SkinQuality | None = None
    resp: BreathQuality | None = None


class Stretch(_Strict):
    """Heart rate and its variability over one stretch."""

    start_s: float
    end_s: float
    covered: Share
    corrected: Share
    quality: Share
    withheld: list[str]
    hr_bpm: Metric
    mean_nn_ms: Metric
    sdnn_ms: Metric
    rmssd_ms: Metric
    pnn50_percent: Metric
    sd1_ms: Metric
    sd2_ms: Metric
    lf_ms2: Metric
    hf_ms2: Metric
    total_ms2: Metric
    lf_hf: Metric
    lf_peak_hz: Metric
    hf_peak_hz: Metric
    coherence_ratio: Metric
    coherence_hz: Metric
    rsa_ms: Metric
    sampen: Metric
    dfa_alpha1: Metric
    stress_index: Metric


class Variability(_Strict):
    """The whole recording, and each window of it."""

    whole: Stretch
    windows: list[Stretch]


class Response(_Strict):
    """One skin conductance response."""

    onset_s: float
    peak_s: float
    amplitude_us: Positive


class SkinWhole(_Strict):
    """Skin conductance over the whole recording."""

    tonic_us: Metric
    scr_per_min: Metric
    scr_amplitude_us: Metric


class Skin(_Strict):
    """Skin conductance, once a second, and its responses."""

    t_s: list[float]
    tonic_us: list[float | None]
    quality: list[Share]
    scr: list[Response]
    whole: SkinWhole


class BreathWhole(_Strict):
    """Breathing over the whole recording."""

    rate_bpm: Metric


class Breath(_Strict):
    """Breathing, once a second."""

    source: Literal["sensor", "heartbeats"]
    t_s: list[float]
    rate_bpm: list[float | None]
    quality: list[Share | None]
    whole: BreathWhole


class Interval(_Strict):
    """The time between two beats, stamped at the later one.

    ``kind`` is for people, ``found`` the classifier's own word (``learn``: not judged, and
    ``kind`` tells its length only), ``nn_ms`` what it was repaired to.
    """

    t_s: float
    ms: Positive
    kind: Kind
    found: Found
    nn_ms: Positive
    quality: Share


class Definition(_Strict):
    """What a metric is."""

    unit: str
    zh: str
    en: str


class AnalysisLayout(_Strict):
    """All of it. Times are seconds on the file's own clock."""

    schema_name: Annotated[Literal["anlan.analysis/1"], Field(alias="schema")]
    anlan: str
    file: str
    start_s: float
    duration_s: Positive
    sources: dict[Literal["heart", "eda", "resp"], Source]
    good_enough: bool
    rhythm: Rhythm
    remarks: list[Remark]
    quality: Quality
    hrv: Variability
    eda: Skin | None
    resp: Breath | None
    beats_s: list[float]
    rr: list[Interval]
    definitions: dict[str, Definition]


def schema_text() -> str:
    """Return the layout as a JSON schema, as it is kept beside this file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **AnalysisLayout.model_json_schema(by_alias=True),
        "title": "What anlan analyse found in a recording",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
